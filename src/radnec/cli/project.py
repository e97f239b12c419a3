"""Where the workflow is: in this folder, in the repository, or in the installed package."""

from __future__ import annotations

import argparse
from pathlib import Path

import radnec
from radnec.core.errors import InputError

_PACKAGE = Path(radnec.__file__).resolve().parent


def find_project(folder: Path) -> Path:
    """Return the folder with the Snakefile, config, profiles, scripts and workflow.

    Parameters
    ----------
    folder
        Where the command was given: a copy of the repository there goes first, as it does for
        plain `snakemake`.

    Raises
    ------
    InputError
        If this installation has no workflow.
    """
    # Of a wheel, and of an editable installation: see pyproject.toml.
    for place in (folder, _PACKAGE / "project", _PACKAGE.parents[1]):
        if _is_project(place):
            return place
    raise InputError(
        f"{_PACKAGE}: found no workflow in this installation, expected "
        f"{_PACKAGE / 'project' / 'Snakefile'}; install radnec anew"
    )


def add_configuration(parser: argparse.ArgumentParser) -> None:
    """Add --configfile and --config, as Snakemake has them, to a command."""
    parser.add_argument(
        "--configfile",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="laid over the defaults and each other in this order (default: config.yaml of a "
        "folder that `radnec init` made)",
    )
    parser.add_argument("--config", nargs="+", action="extend", default=[], metavar="KEY=VALUE")


def configuration_of(folder: Path) -> list[Path]:
    """Return the configuration of a study folder that `radnec init` made; else nothing.

    In the repository the workflow takes its own config/config.yaml, and so it does for plain
    `snakemake`.
    """
    own = folder / "config.yaml"
    return [own] if own.is_file() and not _is_project(folder) else []


def _is_project(folder: Path) -> bool:
    rules = folder / "workflow" / "rules" / "common.smk"
    return (folder / "Snakefile").is_file() and rules.is_file()
