"""The command lines that the documentation tells to type are understood as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from radnec.cli.main import make_parser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def lines_of(page):
    for block in BLOCK.findall(page.read_text()):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.strip(), comments=True)
            if words and words[0] in ("radnec", ".venv/bin/radnec"):
                yield words[1 : words.index(">") if ">" in words else None]


COMMANDS = [(page.name, words) for page in PAGES for words in lines_of(page)]


@pytest.mark.parametrize(("page", "words"), COMMANDS, ids=lambda one: str(one)[:60])
def test_a_documented_command_is_understood(page, words):
    if words == ["--version"]:
        return
    make_parser().parse_args(words)


def test_a_newcomer_is_told_every_step():
    steps = [words[0] for page, words in COMMANDS if page == "first-study.md"]
    assert steps == ["--version", "init", "run", "run", "inspect", "run", "status", "predict"]
