"""Sub-command `radnec config`: check a configuration, or make anew what its model generates."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from radnec.core.errors import InputError

_PROJECT = Path(__file__).resolve().parents[3]


def add_commands(subparsers: Any) -> None:
    """Add `config` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "config",
        help="check a configuration and print what results",
        description=(
            "Check configuration files, with the table of cases that they name, as the workflow "
            "does before anything runs, and print the whole configuration that they make together "
            "with the defaults. All faults are reported at once."
        ),
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--check",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="configuration files, laid over the defaults and each other in this order",
    )
    what.add_argument(
        "--write",
        action="store_true",
        help=(
            "make config/config.yaml, its schema, the tables of config/README.md and what is known "
            "of the backbones anew (for those who change the model or a network)"
        ),
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    # Imported in the two functions: the other commands need not wait for it.
    if arguments.write:
        _write()
    else:
        _check(arguments.check)


def _write() -> None:
    from radnec.config.reference import generated, write_stale
    from radnec.networks.catalogue import FILE as CATALOGUE
    from radnec.networks.survey import survey_file

    if not (_PROJECT / "Snakefile").is_file():
        raise InputError(f"{_PROJECT}: expected the folder of the project, with its Snakefile")
    stale = write_stale({CATALOGUE: survey_file()}) + write_stale(generated(_PROJECT))
    print("\n".join(f"written: {path}" for path in stale) or "nothing was stale")


def _check(files: Sequence[Path]) -> None:
    from radnec.cases.overrides import overrides_by_case
    from radnec.config.load import load_config
    from radnec.config.reference import as_yaml
    from radnec.study.cases import load_table
    from radnec.study.check import check_study
    from radnec.study.network_check import check_external_networks
    from radnec.study.split_check import check_split

    config = load_config(files)
    cases = load_table(config).rows
    overrides_by_case(config.series_overrides, set(cases.index))
    check_study(config, cases)
    check_external_networks(config)
    if len(cases):
        check_split(config, cases)
    print(as_yaml(config), end="")
