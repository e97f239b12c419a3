"""The conda environments are the lock, cut into pieces."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines):
    matches = (re.match(r"([A-Za-z0-9_.-]+)==(\S+)$", line.strip()) for line in lines)
    return {normal(m[1]): m[2] for m in matches if m}


LOCK = pins((ROOT / "requirements.lock").read_text().splitlines())


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda p: p.stem)
def test_pins_equal_the_lock(path):
    environment = yaml.safe_load(path.read_text())
    listed = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert len(pins(listed)) == len(listed), "every package is pinned"
    assert pins(listed).items() <= LOCK.items()


def test_a_preprocessing_node_needs_no_torch():
    environment = yaml.safe_load((ROOT / "envs" / "preprocess.yaml").read_text())
    listed = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert not {"torch", "monai", "hd-bet"} & set(pins(listed))


def test_torch_is_the_version_that_everything_was_measured_with():
    assert LOCK["torch"] == "2.13.0"


def test_every_direct_dependency_is_in_the_lock():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = project["dependencies"] + project["optional-dependencies"]["dev"]
    missing = [n for n in names if normal(re.split(r"[=<>]", n)[0]) not in LOCK]
    assert missing == []
