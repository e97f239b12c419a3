"""Bootstrap over cases, drawn within each class so that the class counts stay as they are."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import numpy as np
from scipy import stats

from radnec.evaluate.measures.estimate import Estimate, undefined

# Repeats of one batch times positives times negatives stays below this many comparisons.
_BATCH_CELLS = 4_000_000


def auc_of_samples(positives: np.ndarray, negatives: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the AUC of every resample, from all pairs, a tie counting one half.

    Parameters
    ----------
    positives, negatives
        Scores; the cases lie along `axis`, the resamples along the others.
    """
    first = np.moveaxis(positives, axis, -1)[..., :, None]
    second = np.moveaxis(negatives, axis, -1)[..., None, :]
    wins = (first > second).mean((-1, -2)) + 0.5 * (first == second).mean((-1, -2))
    return np.asarray(wins)


def bca_interval(
    statistic: Callable[..., np.ndarray],
    positives: np.ndarray,
    negatives: np.ndarray,
    *,
    confidence: float,
    repeats: int,
    seed: int,
) -> Estimate:
    """Return a statistic of two samples with its stratified BCa bootstrap interval.

    Bias-corrected and accelerated (Efron 1987, J Am Stat Assoc 82:171), by
    ``scipy.stats.bootstrap``, which resamples the two classes each on its own.

    Parameters
    ----------
    statistic
        ``statistic(positives, negatives, axis=-1)``, vectorised over leading axes.
    positives, negatives
        Scores of the cases of each class, shapes (m,) and (n,).
    """
    method = f"BCa bootstrap, {repeats} stratified repeats"
    if min(len(positives), len(negatives)) < 1:
        return undefined(method, "one class only")
    value = float(statistic(positives, negatives, axis=-1))
    if math.isnan(value):
        return undefined(method, "the statistic has no value here")
    if min(len(positives), len(negatives)) < 2:
        return undefined(method, "a class has fewer than 2 cases", value)
    with warnings.catch_warnings():
        # Degenerate resamples are reported below in words.
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        result = stats.bootstrap(
            (positives, negatives),
            statistic,
            n_resamples=repeats,
            batch=max(1, _BATCH_CELLS // (len(positives) * len(negatives))),
            vectorized=True,
            confidence_level=confidence,
            method="BCa",
            rng=np.random.default_rng(seed),
        )
    low, high = (float(x) for x in result.confidence_interval)
    if math.isnan(low) or math.isnan(high):
        return undefined(method, "all resamples give the same value", value)
    return Estimate(value, low, high, method)


def stratified_indices(positive: np.ndarray, repeats: int, seed: int) -> np.ndarray:
    """Return resampled case indices, shape (repeats, cases), drawn within each class."""
    rng = np.random.default_rng(seed)
    drawn = np.empty((repeats, len(positive)), dtype=np.intp)
    for members in (np.flatnonzero(positive), np.flatnonzero(~positive)):
        drawn[:, members] = members[rng.integers(len(members), size=(repeats, len(members)))]
    return drawn


def percentile_limits(samples: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper percentile over the first axis (repeats), NaN left out."""
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(samples, [tail, 1 - tail], axis=0)
    return low, high
