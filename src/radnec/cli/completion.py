"""Sub-command `radnec completion`: a script that lets the shell complete `radnec`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shtab


def add_commands(subparsers: Any, parser: argparse.ArgumentParser) -> None:
    """Add `completion` to the sub-commands of `parser`."""
    command = subparsers.add_parser(
        "completion",
        help="print a script that completes radnec's words in the shell",
        description=(
            "Print a completion script. For bash: radnec completion bash > "
            "~/.local/share/bash-completion/completions/radnec. For zsh: write it to a file "
            "_radnec in a folder of $fpath."
        ),
    )
    command.add_argument("shell", choices=shtab.SUPPORTED_SHELLS)
    command.set_defaults(run=lambda arguments: print(script_of(parser, arguments.shell)))


def script_of(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the completion script of a command line; whatever takes a path completes files."""
    for action in _actions(parser):
        if action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    text: str = shtab.complete(parser, shell)
    return text


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield every argument of a parser and of its sub-commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions(below)
