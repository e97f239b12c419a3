"""The test cases of all runs of one model in one table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from radnec.core.tables import read_tsv, write_tsv


def gather_predictions(*, runs: Iterable[Path], notice: str, predictions: Path) -> None:
    """Join the test rows of the predictions of each fold and seed.

    Parameters
    ----------
    runs
        predictions.tsv of each run of one backbone and input set.
    notice
        What every reader must know about them, kept in a last column.
    predictions
        Written: predictions/<backbone>/<inputs>.tsv.
    """
    parts = [read_tsv(path, dtype=str) for path in runs]
    table = pd.concat(parts, ignore_index=True)
    write_tsv(table[table["set"] == "test"].assign(notice=notice), predictions)
