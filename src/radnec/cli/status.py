"""Sub-command `radnec status`: how far a study is, asked from any terminal."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from radnec.core.errors import InputError


def add_commands(subparsers: Any) -> None:
    """Add `status` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "status",
        help="how far a study is",
        description=(
            "Tell how far a study is: cases done at each stage, networks in training with loss and "
            "time left, jobs and time left, failed jobs. It reads files only, so it may be asked "
            "from any terminal, however the study was started."
        ),
    )
    parser.add_argument(
        "--study",
        type=Path,
        metavar="FOLDER",
        help="results/<study> (default: the one study below results, or the latest)",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--watch", action="store_true", help="keep telling until the run is over")
    how.add_argument("--json", action="store_true", help="for machines")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    # Pandas takes a moment to import.
    from rich.console import Console

    from radnec.cli.show_status import view
    from radnec.cli.watch import watch
    from radnec.study.status.status import StudyWatch

    watcher = StudyWatch(arguments.study or latest_study(Path("results")))
    if arguments.watch:
        watch(watcher, going_on=watcher.going_on, sleep=time.sleep)
    status = watcher.status()
    if arguments.json:
        print(json.dumps(status.to_mapping(), indent=2))
    else:
        Console().print(view(status), soft_wrap=True)


def latest_study(results: Path) -> Path:
    """Return the study of a folder of results in which something was written last.

    Raises
    ------
    InputError
        If there is none.
    """
    logs = [path for path in results.glob("*/logs") if path.is_dir()]
    if not logs:
        raise InputError(
            f"{results}: found no study, expected one that has been started here; "
            "or name its folder: --study results/<study>"
        )
    return max(logs, key=lambda path: path.stat().st_mtime_ns).parent
