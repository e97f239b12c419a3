"""What YAML lets pass silently: a key that stands twice in one mapping, of which the last wins."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("config", "workflow/schemas", "profiles", "envs")
    for path in (ROOT / folder).rglob("*.yaml")
)


def doubled(text):
    found = []

    def look(node):
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            found.extend(sorted({key for key in keys if keys.count(key) > 1}))
            for _, value in node.value:
                look(value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                look(value)

    look(yaml.compose(text))
    return found


def test_a_doubled_key_is_seen():
    assert doubled("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n") == ["a", "c"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_key_stands_twice(path):
    assert doubled(path.read_text()) == []
