"""`radnec why`: jobs as Snakemake counts them, times as earlier jobs took them."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest
import yaml

from radnec.cli.main import main
from radnec.cli.why import estimate

ROOT = Path(__file__).parents[2]


@pytest.fixture
def at(finished, monkeypatch, tmp_path):
    """Stand in the finished study; return a way to ask about a change of its configuration."""
    monkeypatch.chdir(finished.folder)
    monkeypatch.setenv("COLUMNS", "200")

    def ask(change: str) -> int:
        (tmp_path / "change.yaml").write_text(change)
        (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(finished.overlay))
        files = ["--configfile", str(tmp_path / "overlay.yaml")]
        files += ["--configfile", str(tmp_path / "change.yaml")]
        return main(["why", "--snakefile", str(ROOT / "Snakefile"), *files])

    return ask


def seconds_of(folder: Path) -> list[float]:
    found = []
    for path in folder.rglob("*.tsv"):
        header, values = path.read_text().splitlines()[:2]
        found.append(float(dict(zip(header.split("\t"), values.split("\t"), strict=True))["s"]))
    return found


def test_nothing_to_do_is_said(at, capsys):
    assert at("{}") == 0
    assert "Nothing to be done" in capsys.readouterr().out


def test_a_change_is_listed_with_jobs_reason_and_time(at, capsys):
    assert at("training: {epochs: 3}") == 0
    said = capsys.readouterr().out
    row = next(line.split() for line in said.splitlines() if line.startswith(" train_run"))
    assert row[1] == "2"
    assert "Params have changed" in said
    each = statistics.median(seconds_of(Path("results/trial/benchmarks/train_run")))
    assert f"{round(2 * each)} s" in said or "min" in said


def test_times_are_the_median_of_earlier_jobs(tmp_path):
    for number, seconds in enumerate((10.0, 2.0, 3.0)):
        path = tmp_path / "register_case" / f"C{number}.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"s\th:m:s\n{seconds}\t0:00:01\n")
    plan = """
rule register_case:
    input: a
    reason: Missing output files: b
    wildcards: case=C0
rule split_cohort:
    reason: Input files updated by another job: c
Job stats:
job              count
-------------  -------
register_case        4
split_cohort         1
total                5
"""
    table = estimate(plan, tmp_path).set_index("rule")
    assert table.loc["register_case", "jobs"] == 4
    assert table.loc["register_case", "seconds_each"] == 3.0
    assert table.loc["register_case", "seconds"] == 12.0
    assert table.loc["split_cohort"].isna()["seconds"]
    assert table.loc["split_cohort", "reason"].startswith("Input files updated")


def test_a_study_that_cannot_be_planned_says_why(at, capsys):
    assert at("training: {epochs: none}") == 1
    assert "training.epochs" in capsys.readouterr().err
