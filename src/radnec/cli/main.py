"""The command line `radnec`: what a person does by hand around the workflow."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from radnec.apply.command import add_commands as add_predict
from radnec.apply.export.command import add_commands as add_export
from radnec.apply.pacs.command import add_commands as add_pacs
from radnec.cli.config import add_commands as add_config
from radnec.cli.why import add_commands as add_why
from radnec.collections.command import add_commands as add_cohort
from radnec.core.errors import InputError
from radnec.core.notices import RESEARCH_USE
from radnec.ingest.commands.run import add_commands as add_ingest
from radnec.phantom.command import add_commands as add_phantom


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; return 0, or 1 after a message about wrong input.

    Parameters
    ----------
    arguments
        The command line without the program's name; None for the process's own.
    """
    parser = argparse.ArgumentParser(
        prog="radnec",
        description=f"{__doc__} The study itself runs by `snakemake`. {RESEARCH_USE}",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_ingest(commands)
    add_cohort(commands)
    add_config(commands)
    add_predict(commands)
    add_export(commands)
    add_pacs(commands)
    add_phantom(commands)
    add_why(commands)
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except InputError as error:
        print(f"radnec: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
