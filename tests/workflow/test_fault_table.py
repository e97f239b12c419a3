"""The table of faults and the tests that make them are the same list."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_fault_of_the_table_has_its_test_and_the_reverse():
    tree = ast.parse((ROOT / "tests" / "integration" / "test_faults.py").read_text())
    tests = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    with (ROOT / "docs" / "faults.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert sorted(row["test"] for row in rows) == sorted(tests)
    assert all(all(row.values()) for row in rows)
