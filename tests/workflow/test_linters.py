"""The hooks before a commit and the checks of a forge run what `make lint` runs."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def commands_of_make(target):
    text = (ROOT / "Makefile").read_text()
    recipe = re.search(rf"^{target}: .*\n((?:\t.*\n)+)", text, re.MULTILINE)[1]
    return re.findall(r"\$\(BIN\)/(.*)", recipe)


def test_each_linter_is_a_hook():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    entries = [hook["entry"].removeprefix(".venv/bin/") for hook in hooks]
    # Hooks get the names of the files from git; make names them, or the folder.
    named = [re.sub(r" (\.|Snakefile workflow)$", "", line) for line in commands_of_make("lint")]
    assert entries == named


def test_the_forge_runs_the_commands_of_make():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    run = [
        step["run"].split()[1] for job in jobs.values() for step in job["steps"] if "run" in step
    ]
    assert run == ["lint", "test", "docs"]
    assert all(commands_of_make(target) for target in run)
