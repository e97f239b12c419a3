"""The stages of a study as a person counts them: cases registered, networks trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from radnec.config.model import StudyConfig
from radnec.study.cases import read_included_cases
from radnec.study.plan import StudyPlan


@dataclasses.dataclass(frozen=True)
class Stage:
    """A stage, and the files from which its progress is told.

    Attributes
    ----------
    name
        What has been done to what is counted: ``registered``.
    unit
        What is counted: cases, networks, tables, figures or report.
    files
        Rule to the files of its jobs, relative to the folder of the run.
    """

    name: str
    unit: str
    files: Mapping[str, Sequence[str]]

    @property
    def total(self) -> int:
        """How many there will be."""
        return sum(map(len, self.files.values()))

    def files_a_job(self, rule: str) -> int:
        """Return how many of the files one job writes: one, but for the tables and figures."""
        return 1 if self.unit in ("cases", "networks") else len(self.files[rule])


def stages_of(config: StudyConfig, cases: pd.DataFrame, workdir: Path) -> list[Stage]:
    """Return the stages of a study in the order of the data.

    Parameters
    ----------
    config, cases
        The checked configuration and table of cases.
    workdir
        The folder that holds `results`. Until the cases are selected, all that are eligible
        count as selected.
    """
    plan = StudyPlan(config, cases)
    eligible = plan.cases.eligible
    table = workdir / plan.paths.result("cohort/selected.tsv")
    selected = eligible
    if table.is_file():
        selected = read_included_cases(str(table), table.stat().st_mtime_ns)

    def of_cases(name: str, rule: str, path: str, among: Sequence[str]) -> Stage:
        return Stage(name, "cases", {rule: plan.of_cases(path, among)})

    def of_runs(name: str, rule: str, path: str) -> Stage:
        return Stage(name, "networks", {rule: plan.runs.files(plan.paths.run(path))})

    def numbered(kind: str, ending: str, rules: Mapping[str, Sequence[int]]) -> Stage:
        files = {
            rule: [plan.paths.result(f"{kind}s/{kind}{n}.{ending}") for n in numbers]
            for rule, numbers in rules.items()
        }
        return Stage("written" if kind == "table" else "drawn", f"{kind}s", files)

    simulated = [of_cases("simulated", "simulate_case", "phantom/truth/{case}", eligible)]
    return [
        *(simulated if plan.phantom else []),
        of_cases("series identified", "index_case", "records/index/{case}.json", eligible),
        of_cases("converted", "convert_case", "records/convert/{case}.json", eligible),
        of_cases("registered", "register_case", "records/register/{case}.json", selected),
        of_cases("skull-stripped", "strip_case", "records/strip/{case}.json", selected),
        of_cases("normalised", "normalise_case", "records/normalise/{case}.json", selected),
        of_cases("quality checked", "draw_quality_case", "quality/{case}.json", selected),
        of_runs("trained", "train_run", "weights.safetensors"),
        of_runs("tested", "predict_run", "predictions.tsv"),
        numbered(
            "table",
            "tsv",
            {"describe_cohort": [1], "describe_scanners": [2], "evaluate_models": [3, 4, 5, 6]},
        ),
        numbered(
            "figure",
            "svg",
            {
                "draw_flowchart": [1],
                "draw_workflow": [2],
                "draw_roc": [3],
                "draw_figure4": [4],
                "draw_figure5": [5],
            },
        ),
        Stage("written", "report", {"write_report": [plan.paths.result("report.html")]}),
    ]
