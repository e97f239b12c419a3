"""The command `radnec cohort`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

NAMES = ("lumiere", "mu-glioma-post", "ucsd-ptgbm")
"""The collections that have a recipe."""


def add_commands(subparsers: Any) -> None:
    """Register the command; `run` of the parsed arguments does the work."""
    parser = subparsers.add_parser(
        "cohort",
        help="write the table of cases of a downloaded public collection",
        description="Write the table of cases of a public collection from its own folders and "
        "clinical tables, and beside it the configuration that its images ask for. Nothing is "
        "downloaded, no label is guessed (docs/cohorts.md). The table holds the paths of the "
        "images, so look at it before you share it.",
    )
    parser.add_argument("name", choices=NAMES, help="the collection")
    parser.add_argument("folder", type=Path, help="the downloaded images")
    parser.add_argument(
        "--clinical",
        type=Path,
        help="folder with the clinical tables (default: that of the images)",
    )
    parser.add_argument("-o", "--output", type=Path, help="TSV to write (default: config/NAME.tsv)")
    parser.add_argument(
        "--labels",
        type=Path,
        help="table with the columns folder and label; visits without a label are left out",
    )
    parser.add_argument(
        "--near-label",
        action="store_true",
        help="take a label that is near the diagnosis and is not it, where the collection has one "
        "(docs/cohorts.md states how it is derived)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write the table and its configuration; print what a person has to know of them."""
    # Not at the top: other commands need not wait for pandas and nibabel.
    from radnec.collections.overlay import overlay
    from radnec.collections.recipes import RECIPES
    from radnec.collections.table import make_table
    from radnec.core.files import write_text
    from radnec.core.tables import write_tsv

    recipe = RECIPES[arguments.name]
    made = make_table(
        recipe,
        arguments.folder,
        clinical=arguments.clinical,
        labels=arguments.labels,
        near_label=arguments.near_label,
    )
    output = arguments.output or Path("config", f"{recipe.name}.tsv")
    config = output.with_suffix(".yaml")
    write_tsv(made.cases, output)
    write_text(config, overlay(recipe, made.visits, output))
    patients = made.cases["patient"].nunique()
    print(f"{len(made.cases)} cases of {patients} patients written to {output}, with {config}")
    for note in made.notes:
        print(f"- {note}")
