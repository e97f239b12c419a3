"""Sub-command `radnec why`: what the next run would do, why, and how long it may take."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.tables import read_tsv

# Jobs of a group are indented once more.
_REASON = re.compile(r"^ +reason: (.*)$")
_RULE = re.compile(r"^(?:local)?(?:rule|checkpoint) (\w+):$")
_JOBS = re.compile(r"^(\w+)\s+(\d+)$")


def add_commands(subparsers: Any) -> None:
    """Add `why` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "why",
        help="what the next run would do, why, and how long it may take",
        description=(
            "Ask Snakemake what it would run, and tell for each rule the jobs, the first reason, "
            "and the time they may take by the benchmarks of earlier runs. Nothing runs."
        ),
    )
    parser.add_argument(
        "--snakefile",
        type=Path,
        default=Path("Snakefile"),
        help="the workflow's Snakefile, if it is not in this folder",
    )
    parser.add_argument("--configfile", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--config", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("targets", nargs="*", help="files or rules (default: the whole study)")
    parser.set_defaults(run=_run)


def estimate(plan: str, benchmarks: Path | None) -> pd.DataFrame:
    """Return a row for each rule that would run.

    Parameters
    ----------
    plan
        What ``snakemake --dry-run`` prints.
    benchmarks
        results/<study>/benchmarks; None or an absent folder leaves the times unknown.

    Returns
    -------
    DataFrame
        Columns rule, jobs, seconds_each (median of earlier runs, NaN where there are none),
        seconds (of all jobs one after the other), reason (of the first job).
    """
    jobs: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    rule = ""
    for line in plan.splitlines():
        if found := _RULE.match(line.strip()):
            rule = found[1]
        elif found := _REASON.match(line):
            reasons.setdefault(rule, found[1])
        elif (found := _JOBS.match(line)) and found[1] != "total":
            jobs[found[1]] = int(found[2])
    rows = []
    for name, count in jobs.items():
        each = _median_seconds(benchmarks.glob(f"{name}/**/*.tsv") if benchmarks else [])
        rows.append(
            {
                "rule": name,
                "jobs": count,
                "seconds_each": each,
                "seconds": each * count,
                "reason": reasons.get(name, ""),
            }
        )
    return pd.DataFrame(rows, columns=["rule", "jobs", "seconds_each", "seconds", "reason"])


def _median_seconds(paths: Iterable[Path]) -> float:
    times = [float(read_tsv(path)["s"].iloc[0]) for path in paths]
    return float(pd.Series(times, dtype=float).median())


def _run(arguments: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.table import Table

    command = [sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1"]
    command += ["--snakefile", str(arguments.snakefile)]
    if arguments.configfile:
        command += ["--configfile", *map(str, arguments.configfile)]
    if arguments.config:
        command += ["--config", *arguments.config]
    done = subprocess.run(
        [*command, "--", *arguments.targets], capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    if done.returncode:
        raise InputError(f"Snakemake cannot plan the study:\n{said.strip()}")
    study = re.search(r"results/([A-Za-z0-9_-]+)/", said)
    table = estimate(said, Path("results") / study[1] / "benchmarks" if study else None)
    if table.empty:
        print("Nothing to be done.")
        return
    shown = Table("rule", "jobs", "time each", "time of all", "first reason", box=None)
    for row in table.itertuples():
        shown.add_row(
            str(row.rule),
            str(row.jobs),
            _duration(row.seconds_each),
            _duration(row.seconds),
            str(row.reason)[:200],
        )
    Console().print(shown)
    print(f"{table['jobs'].sum()} jobs; {_duration(table['seconds'].sum())} of known work, one job")
    print("after the other. What a checkpoint decides is planned only after it has run.")


def _duration(seconds: Any) -> str:
    if pd.isna(seconds):
        return "not known"
    minutes, rest = divmod(round(float(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
