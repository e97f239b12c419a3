"""ROC curves with a confidence band."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import roc_curve

from radnec.evaluate.measures.auc import why_undefined
from radnec.evaluate.measures.bootstrap import (
    called_from_above,
    percentile_limits,
    times_drawn_in_class,
    too_few,
)

# Where the band is computed: fine enough for a figure of one column.
GRID = np.linspace(0.0, 1.0, 101)


def roc_with_band(
    positive: np.ndarray,
    score: np.ndarray,
    patients: np.ndarray,
    *,
    confidence: float,
    repeats: int,
    seed: int,
) -> pd.DataFrame:
    """Return the empirical ROC curve and a pointwise band for it, patients drawn whole.

    Parameters
    ----------
    positive
        Boolean, shape (cases,).
    score
        Probability of necrosis, shape (cases,).
    patients
        Shape (cases,).

    Returns
    -------
    DataFrame
        Columns kind (``curve`` or ``band``), false_positive_rate, sensitivity, low, high.
        Rows of kind ``curve`` are the corners of the empirical curve; rows of kind ``band``
        hold the percentiles of sensitivity over stratified resamples at a fixed false positive
        rate (vertical averaging, Fawcett 2006, Pattern Recognit Lett 27:861). Empty if one
        class has no case; no limits with fewer than 6 patients of a class.
    """
    columns = ["kind", "false_positive_rate", "sensitivity", "low", "high"]
    if why_undefined(positive, least=1):
        return pd.DataFrame(columns=columns)
    fpr, tpr, _ = roc_curve(positive, score, drop_intermediate=True)
    curve = pd.DataFrame({"kind": "curve", "false_positive_rate": fpr, "sensitivity": tpr})
    low = high = np.full(len(GRID), np.nan)
    if not too_few(positive, patients):
        drawn = times_drawn_in_class(positive, patients, repeats, seed)
        low, high = percentile_limits(sensitivity_at(drawn, positive, score, GRID), confidence)
    once = np.ones((1, len(score)))
    band = pd.DataFrame(
        {
            "kind": "band",
            "false_positive_rate": GRID,
            "sensitivity": sensitivity_at(once, positive, score, GRID)[0],
            "low": low,
            "high": high,
        }
    )
    return pd.concat([curve, band], ignore_index=True)[columns]


def sensitivity_at(
    times: np.ndarray, positive: np.ndarray, score: np.ndarray, rates: np.ndarray
) -> np.ndarray:
    """Return the sensitivity at given false positive rates, for many resamples at once.

    The curve climbs at once over all cases of one score, as a step function: of the thresholds
    that keep the false positive rate at or below the given one, the lowest.

    Parameters
    ----------
    times
        How often each resample holds each case, shape (resamples, cases).
    positive, score
        Shape (cases,).
    rates
        Shape (k,), from 0 to 1.

    Returns
    -------
    ndarray
        Shape (resamples, k).
    """
    found, alarms = called_from_above(times, positive, score)
    allowed = rates * alarms[:, -1:] + 1e-9
    pairs = zip(alarms, allowed, strict=True)
    at = np.stack([np.searchsorted(*pair, side="right") - 1 for pair in pairs])
    return np.asarray(np.take_along_axis(found, at, axis=1) / found[:, -1:])
