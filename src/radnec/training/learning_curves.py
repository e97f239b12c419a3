"""The losses of several runs of one model as one curve: their mean and range at each epoch."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def mean_and_range(histories: Sequence[pd.DataFrame], column: str) -> pd.DataFrame:
    """Return the mean, lowest and highest value over runs at each epoch.

    Parameters
    ----------
    histories
        history.tsv of each run: one row an epoch, with the columns ``epoch`` and `column`. A run
        that ended earlier no longer counts after its end, nor does an epoch without a value.

    Returns
    -------
    DataFrame
        Columns ``epoch``, ``mean``, ``low`` and ``high``, by epoch; no row where no run has a
        value, as of a validation loss without validation.
    """
    joined = pd.concat([table[["epoch", column]] for table in histories]).dropna()
    of_epochs = joined.groupby("epoch")[column].agg(["mean", "min", "max"])
    return of_epochs.rename(columns={"min": "low", "max": "high"}).reset_index()
