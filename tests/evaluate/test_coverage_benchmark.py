"""The benchmark that measures coverage still runs: a few data sets of everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from radnec.core.tables import read_tsv

ROOT = Path(__file__).parents[2]


def test_a_small_run_writes_every_part(tmp_path):
    output = tmp_path / "coverage.tsv"
    command = [sys.executable, ROOT / "benchmarks/coverage.py", "--repeats", "16"]
    subprocess.run(
        [*command, "--output", output],
        check=True,
        capture_output=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    table = read_tsv(output)
    # Exact rows do not hang on the number of data sets: the same as in the printed table.
    kept = read_tsv(ROOT / "docs/coverage.tsv")
    exact = table["basis"] == "all outcomes"
    columns = ["quantity", "method", "truth", "actual"]
    first = table.loc[exact, columns].reset_index(drop=True)
    second = kept.loc[kept["basis"] == "all outcomes", columns].reset_index(drop=True)
    assert first.equals(second)
    assert table["actual"].between(0, 1).all()
    assert set(table["quantity"].str.split(" \\(mean").str[0]) == set(
        kept["quantity"].str.split(" \\(mean").str[0]
    )
