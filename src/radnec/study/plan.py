"""The plan of one study: what its cases, runs and results are, from configuration and table."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from radnec.comparators.catalogue import READS
from radnec.config.model import StudyConfig
from radnec.preprocess.settings.skull_strip import LEARNED
from radnec.study.batches import HDBET_BATCH, Batches
from radnec.study.cases import StudyCases
from radnec.study.paths import StudyPaths
from radnec.study.runs import TrainingRuns


class StudyPlan:
    """Which files a study consists of.

    Attributes
    ----------
    paths, cases, runs
        Where its results lie, which cases it looks at, what it trains.
    phantom
        Whether the cases are simulated.
    hdbet
        Whether a network strips the skulls: it is loaded once for a batch of cases.
    crop
        Whether networks read the surroundings of the lesion instead of the brain.
    drawn
        Whether the table of cases names a drawn lesion.
    clinical_columns
        The columns that comparators read; none where none does.
    lesions
        Whether it is said of each case where its lesion is: a mask is drawn, or something asks.
    """

    def __init__(self, config: StudyConfig, table: pd.DataFrame, external: str = "") -> None:
        """Plan a study, or what is made of an external cohort.

        Parameters
        ----------
        config
            The checked configuration.
        table
            The checked table of cases, see `radnec.cases.table.load_cases`.
        external
            Name of the external cohort of which `table` is; "" for the study itself.
        """
        self.paths = StudyPaths(config.study, external)
        self.cases = StudyCases.from_table(table, bids_root=config.bids)
        self.runs = TrainingRuns.from_config(config)
        self.phantom = config.cohort == "phantom"
        self.hdbet = config.skull_strip.backend in LEARNED
        self.crop = config.lesion.crop
        reads = [READS[name] for name in config.comparators.models]
        self.drawn = any(self.cases.lesion(case) for case in self.cases.eligible)
        self.lesions = self.drawn or self.crop or any(one.lesion for one in reads)
        self._batches = Batches(self.cases.eligible, HDBET_BATCH)
        self._sequences = config.sequences_used()
        self._explain = config.explain
        self.clinical_columns = (
            config.comparators.clinical if any(r.clinical for r in reads) else ()
        )

    def of_cases(self, pattern: str, cases: Iterable[str]) -> list[str]:
        """Return a result of each case: its path with ``{case}``, below the study's folder."""
        path = self.paths.result(pattern)
        return [path.format(case=case) for case in cases]

    def of_explained_run(self, path: str) -> str:
        """Return a path of the run of a backbone and input set whose maps are drawn."""
        fold, seed = self.runs.explained
        return self.paths.run(path, fold=fold, seed=seed)

    def of_explanation_in_figures(self, path: str) -> str:
        """Return a path below the explanation that figures 4 and 5 show."""
        return self.paths.explanation(
            path, backbone=self._explain.backbone, inputs=self._explain.inputs
        )

    def predictions(self) -> list[str]:
        """Return the table of predictions of every model."""
        return self.runs.files_of_models(self.paths.result("predictions/{backbone}/{inputs}.tsv"))

    # HD-BET

    def hdbet_network(self) -> list[str]:
        """Return the file that identifies the networks; nothing for the other backends."""
        return [self.paths.result("hd_bet_network.json")] if self.hdbet else []

    def hdbet_masks(self, case: str) -> list[str]:
        """Return the file of the batch that masks a case; nothing where the case needs none."""
        if not self._needs_hdbet(case):
            return []
        return [self.paths.result(f"hd_bet/batch{self._batches.number(case)}.json")]

    def cases_of_batch(self, number: int, selected: Collection[str]) -> list[str]:
        """Return the selected cases of one of HD-BET's batches that need a mask."""
        among = {case for case in selected if self._needs_hdbet(case)}
        return self._batches.cases(number, among)

    def _needs_hdbet(self, case: str) -> bool:
        return self.hdbet and not self.cases.mask(case)

    # What a target names. Snakemake looks for missing files among those alone: it deletes what a
    # failed job had made before, remembers the job's new settings, and calls an older result that
    # was made from it up to date. So a target names something of every job (docs/faults.md).

    def preprocessing_results(self, selected: Collection[str]) -> list[str]:
        """Return something of every job of preprocessing.

        Parameters
        ----------
        selected
            The cases that passed the selection.
        """
        eligible = self.cases.eligible
        batches = sorted(
            {self._batches.number(case) for case in selected if self._needs_hdbet(case)}
        )
        return [
            *self.of_cases("records/index/{case}.json", eligible),
            *self.of_cases("records/convert/{case}.json", eligible),
            *(self.of_cases("phantom/truth/{case}", eligible) if self.phantom else []),
            self.paths.result("cohort/images.tsv"),
            self.paths.result("cohort/selected.tsv"),
            *self.of_cases("records/register/{case}.json", selected),
            *(self.hdbet_network() if batches else []),
            *(self.paths.result(f"hd_bet/batch{number}.json") for number in batches),
            *self.of_cases("records/strip/{case}.json", selected),
            *self.of_cases("records/normalise/{case}.json", selected),
            *self.of_cases("quality/{case}.json", selected),
            *self.of_cases("novelty/cases/{case}.json", selected),
            *self.lesion_results(selected),
        ]

    def lesion_results(self, selected: Collection[str]) -> list[str]:
        """Return something of every job that says where lesions are, where any does."""
        if not self.lesions:
            return []
        return [*self.of_cases("records/locate/{case}.json", selected), *self.lesion_table()]

    def lesion_table(self) -> list[str]:
        """Return the table of lesions, where the study has any."""
        return [self.paths.result("quality/lesions.tsv")] if self.lesions else []

    def model_results(self) -> list[str]:
        """Return something of every job of training, evaluation and explanation."""
        return [
            *self.lesion_table(),
            self.paths.result("packed/cases.tsv"),
            *(self.paths.result(f"packed/{name}.sha256") for name in self._sequences),
            *self.runs.files(self.paths.run("weights.safetensors")),
            *self.runs.files_of_all(self.paths.run("predictions.tsv")),
            *self.predictions(),
            *self.runs.files(
                self.paths.result("novelty/{backbone}/{inputs}/{fold}_seed{seed}.npz")
            ),
            *(
                self.paths.result(f"novelty/{backbone}/{inputs}.json")
                for backbone, inputs in self.runs.networks
            ),
            *(
                self.paths.result(f"evaluation/{name}")
                for name in (
                    "models",
                    "subgroups.tsv",
                    "confounding.tsv",
                    "scanner_use.tsv",
                    "published",
                )
            ),
            self.of_explanation_in_figures("maps"),
            self.of_explanation_in_figures("tests"),
        ]
