"""What Snakemake costs with ten thousand cases: planning, memory, a job, a rerun of nothing.

Everything runs in one go on one core, in a copy of the workflow whose scripts are stubs that only
write what the rule promises, so that what is measured is all but the work. The unit is an
empty Snakemake job, a rule whose script does nothing, measured in the same run: only ratios of
one run can be compared.

    python benchmarks/scale.py --cases 10000 --run 100
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Median seconds of a case in the benchmarks of a run of `make demo` on one core a job, atlas
# stripping: what the cost of a job is compared with.
WORK = {
    "index_case": 1.4,
    "convert_case": 4.7,
    "register_case": 10.3,
    "strip_case": 10.7,
    "normalise_case": 1.5,
}
STUB = '''"""Write what the rule promises, and nothing else."""

from pathlib import Path

for name in snakemake.output:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix:
        path.write_text("")
    else:
        path.mkdir(exist_ok=True)
if snakemake.rule == "select_cases":
    table = Path(snakemake.input.table).read_text().splitlines()[1:]
    rows = [line.split("\\t")[0] + "\\tincluded\\n" for line in table]
    Path(snakemake.output.selected).write_text("".join(["case\\tstatus\\n", *rows]))
'''
# Snakemake waits 0.1 s for each job whose files it touches: hours, for nothing that is measured.
TOUCH = """
import sys
from snakemake.cli import main
from snakemake.executors.touch import Executor
Executor.SLEEPING_TIME = 0
main(sys.argv[1:])
"""
EMPTY = """
rule all:
    input:
        expand("{n}.txt", n=range(config["jobs"])),


rule empty:
    output:
        touch("{n}.txt"),
    script:
        "empty.py"
"""


@dataclass
class Run:
    """What one call of Snakemake took."""

    seconds: float
    peak_mb: float
    jobs: int


def snakemake(folder: Path, *arguments: str, cores: int = 1) -> Run:
    """Run Snakemake, on one core unless more are given; count the jobs by its own table."""
    how = ["-c", TOUCH] if "--touch" in arguments else ["-m", "snakemake"]
    command = [sys.executable, *how, *arguments, "--cores", str(cores)]
    log = folder / "said.txt"
    start = time.perf_counter()
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, cwd=folder, stdout=stream, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    said = log.read_text(encoding="utf-8")
    if status:
        raise SystemExit(f"{' '.join(command)}\n{said[-4000:]}")
    # A plan has a table of jobs; a run says at its end how many they were, checkpoint and all.
    counts = re.findall(r"^total +(\d+)$", said, re.MULTILINE)
    counts += re.findall(r"^(\d+) of \d+ steps \(100%\) done$", said, re.MULTILINE)
    return Run(seconds, usage.ru_maxrss / 1024, int(counts[-1]) if counts else 0)


def write_workflow(folder: Path) -> None:
    """Copy the workflow, its scripts replaced by stubs."""
    for name in ("workflow", "config", "profiles", "envs"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "Snakefile", folder)
    (folder / "src").symlink_to(ROOT / "src")
    (folder / "scripts").mkdir()
    for script in (ROOT / "scripts").glob("*.py"):
        (folder / "scripts" / script.name).write_text(STUB, encoding="utf-8")


def write_study(folder: Path, cases: int) -> list[str]:
    """Write a table of cases and an overlay; return their options."""
    rows = [
        f"C{n:06}\t{'necrosis' if n % 5 == 0 else 'recurrence'}\t/dicom/{n}\n" for n in range(cases)
    ]
    table = folder / f"cases{cases}.tsv"
    table.write_text("".join(["case\tlabel\tdicom\n", *rows]), encoding="utf-8")
    overlay = folder / f"study{cases}.yaml"
    overlay.write_text(f"study: n{cases}\ncases: {table.name}\n", encoding="utf-8")
    return ["--configfile", overlay.name]


def lay_down(folder: Path, study: str, cases: Iterable[str]) -> None:
    """Write the results of a preprocessed study as empty files, without running a job."""
    results = folder / "results" / study
    names = list(cases)
    for case in names:
        for stage in ("nifti", "registered", "brain", "normalised"):
            (results / stage / case).mkdir(parents=True)
    per_case = ["cohort/series/{}.tsv", "quality/{}.png", "quality/{}.json"]
    stages = ("index", "convert", "register", "strip", "normalise")
    per_case += [f"records/{stage}/{{}}.json" for stage in stages]
    files = [pattern.format(case) for pattern in per_case for case in names]
    files += [f"hd_bet/batch{n}.json" for n in range(-(-len(names) // 10))]
    files += ["cohort/images.tsv", "cohort/cases.tsv", "cohort/series.tsv", "quality/cases.tsv"]
    for name in [*files, "hd_bet_network.json"]:
        path = results / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    table = "".join(["case\tstatus\n", *(f"{case}\tincluded\n" for case in names)])
    (results / "cohort" / "selected.tsv").write_text(table, encoding="utf-8")


def empty_job(folder: Path, jobs: int) -> float:
    """Return the seconds of one empty job, the start of Snakemake not counted."""
    folder.mkdir()
    (folder / "Snakefile").write_text(EMPTY, encoding="utf-8")
    (folder / "empty.py").write_text("", encoding="utf-8")
    few = snakemake(folder, "--config", "jobs=1")
    many = snakemake(folder, "--config", f"jobs={jobs}")
    return (many.seconds - few.seconds) / (jobs - 1)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=10_000, help="cases that are planned")
    parser.add_argument("--run", type=int, default=100, help="cases that run, with stubs")
    parser.add_argument("--folder", type=Path, help="kept (default: a temporary one, removed)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        measure(folder / "workflow", folder / "empty", arguments.cases, arguments.run)


def measure(workflow: Path, empty: Path, cases: int, run: int) -> None:
    """Measure and print, line by line: the larger figures take minutes."""
    workflow.mkdir()
    write_workflow(workflow)
    unit = empty_job(empty, 100)
    print(f"an empty Snakemake job: {unit:.3f} s; all ratios are to this\n")
    print(f"{'what':44}{'jobs':>8}{'s':>9}{'MB':>7}{'ms a job':>10}{'ratio':>8}", flush=True)

    def show(what: str, found: Run, jobs: int) -> None:
        each = found.seconds / max(jobs, 1)
        print(
            f"{what:44}{jobs:8}{found.seconds:9.1f}{found.peak_mb:7.0f}{1000 * each:10.1f}"
            f"{each / unit:8.3f}",
            flush=True,
        )

    few = write_study(workflow, run)
    many = write_study(workflow, cases)
    quiet = ["--quiet", "rules"]
    for number, study in ((run, few), (cases, many)):
        found = snakemake(workflow, "preprocessed", "-n", *quiet, *study)
        show(f"plan {number} new cases, to the checkpoint", found, found.jobs)
    lay_down(workflow, f"n{cases}", (f"C{n:06}" for n in range(cases)))
    # All at once: what Snakemake takes to choose jobs is seen below, and not of interest here.
    found = snakemake(workflow, "preprocessed", "--touch", *quiet, *many, cores=10 * cases)
    every = found.jobs
    show(f"take {cases} cases for done (--touch)", found, every)
    show(
        f"{cases} finished cases: nothing to do", snakemake(workflow, "preprocessed", *many), every
    )
    (workflow / "results" / f"n{cases}" / "records" / "index" / "C000000.json").unlink()
    found = snakemake(workflow, "preprocessed", "-n", *quiet, *many)
    show(f"one case of {cases} is to be indexed again: plan", found, every)
    found = snakemake(workflow, "preprocessed", *quiet, *few)
    show(f"run {run} cases, stubs for the work", found, found.jobs)
    per_job = found.seconds / found.jobs
    work = sum(WORK.values())
    print(
        f"\nwork of one case: {work:.1f} s in {len(WORK)} jobs; not work: "
        f"{len(WORK) * per_job:.1f} s, {len(WORK) * per_job / (len(WORK) * per_job + work):.1%}"
    )
    for rule, seconds in WORK.items():
        print(f"  {rule:20}{seconds:6.1f} s of work, {per_job / (per_job + seconds):6.1%} not work")


if __name__ == "__main__":
    main()
