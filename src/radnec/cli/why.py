"""Sub-command `radnec why`: what the next run would do, why, and how long it may take."""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.cli.project import add_configuration, configuration_of, find_project
from radnec.core.errors import InputError
from radnec.study.status.times import earlier_seconds, in_words

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
    parser.add_argument("targets", nargs="*", help="files or rules (default: the whole study)")
    parser.add_argument(
        "--snakefile",
        type=Path,
        help="another Snakefile than that of `radnec run`",
    )
    add_configuration(parser)
    parser.add_argument("--json", action="store_true", help="for machines")
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
        each = earlier_seconds(benchmarks, name) if benchmarks else math.nan
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


def _run(arguments: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.table import Table

    command = [sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1"]
    snakefile = arguments.snakefile or find_project(Path.cwd()) / "Snakefile"
    command += ["--snakefile", str(snakefile)]
    if files := arguments.configfile or configuration_of(Path.cwd()):
        command += ["--configfile", *map(str, files)]
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
    if arguments.json:
        # What is not known is null.
        print(json.dumps(json.loads(table.to_json(orient="records")), indent=2))
        return
    if table.empty:
        print("Nothing to be done.")
        return
    shown = Table("rule", "jobs", "time each", "time of all", "first reason", box=None)
    for row in table.itertuples():
        shown.add_row(
            str(row.rule),
            str(row.jobs),
            in_words(row.seconds_each),
            in_words(row.seconds),
            str(row.reason)[:200],
        )
    Console().print(shown)
    print(f"{table['jobs'].sum()} jobs; {in_words(table['seconds'].sum())} of known work, one job")
    print("after the other. What a checkpoint decides is planned only after it has run.")
