"""Plans and runs of the workflow in a folder of their own, for the tests that need one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from filelock import FileLock
from study_folder import ROOT, Study

from radnec.core.library_path import export_library_path

# Processes that tests start use the library beside them, installed or not.
export_library_path()


@pytest.fixture
def study(tmp_path) -> Study:
    return Study(tmp_path, {"study": "trial", "cases": "cases.tsv"})


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Study:
    """A small study, run once from simulated DICOM to the report.

    Six cases that can be used and one for each defect of the phantom. All workers share it:
    the first makes it, the others wait. Tests leave it as it is.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with FileLock(shared / "finished.lock"):
        study = _small_study(shared / "finished")
        if not (study.folder / "results").exists():
            done = study.snakemake("--cores", "2")
            assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-8000:]
    return study


@pytest.fixture
def small_study(tmp_path) -> Study:
    """The same study in a folder of its own, not yet run."""
    return _small_study(tmp_path / "study")


def _small_study(folder: Path) -> Study:
    folder.mkdir(exist_ok=True)
    overlay = yaml.safe_load((ROOT / "config" / "demo.yaml").read_text())
    overlay |= {"study": "trial", "cases": "cases.tsv"}
    # One mask a job and no network file: what the rows of docs/reruns.tsv on stripping speak of.
    overlay["skull_strip"] = {"backend": "atlas"}
    overlay["split"] = {"design": "stratified"}
    overlay["models"] = {"backbones": ["resnet10"], "inputs": ["t1ce", "fused"]}
    overlay["explain"] = {"backbone": "resnet10", "inputs": "fused"}
    overlay["normalisation"] = {"size": [32, 32, 32]}
    overlay["training"] = {**overlay["training"], "epochs": 2}
    overlay["comparators"] = {
        "models": ["clinical", "gao2d"],
        "inputs": ["fused"],
        "clinical": ["age", "sex"],
        "gao2d": {"epochs": 2},
    }
    overlay["evaluation"] = {"bootstrap_repeats": 100, "permutation_repeats": 100}
    study = Study(folder, overlay)
    defects = ["none"] * 6 + ["few_slices", "missing_sequence", "truncated_file"]
    study.write_cases(
        [
            {
                "case": f"S{number}",
                "label": "necrosis" if number % 2 else "recurrence",
                "dicom": f"results/trial/phantom/dicom/S{number}",
                "age": str(40 + number),
                "sex": "female" if number < 4 else "male",
                "set": "train" if number < 4 else "test",
                "site": "north" if number % 4 < 2 else "south",
                "x_phantom_defect": defect,
            }
            for number, defect in enumerate(defects)
        ]
        + [
            {
                "case": "S9",
                "label": "recurrence",
                "dicom": "results/trial/phantom/dicom/S9",
                "pathology": "no",
            }
        ]
    )
    return study


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the rerun matrix: each change with the jobs that it costs the small study."""
    rows = [
        (*value, outcome)
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for key, value in report.user_properties
        if key == "rerun"
    ]
    if not rows:
        return
    terminalreporter.section("rerun matrix")
    for change, jobs, outcome in rows:
        said = ", ".join(f"{rule} {count}" for rule, count in jobs.items()) or "nothing"
        terminalreporter.write_line(f"{outcome}  {change}: {sum(jobs.values())} jobs: {said}")
