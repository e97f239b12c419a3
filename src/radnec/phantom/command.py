"""Sub-command `radnec phantom-cases`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_commands(subparsers: Any) -> None:
    """Add `phantom-cases` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "phantom-cases",
        help="draft the table of a simulated cohort",
        description="Write a cases table of simulated patients for the physics phantom.",
    )
    parser.add_argument("--cases", type=int, required=True, metavar="N", help="number of cases")
    parser.add_argument("--seed", type=int, required=True, help="seed of the cohort")
    parser.add_argument(
        "--necrosis",
        type=float,
        default=0.4,  # the paper has 0.18; a small demonstration needs more of the rarer class
        metavar="SHARE",
        help="share of the cases that are necrosis, 0 to 1 (default: %(default)s)",
    )
    parser.add_argument(
        "--dicom-root",
        default="results/demo/phantom/dicom",
        help="folder that will hold the simulated DICOM (default: %(default)s)",
    )
    parser.add_argument(
        "--lesions", action="store_true", help="name the true mask of each lesion in column lesion"
    )
    parser.add_argument("--output", type=Path, required=True, help="cases table to write (TSV)")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    from radnec.core.tables import write_tsv
    from radnec.phantom.cohort import draft_cases

    table = draft_cases(
        arguments.cases,
        arguments.seed,
        arguments.dicom_root,
        arguments.necrosis,
        lesions=arguments.lesions,
    )
    write_tsv(table, arguments.output)
