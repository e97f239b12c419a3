"""Sub-command `radnec run`: Snakemake with the right workflow, profile and configuration."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from radnec.cli.project import add_configuration, configuration_of, find_project
from radnec.core.errors import InputError

_SHOWN_LINES = 40
# What a profile may have in place of --cores.
_WIDTHS = {"cores", "jobs"}


def add_commands(subparsers: Any) -> None:
    """Add `run` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "run",
        help="run a study, with one calm view of how far it is",
        description=(
            "Start Snakemake with this package's workflow, in a folder that `radnec init` made, in "
            "the repository, or in any other with --configfile. What Snakemake says goes to "
            "results/<study>/logs/snakemake.log; --verbose shows it in place of the view. The exit "
            "code is Snakemake's: 0 when all is done."
        ),
    )
    parser.add_argument(
        "targets",
        nargs="*",
        help="rules or files (default: the whole study); behind `--` also options of Snakemake",
    )
    parser.add_argument(
        "--directory", type=Path, default=Path(), metavar="FOLDER", help="folder of the study"
    )
    add_configuration(parser)
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="default, slurm, or a folder (default: profile of the study's folder, if any)",
    )
    parser.add_argument("--cores", help="default: as the profile says, else all")
    parser.add_argument(
        "--gpus", type=int, metavar="N", help="GPUs that all jobs may hold together"
    )
    parser.add_argument("-n", "--dry-run", action="store_true", help="only count what would run")
    parser.add_argument("--verbose", action="store_true", help="show all that Snakemake says")
    parser.set_defaults(run=_run)


def snakemake_command(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """Return the command line of Snakemake that `radnec run` stands for.

    Parameters
    ----------
    arguments
        As parsed; `configfile` and `profile` are relative to the folder of the process.
    folder
        The study's folder, absolute: Snakemake is started there.
    """
    project = find_project(folder)
    command = [sys.executable, "-m", "snakemake", *arguments.targets]
    command += ["--snakefile", str(project / "Snakefile")]
    profile = _profile(arguments.profile, folder, project)
    command += ["--workflow-profile", str(profile)]
    if arguments.cores is not None:
        command += ["--cores", arguments.cores]
    elif not _WIDTHS & _keys(profile / "config.yaml"):
        command += ["--cores", "all"]
    if arguments.gpus is not None:
        command += ["--resources", f"gpu={arguments.gpus}"]
    if arguments.dry_run:
        command += ["--dry-run", *([] if arguments.verbose else ["--quiet", "rules"])]
    if "NO_COLOR" in os.environ:
        command += ["--nocolor"]
    files = _files(arguments, folder)
    if files:
        command += ["--configfile", *map(str, files)]
    if arguments.config:
        command += ["--config", *arguments.config]
    return command


def _files(arguments: argparse.Namespace, folder: Path) -> list[Path]:
    return [file.absolute() for file in arguments.configfile] or configuration_of(folder)


def _profile(name: str | None, folder: Path, project: Path) -> Path:
    if name is None:
        own = folder / "profile"
        return own if (own / "config.yaml").is_file() else project / "profiles" / "default"
    for place in (Path(name).absolute(), project / "profiles" / name):
        if (place / "config.yaml").is_file():
            return place
    raise InputError(f"--profile: found {name!r}, expected default, slurm or a folder with one")


def _keys(profile: Path) -> set[str]:
    return set(yaml.safe_load(profile.read_text(encoding="utf-8")) or {})


def _run(arguments: argparse.Namespace) -> int:
    folder = arguments.directory.absolute()
    if not folder.is_dir():
        raise InputError(f"{arguments.directory}: no such folder, expected that of a study")
    command = snakemake_command(arguments, folder)
    if arguments.dry_run or arguments.verbose:
        process = subprocess.Popen(command, cwd=folder)
        with _passing_on_signals(process):
            return process.wait()
    return _run_with_view(command, folder, study_of(arguments, folder))


def study_of(arguments: argparse.Namespace, folder: Path) -> str:
    """Return the name of the study that the configuration asks for.

    Raises
    ------
    InputError
        With every fault of the configuration.
    """
    from radnec.config.load import load_config

    given = [value for value in arguments.config if value.startswith("study=")]
    return given[-1].partition("=")[2] if given else load_config(_files(arguments, folder)).study


def _run_with_view(command: Sequence[str], folder: Path, study: str) -> int:
    # Pandas takes a moment to import.
    from rich.console import Console

    from radnec.cli.show_status import near, view
    from radnec.cli.watch import watch
    from radnec.study.status.alive import snakemake_at_work
    from radnec.study.status.status import StudyWatch
    from radnec.study.status.types import BROKEN_OFF

    if snakemake_at_work(folder):
        raise InputError(
            f"{folder}: Snakemake is at work here already; `radnec status` tells how far it is"
        )
    results = near(folder / "results" / study)
    log = results / "logs" / "snakemake.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    console = Console()
    # First, for the view counts by it what there is to do.
    first = ["--prioritize", f"results/{study}/config.yaml"]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*command, *first], cwd=folder, stdout=stream, stderr=subprocess.STDOUT
        )
    watcher = StudyWatch(results, log=log)
    if not console.is_terminal:
        console.print(f"Log: {log}", highlight=False, soft_wrap=True)

    def wait(seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)

    with _passing_on_signals(process):
        watch(watcher, going_on=lambda: process.poll() is None, sleep=wait, console=console)
    status = watcher.status(alive=False)
    if status.state == BROKEN_OFF:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        console.print("\n".join(lines[-_SHOWN_LINES:]), markup=False, highlight=False)
    console.print(view(status), soft_wrap=True)
    return process.returncode


@contextmanager
def _passing_on_signals(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let Snakemake end in its own time: its jobs keep what they have done.

    Ctrl-C reaches it by the terminal; a signal to end, which comes to this process alone, is
    passed on.
    """
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
