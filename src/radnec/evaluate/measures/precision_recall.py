"""Precision against recall: what a rare positive class looks like."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_curve

from radnec.evaluate.measures.auc import why_undefined
from radnec.evaluate.measures.bootstrap import (
    called_from_above,
    percentile_limits,
    times_drawn_in_class,
    too_few,
)


def average_precision(times: np.ndarray, positive: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the average precision of every resample.

    The mean over the positive cases of the precision at the threshold that just calls them,
    which is scikit-learn's sum over recall steps, vectorised over resamples.

    Parameters
    ----------
    times
        How often each resample holds each case, shape (resamples, cases).
    positive, score
        Shape (cases,).
    """
    reached = (score[:, None] >= score[None, positive]).astype(float)
    right = times[:, positive] @ reached[positive]
    wrong = times[:, ~positive] @ reached[~positive]
    # Where a resample lacks a case, its precision has no weight.
    precision = right / np.maximum(right + wrong, 1)
    return np.asarray((times[:, positive] * precision).sum(1) / times[:, positive].sum(1))


def precision_recall_with_band(
    positive: np.ndarray,
    score: np.ndarray,
    patients: np.ndarray,
    *,
    confidence: float,
    repeats: int,
    seed: int,
) -> pd.DataFrame:
    """Return the precision-recall curve and a pointwise bootstrap band, patients drawn whole.

    Returns
    -------
    DataFrame
        Columns kind (``curve`` or ``band``), recall, precision, low, high. The band is given at
        the recalls that the number of necrosis cases allows, without limits with fewer than 6
        patients of a class. Empty if one class has no case.
    """
    columns = ["kind", "recall", "precision", "low", "high"]
    if why_undefined(positive, least=1):
        return pd.DataFrame(columns=columns)
    precision, recall, _ = precision_recall_curve(positive, score)
    curve = pd.DataFrame({"kind": "curve", "recall": recall, "precision": precision})
    m = int(positive.sum())
    recalls = np.arange(1, m + 1) / m
    low = high = np.full(m, np.nan)
    if not too_few(positive, patients):
        drawn = times_drawn_in_class(positive, patients, repeats, seed)
        low, high = percentile_limits(_precision_at(drawn, positive, score, recalls), confidence)
    once = np.ones((1, len(score)))
    band = pd.DataFrame(
        {
            "kind": "band",
            "recall": recalls,
            "precision": _precision_at(once, positive, score, recalls)[0],
            "low": low,
            "high": high,
        }
    )
    return pd.concat([curve, band], ignore_index=True)[columns]


def _precision_at(
    times: np.ndarray, positive: np.ndarray, score: np.ndarray, recalls: np.ndarray
) -> np.ndarray:
    """Return the precision at the highest threshold with each recall, shape (resamples, k)."""
    found, missed = called_from_above(times, positive, score)
    needed = recalls * found[:, -1:] - 1e-9
    at = np.stack([np.searchsorted(*row, side="left") for row in zip(found, needed, strict=True)])
    right, wrong = (np.take_along_axis(counts, at, axis=1) for counts in (found, missed))
    return np.asarray(right / (right + wrong))
