"""The command line `radnec`: make a study, run it, ask how far it is, use what it has learned."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from radnec.apply.command import add_commands as add_predict
from radnec.apply.export.command import add_commands as add_export
from radnec.apply.pacs.command import add_commands as add_pacs
from radnec.cli.completion import add_commands as add_completion
from radnec.cli.config import add_commands as add_config
from radnec.cli.init import add_commands as add_init
from radnec.cli.run import add_commands as add_run
from radnec.cli.status import add_commands as add_status
from radnec.cli.why import add_commands as add_why
from radnec.collections.command import add_commands as add_cohort
from radnec.core.errors import InputError
from radnec.core.notices import RESEARCH_USE
from radnec.core.versions import installed_version
from radnec.ingest.commands.run import add_commands as add_ingest
from radnec.phantom.command import add_commands as add_phantom

# As shells say of a program that Ctrl-C has ended.
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit code, see docs/commands.md.

    Parameters
    ----------
    arguments
        The command line without the program's name; None for the process's own.

    Returns
    -------
    int
        0; 1 after a message about wrong input; of `radnec run` that of Snakemake.
    """
    chosen = make_parser().parse_args(arguments)
    try:
        code: int | None = chosen.run(chosen)
    except InputError as error:
        print(f"radnec: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code or 0


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; `run` of what it parses does the work."""
    parser = argparse.ArgumentParser(prog="radnec", description=f"{__doc__} {RESEARCH_USE}")
    version = installed_version("radnec") or "not installed as a package"
    parser.add_argument("--version", action="version", version=f"radnec {version}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_init(commands)
    add_ingest(commands)
    add_cohort(commands)
    add_config(commands)
    add_run(commands)
    add_status(commands)
    add_why(commands)
    add_predict(commands)
    add_export(commands)
    add_pacs(commands)
    add_phantom(commands)
    add_completion(commands, parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
