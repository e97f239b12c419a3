"""What a study knows of each of its cases: outcome, probabilities, errors, remarks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from radnec.core.tables import read_tsv
from radnec.evaluate.measures.operating_point import HIGHER_PROBABILITY
from radnec.evaluate.models.predictions import pool, read_predictions
from radnec.report.embed import require


@dataclass(frozen=True)
class StudyCase:
    """One case of the study.

    Attributes
    ----------
    case, label
        Name and true class.
    left
        At which stage it left the study and why; empty for an included case.
    p_recurrence
        Model (``backbone / input set``) to the probability of recurrence by networks that were not
        trained on the case: the mean over seeds and repeats.
    flags
        Remarks of quality control.
    """

    case: str
    label: str
    left: str
    p_recurrence: Mapping[str, float] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    def right(self, model: str) -> bool:
        """Whether the model's more probable class is the true one."""
        # A tie is read as recurrence, as in the tables.
        recurrence = 1 - self.p_recurrence[model] <= HIGHER_PROBABILITY
        return recurrence == (self.label == "recurrence")

    @property
    def wrong(self) -> list[str]:
        """The models that get the case wrong."""
        return [model for model in self.p_recurrence if not self.right(model)]

    @property
    def p_true(self) -> float:
        """The mean probability of the true class over the models; NaN for an untested case."""
        if not self.p_recurrence:
            return math.nan
        mean = sum(self.p_recurrence.values()) / len(self.p_recurrence)
        return mean if self.label == "recurrence" else 1 - mean


def study_cases(*, cohort: Path, predictions: Mapping[str, Path], quality: Path) -> list[StudyCase]:
    """Return all cases of the table, those that went wrong first.

    First those that most models get wrong, then those that left the study, then those that
    quality control remarks on, then the others; within each the least certain first.

    Parameters
    ----------
    cohort
        cohort/cases.tsv.
    predictions
        ``backbone / input set`` to the test predictions of the model.
    quality
        quality/cases.tsv.
    """
    found: dict[str, dict[str, float]] = {}
    for model, path in predictions.items():
        pooled = pool(read_predictions(path)).cases
        for case, p in zip(pooled["case"], pooled["p_recurrence"], strict=True):
            found.setdefault(str(case), {})[model] = float(p)
    remarks = _flags(quality)
    cases = [
        StudyCase(
            case=row["case"],
            label=row["label"],
            left=": ".join(filter(None, (row["stage"], row["reason"])))
            if row["status"] == "excluded"
            else "",
            p_recurrence=found.get(row["case"], {}),
            flags=remarks.get(row["case"], ()),
        )
        for row in read_tsv(require(cohort), dtype=str).fillna("").to_dict("records")
    ]
    return sorted(cases, key=_order)


def _order(case: StudyCase) -> tuple[int, float, float, str]:
    share = len(case.wrong) / len(case.p_recurrence) if case.p_recurrence else 0.0
    if share:
        group = 0
    elif case.left:
        group = 1
    else:
        group = 2 if case.flags else 3
    certain = case.p_true
    return group, -share, 2.0 if math.isnan(certain) else certain, case.case


def _flags(quality: Path) -> dict[str, tuple[str, ...]]:
    table = read_tsv(require(quality), dtype=str).fillna("")
    return {
        row["case"]: tuple(text for text in str(row["remarks"]).split("; ") if text)
        for row in table.to_dict("records")
    }


def errors_of(cases: list[StudyCase], model: str) -> pd.Series:
    """Return case to whether a model gets it wrong, of the cases that it was tested on."""
    tested = [case for case in cases if model in case.p_recurrence]
    return pd.Series({case.case: not case.right(model) for case in tested}, dtype=bool)
