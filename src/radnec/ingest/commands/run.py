"""The commands `radnec cases` and `radnec inspect`."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from radnec.core.errors import CaseExcluded, InputError
from radnec.ingest.checks.privacy import sealed


def add_commands(subparsers: Any) -> None:
    """Register the commands; `run` of the parsed arguments does the work."""
    cases = subparsers.add_parser(
        "cases",
        help="draft a cases table from a folder of images",
        description="Draft a cases table: one row a visit, label left to fill. The table holds "
        "the paths of the folders, so look at it before you share it.",
    )
    cases.add_argument("folder", type=Path, help="folder with DICOM, NIfTI or a BIDS dataset")
    cases.add_argument(
        "-o", "--output", type=Path, help="TSV to write; without it the table is printed"
    )
    cases.add_argument(
        "--labels",
        type=Path,
        help="table with the columns folder and label: labels are filled in by folder",
    )
    cases.set_defaults(run=run_cases)
    inspect = subparsers.add_parser(
        "inspect",
        help="show what each DICOM series of a folder would be taken for",
        description="Show each series below a folder: what it is taken for, chosen or not, and "
        "why. Nothing is written. Names of folders and series are shown in the terminal only. The "
        "exit status is 1 where no series could be chosen for any sequence.",
    )
    inspect.add_argument("folder", type=Path, help="the DICOM folder of one case")
    inspect.add_argument("--json", action="store_true", help="for machines; holds no names")
    inspect.set_defaults(run=run_inspect)
    for command in (cases, inspect):
        command.add_argument(
            "--min-confidence",
            type=float,
            default=0.7,
            help="share of the evidence below which a series is ambiguous (default: %(default)s)",
        )
        command.add_argument(
            "--processes",
            type=int,
            default=os.cpu_count() or 1,
            help="processes that read headers (default: all cores, %(default)s)",
        )


def run_cases(arguments: argparse.Namespace) -> None:
    """Draft the table and write or print it."""
    from radnec.core.tables import write_tsv
    from radnec.ingest.commands.draft import draft_cases
    from radnec.ingest.commands.join_labels import join_labels

    _check(arguments)
    with sealed("drafting the cases table"):
        table = draft_cases(arguments.folder, arguments.min_confidence, threads=arguments.processes)
    if arguments.labels is not None:
        table = join_labels(table, arguments.labels)
    if arguments.output is None:
        print(table.to_csv(sep="\t", index=False), end="")
        return
    write_tsv(table, arguments.output)
    open_labels = int((table["label"] == "").sum())
    then = f"now fill in the column `label` of {open_labels}" if open_labels else "all with labels"
    print(f"{len(table)} cases written to {arguments.output}: {then}")


def run_inspect(arguments: argparse.Namespace) -> None:
    """Show what the series of a folder would be taken for.

    Raises
    ------
    InputError
        If the folder cannot be read, or no series was chosen for any sequence.
    """
    from radnec.ingest.commands.inspect import as_mapping, show

    _check(arguments)
    try:
        with sealed("reading the headers"):
            options = {"threads": arguments.processes}
            if arguments.json:
                found = as_mapping(arguments.folder, arguments.min_confidence, **options)
                print(json.dumps(found, indent=2))
                chosen = bool(found["chosen"])
            else:
                chosen = show(arguments.folder, arguments.min_confidence, **options)
    except CaseExcluded as excluded:
        raise InputError(f"{arguments.folder}: {excluded.reason}") from None
    except OSError as error:
        raise InputError(f"{arguments.folder}: {error.strerror}") from None
    if not chosen:
        raise InputError(
            f"{arguments.folder}: no series was chosen for any sequence, for the reasons above"
        )


def _check(arguments: argparse.Namespace) -> None:
    if not 0.5 <= arguments.min_confidence <= 1 or arguments.processes < 1:
        raise InputError(
            f"--min-confidence {arguments.min_confidence} --processes {arguments.processes}: "
            "expected a share from 0.5 to 1 and at least 1 process"
        )
