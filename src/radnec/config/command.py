"""Sub-command `radnec config`: check a configuration, or make anew what its model generates."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from radnec.config.load import load_config
from radnec.config.reference import as_yaml, write_reference
from radnec.core.errors import InputError

_PROJECT = Path(__file__).resolve().parents[3]


def add_commands(subparsers: Any) -> None:
    """Add `config` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "config",
        help="check a configuration and print what results",
        description=(
            "Check configuration files as the workflow does before anything runs, and print the "
            "whole configuration that they make together with the defaults. All faults are "
            "reported at once."
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
            "make config/config.yaml, its schema and the tables of config/README.md anew from "
            "the model (for those who change the model)"
        ),
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    if arguments.write:
        if not (_PROJECT / "Snakefile").is_file():
            raise InputError(f"{_PROJECT}: expected the folder of the project, with its Snakefile")
        stale = write_reference(_PROJECT)
        print("\n".join(f"written: {path}" for path in stale) or "nothing was stale")
    else:
        print(as_yaml(load_config(arguments.check)), end="")
