"""Precision against recall: what a rare positive class looks like."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_curve

from radnec.evaluate.measures.auc import why_undefined
from radnec.evaluate.measures.bootstrap import percentile_limits, stratified_indices, too_few


def average_precision(positives: np.ndarray, negatives: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the average precision of every resample.

    The mean over the positive cases of the precision at the threshold that just calls them,
    which is scikit-learn's sum over recall steps, vectorised over resamples.

    Parameters
    ----------
    positives, negatives
        Scores; the cases lie along `axis`, the resamples along the others.
    """
    at = np.moveaxis(positives, axis, -1)
    others = np.moveaxis(negatives, axis, -1)
    called_right = (at[..., None, :] >= at[..., :, None]).sum(-1)
    called_wrong = (others[..., None, :] >= at[..., :, None]).sum(-1)
    return np.asarray((called_right / (called_right + called_wrong)).mean(-1))


def precision_recall_with_band(
    positive: np.ndarray, score: np.ndarray, *, confidence: float, repeats: int, seed: int
) -> pd.DataFrame:
    """Return the precision-recall curve and a pointwise bootstrap band.

    Returns
    -------
    DataFrame
        Columns kind (``curve`` or ``band``), recall, precision, low, high. The band is given at
        the recalls that the number of necrosis cases allows, without limits with fewer than 6
        cases of a class. Empty if one class has no case.
    """
    columns = ["kind", "recall", "precision", "low", "high"]
    if why_undefined(positive, least=1):
        return pd.DataFrame(columns=columns)
    precision, recall, _ = precision_recall_curve(positive, score)
    curve = pd.DataFrame({"kind": "curve", "recall": recall, "precision": precision})
    drawn = stratified_indices(positive, repeats, seed)
    samples = _precision_at(score[drawn[:, positive]], score[drawn[:, ~positive]])
    low, high = percentile_limits(samples, confidence)
    if too_few(positive):
        low, high = np.full_like(low, np.nan), np.full_like(high, np.nan)
    m = int(positive.sum())
    band = pd.DataFrame(
        {
            "kind": "band",
            "recall": np.arange(1, m + 1) / m,
            "precision": _precision_at(score[None, positive], score[None, ~positive])[0],
            "low": low,
            "high": high,
        }
    )
    return pd.concat([curve, band], ignore_index=True)[columns]


def _precision_at(positives: np.ndarray, negatives: np.ndarray) -> np.ndarray:
    """Return the precision at the threshold that calls the k-th positive, shape (repeats, m)."""
    descending = -np.sort(-positives, axis=1)
    found = np.empty(descending.shape)
    for k in range(descending.shape[1]):
        threshold = descending[:, k : k + 1]
        right = (positives >= threshold).sum(1)
        found[:, k] = right / (right + (negatives >= threshold).sum(1))
    return found
