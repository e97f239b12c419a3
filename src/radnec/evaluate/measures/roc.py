"""ROC curves with a confidence band."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import roc_curve

from radnec.evaluate.measures.auc import why_undefined
from radnec.evaluate.measures.bootstrap import percentile_limits, stratified_indices, too_few

# Where the band is computed: fine enough for a figure of one column.
GRID = np.linspace(0.0, 1.0, 101)


def roc_with_band(
    positive: np.ndarray, score: np.ndarray, *, confidence: float, repeats: int, seed: int
) -> pd.DataFrame:
    """Return the empirical ROC curve and a pointwise band for it.

    Parameters
    ----------
    positive
        Boolean, shape (cases,).
    score
        Probability of necrosis, shape (cases,).

    Returns
    -------
    DataFrame
        Columns kind (``curve`` or ``band``), false_positive_rate, sensitivity, low, high.
        Rows of kind ``curve`` are the corners of the empirical curve; rows of kind ``band``
        hold the percentiles of sensitivity over stratified resamples at a fixed false positive
        rate (vertical averaging, Fawcett 2006, Pattern Recognit Lett 27:861). Empty if one
        class has no case; no limits with fewer than 6 cases of a class.
    """
    columns = ["kind", "false_positive_rate", "sensitivity", "low", "high"]
    if why_undefined(positive, least=1):
        return pd.DataFrame(columns=columns)
    fpr, tpr, _ = roc_curve(positive, score, drop_intermediate=True)
    curve = pd.DataFrame({"kind": "curve", "false_positive_rate": fpr, "sensitivity": tpr})
    drawn = stratified_indices(positive, repeats, seed)
    heights = sensitivity_at(score[drawn[:, positive]], score[drawn[:, ~positive]], GRID)
    low, high = percentile_limits(heights, confidence)
    if too_few(positive):
        low, high = np.full_like(low, np.nan), np.full_like(high, np.nan)
    band = pd.DataFrame(
        {
            "kind": "band",
            "false_positive_rate": GRID,
            "sensitivity": sensitivity_at(score[None, positive], score[None, ~positive], GRID)[0],
            "low": low,
            "high": high,
        }
    )
    return pd.concat([curve, band], ignore_index=True)[columns]


def sensitivity_at(positives: np.ndarray, negatives: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Return the sensitivity at given false positive rates, for many resamples at once.

    The curve climbs at once over all cases of one score, as a step function: of the thresholds
    that keep the false positive rate at or below the given one, the lowest.

    Parameters
    ----------
    positives, negatives
        Scores, shapes (repeats, m) and (repeats, n).
    rates
        Shape (k,), from 0 to 1.

    Returns
    -------
    ndarray
        Shape (repeats, k).
    """
    m, n = positives.shape[1], negatives.shape[1]
    descending = -np.sort(-negatives, axis=1)
    allowed = np.floor(rates * n + 1e-9).astype(int)
    ascending = np.sort(positives, axis=1)
    found = np.ones((len(positives), len(rates)))
    for column, false in enumerate(allowed):
        if false >= n:
            continue
        # One more negative may not be called: positives must beat its score.
        barrier = descending[:, false]
        found[:, column] = (ascending > barrier[:, None]).sum(axis=1) / m
    return found
