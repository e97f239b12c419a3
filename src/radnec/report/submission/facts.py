"""What the run itself knows of the study, read once from its results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.config.model import StudyConfig
from radnec.core.labels import CLASSES
from radnec.core.tables import read_tsv
from radnec.core.versions import installed_version
from radnec.report.answer import Answer, answer
from radnec.report.embed import require
from radnec.report.submission.radiomics import RadiomicsFacts, radiomics_facts


@dataclass(frozen=True)
class RunFacts:
    """Numbers and tables of a finished study.

    Attributes
    ----------
    config
        The configuration as used.
    phantom
        Whether the cohort is simulated.
    counts
        Cases: all, included, excluded, recurrence, necrosis; ``left`` maps stage to cases.
    tested
        Test cases of each class.
    folds
        Number of divisions into training and test cases; 1 for one split.
    ranking, metrics, confounding, subgroups
        The tables of the evaluation.
    first
        What the first screen of the report says.
    cards
        Model cards of the runs.
    scanners
        Manufacturer to cases.
    wrong
        Misclassified test cases of the first model.
    pointing
        Share of the maps whose peak lies in the lesion, its limits and chance, where known.
    radiomics
        What is known of the radiomics models; None where the study has none.
    """

    config: StudyConfig
    phantom: bool
    counts: Mapping[str, int]
    left: Mapping[str, int]
    tested: Mapping[str, int]
    folds: int
    ranking: pd.DataFrame
    metrics: pd.DataFrame
    confounding: pd.DataFrame
    subgroups: pd.DataFrame
    first: Answer
    cards: Sequence[Mapping[str, Any]]
    scanners: Mapping[str, int]
    wrong: int
    pointing: Mapping[str, float] | None
    radiomics: RadiomicsFacts | None

    def versions(self) -> str:
        """Return the software with versions that a manuscript names."""
        names = ("radnec", "torch", "monai", "antspyx", "scikit-learn", "scipy", "snakemake")
        found = {name: installed_version(name) for name in names}
        return ", ".join(f"{name} {version}" for name, version in found.items() if version)

    def metric(self, name: str, point: str | None = "higher probability") -> tuple[float, ...]:
        """Return value and limits of a measure of the first model, the recommended interval."""
        best = self.ranking.iloc[0]
        rows = self.metrics[
            (self.metrics["backbone"] == best["backbone"])
            & (self.metrics["input_set"] == best["input_set"])
            & (self.metrics["metric"] == name)
        ]
        at = rows["operating_point"]
        rows = rows[at.isna() if point is None else at == point]
        if rows.empty:
            return (float("nan"),) * 3
        wilson = rows[rows["method"].astype(str).str.startswith("Wilson")]
        row = (rows if wilson.empty else wilson).iloc[-1]
        return tuple(float(row[column]) for column in ("value", "low", "high"))


def run_facts(
    *,
    config: Mapping[str, Any],
    phantom: bool,
    cohort: Path,
    split: Path,
    evaluation: Path,
    subgroups: Path,
    confounding: Path,
    cards: Sequence[Path],
    scanners: Path,
    explanation: Path,
    study: Path,
    lesions: Path | None,
    fits: Sequence[Path],
) -> RunFacts:
    """Read what the run knows.

    Parameters
    ----------
    config
        The configuration as used.
    cohort, split
        cohort/cases.tsv and split/split.tsv.
    evaluation
        Folder of the statistics of the models.
    subgroups, confounding
        evaluation/subgroups.tsv and evaluation/confounding.tsv.
    cards
        card.json of each run.
    scanners
        tables/table2.tsv.
    explanation
        Folder of the tests of the maps.
    study, lesions, fits
        See `radnec.report.submission.radiomics.radiomics_facts`.

    Raises
    ------
    InputError
        If a file is missing.
    """
    known = StudyConfig.model_validate(dict(config))
    table = read_tsv(require(cohort), dtype=str).fillna("")
    included = table[table["status"] == "included"]
    counts = {
        "all": len(table),
        "included": len(included),
        "excluded": len(table) - len(included),
        **{label: int((included["label"] == label).sum()) for label in CLASSES},
    }
    parts = read_tsv(require(split), dtype=str)
    tested = parts[parts["set"] == "test"].drop_duplicates("case")
    pooled = read_tsv(require(evaluation / "pooled.tsv"), dtype={"case": str})
    ranking = read_tsv(require(evaluation / "ranking.tsv"))
    best = ranking.iloc[0]
    own = pooled[
        (pooled["backbone"] == best["backbone"]) & (pooled["input_set"] == best["input_set"])
    ]
    called = (own["p_necrosis"] > 0.5).map({True: "necrosis", False: "recurrence"})
    machines = read_tsv(require(scanners))
    return RunFacts(
        config=known,
        phantom=phantom,
        counts=counts,
        left=table.loc[table["status"] == "excluded", "stage"].value_counts().to_dict(),
        tested={label: int((tested["label"] == label).sum()) for label in CLASSES},
        folds=parts["fold"].nunique(),
        ranking=ranking,
        metrics=read_tsv(require(evaluation / "metrics.tsv")),
        confounding=read_tsv(require(confounding)),
        subgroups=read_tsv(require(subgroups)),
        first=answer(
            evaluation,
            confounding,
            networks=known.models.backbones,
            confidence=known.evaluation.confidence,
            facts={
                "phantom": phantom,
                "counts": counts,
                "design": known.split.design,
                "planned": True,
                "warned": 0,
                "external": bool(known.external),
            },
        ),
        cards=[json.loads(require(path).read_text(encoding="utf-8")) for path in cards],
        scanners=dict(zip(machines["manufacturer"], machines["n_cases"].astype(int), strict=True)),
        wrong=int((called != own["label"]).sum()),
        pointing=_pointing(explanation / "metrics.tsv"),
        radiomics=radiomics_facts(known, study=study, lesions=lesions, fits=fits),
    )


def _pointing(metrics: Path) -> Mapping[str, float] | None:
    rows = read_tsv(require(metrics))
    rows = rows[(rows["test"] == "pointing game") & (rows["group"] == "all")]
    rows = rows[rows["measure"].str.startswith("peak in the lesion")]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return {name: float(row[name]) for name in ("value", "lower", "upper", "chance", "n")}
