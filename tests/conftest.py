"""Plans and runs of the workflow in a folder of their own, for the tests that need one."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from radnec.core.library_path import export_library_path

ROOT = Path(__file__).parents[1]

# Processes that tests start use the library beside them, installed or not.
export_library_path()


@dataclasses.dataclass
class Study:
    """A folder in which `snakemake` is started, with an overlay on the paper's configuration."""

    folder: Path
    overlay: dict

    def write_cases(self, rows: list[dict[str, str]]) -> None:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        lines = ["\t".join(columns), *("\t".join(row.get(c, "") for c in columns) for row in rows)]
        (self.folder / "cases.tsv").write_text("\n".join(lines) + "\n")

    def command(self, *arguments: str) -> list[str]:
        """The command line of `snakemake`, its overlay written."""
        (self.folder / "overlay.yaml").write_text(yaml.safe_dump(self.overlay))
        command = [sys.executable, "-m", "snakemake", *arguments]
        # Last, for it takes every word that follows: targets would be read as configurations.
        return [*command, "-s", str(ROOT / "Snakefile"), "--configfile", "overlay.yaml"]

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), cwd=self.folder, capture_output=True, text=True, check=False
        )

    def plan(self, *arguments: str) -> Counter[str]:
        """Jobs per rule of a dry run, from Snakemake's own table."""
        done = self.snakemake(*arguments, "--cores", "2", "-n", "--quiet", "rules")
        assert done.returncode == 0, done.stderr + done.stdout
        jobs: Counter[str] = Counter()
        table = False
        for line in (done.stdout + done.stderr).splitlines():
            table = table or line.startswith("job ")
            parts = line.split()
            if table and len(parts) == 2 and parts[1].isdigit():
                jobs[parts[0]] = int(parts[1])
        jobs.pop("total", None)
        return jobs


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
    overlay["models"] = {"backbones": ["resnet10"], "inputs": ["t1ce", "fused"]}
    overlay["explain"] = {"backbone": "resnet10", "inputs": "fused"}
    overlay["normalisation"] = {"size": [32, 32, 32]}
    overlay["training"] = {**overlay["training"], "epochs": 2}
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
