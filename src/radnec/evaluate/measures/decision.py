"""Decision curve: is acting on the model better than acting always or never."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radnec.evaluate.measures.auc import why_undefined
from radnec.evaluate.measures.bootstrap import percentile_limits, times_drawn, too_few

THRESHOLDS = np.round(np.arange(0.01, 0.995, 0.01), 2)


def net_benefit(right: np.ndarray, wrong: np.ndarray, n: int, thresholds: np.ndarray) -> np.ndarray:
    """Return tp / n - fp / n * t / (1 - t) (Vickers and Elkin 2006, Med Decis Making 26:565).

    Parameters
    ----------
    right, wrong
        True and false positives at each threshold, along the last axis.
    """
    return np.asarray((right - wrong * thresholds / (1 - thresholds)) / n)


def decision_curve(
    positive: np.ndarray,
    score: np.ndarray,
    patients: np.ndarray,
    *,
    confidence: float,
    repeats: int,
    seed: int,
) -> pd.DataFrame:
    """Return the net benefit over threshold probabilities.

    "Acting" is to treat a case as radiation necrosis, to spare an operation for example; the
    threshold probability says how many such decisions may be wrong for one that is right.

    Returns
    -------
    DataFrame
        Columns threshold, net_benefit, low, high (bootstrap over all patients: how common necrosis
        is, is part of the net benefit; none with fewer than 6 cases of a class), act_always,
        act_never. Empty if one class has no case.
    """
    columns = ["threshold", "net_benefit", "low", "high", "act_always", "act_never"]
    if why_undefined(positive, least=1):
        return pd.DataFrame(columns=columns)
    n, share = len(positive), float(positive.mean())

    def curve(positives: np.ndarray, negatives: np.ndarray) -> np.ndarray:
        return net_benefit(_at_least(positives), _at_least(negatives), n, THRESHOLDS)

    low = high = np.full(len(THRESHOLDS), np.nan)
    if not too_few(positive, patients):
        low, high = percentile_limits(
            _of_samples(positive, score, times_drawn(patients, repeats, seed)), confidence
        )
    return pd.DataFrame(
        {
            "threshold": THRESHOLDS,
            "net_benefit": curve(score[None, positive], score[None, ~positive])[0],
            "low": low,
            "high": high,
            "act_always": share - (1 - share) * THRESHOLDS / (1 - THRESHOLDS),
            "act_never": 0.0,
        },
        columns=columns,
    )


def _of_samples(positive: np.ndarray, score: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return the net benefit of each resample, shape (repeats, thresholds)."""
    # What a case adds: 1 if positive, minus the odds of the threshold if negative, where called.
    odds = THRESHOLDS / (1 - THRESHOLDS)
    gain = np.where(positive[:, None], 1.0, -odds) * (score[:, None] >= THRESHOLDS)
    return np.asarray(drawn @ gain / drawn.sum(axis=1, keepdims=True))


def _at_least(scores: np.ndarray) -> np.ndarray:
    """Return how many scores of each resample reach each threshold, shape (repeats, k)."""
    ordered = np.sort(scores, axis=1)
    below = np.stack([np.searchsorted(row, THRESHOLDS, side="left") for row in ordered])
    return np.asarray(scores.shape[1] - below)
