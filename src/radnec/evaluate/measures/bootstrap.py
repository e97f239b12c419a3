"""Bootstrap over cases: within each class, or regardless of it where the class counts vary."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import numpy as np
from scipy import stats

from radnec.evaluate.measures.estimate import Estimate, undefined

# Repeats of one batch times positives times negatives stays below this many comparisons.
_BATCH_CELLS = 4_000_000
# Fewer values than this of a class give so few different resamples that percentiles of them
# hold the truth far too seldom (0.53 to 0.87 at 2 to 5 values, nominal 0.95).
LEAST = 6


def too_few(positive: np.ndarray) -> str:
    """Return why there is no bootstrap of these cases; empty where there is."""
    least = min(int(positive.sum()), int((~positive).sum()))
    return f"{least} cases in the smaller class, at least {LEAST} needed" if least < LEAST else ""


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
    least = min(len(positives), len(negatives))
    if least < LEAST:
        why = (
            f"{least} case{'' if least == 1 else 's'} in the smaller class, at least {LEAST} needed"
        )
        return undefined(method, why, value)
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


def times_drawn(patients: np.ndarray, repeats: int, seed: int) -> np.ndarray:
    """Return how often each case is in each resample, shape (repeats, cases).

    Patients are drawn with replacement, each with all its cases, regardless of class: for what
    depends on how common the positive class is (calibration, net benefit). With several cases
    a patient, resamples differ in their number of cases (cluster bootstrap, Field and Welsh
    2007, J R Stat Soc B 69:369).
    """
    _, unit = np.unique(patients, return_inverse=True)
    units = int(unit.max()) + 1
    rng = np.random.default_rng(seed)
    return np.asarray(rng.multinomial(units, np.full(units, 1 / units), size=repeats)[:, unit])


def mean_interval(
    values: np.ndarray,
    positive: np.ndarray,
    patients: np.ndarray,
    *,
    confidence: float,
    repeats: int,
    seed: int,
) -> Estimate:
    """Return the mean of one value a case with its BCa interval, patients drawn of both classes.

    The class counts of another sample would differ, and a mean such as the Brier score differs
    with them; a bootstrap within the classes leaves that part out and is too narrow.
    """
    method = f"BCa bootstrap, {repeats} repeats over all patients"
    value = float(values.mean()) if len(values) else math.nan
    if positive.all() or not positive.any():
        return undefined(method, "one class only", value)
    if why := too_few(positive):
        return undefined(method, why, value)
    if np.ptp(values) == 0:
        return undefined(method, "all resamples give the same value", value)
    _, unit = np.unique(patients, return_inverse=True)
    result = stats.bootstrap(
        (np.bincount(unit, values), np.bincount(unit)),
        lambda total, cases, axis=-1: total.sum(axis=axis) / cases.sum(axis=axis),
        n_resamples=repeats,
        paired=True,
        vectorized=True,
        confidence_level=confidence,
        method="BCa",
        rng=np.random.default_rng(seed),
    )
    low, high = (float(x) for x in result.confidence_interval)
    return Estimate(value, low, high, method)


def percentile_limits(samples: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper percentile over the first axis (repeats), NaN left out."""
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(samples, [tail, 1 - tail], axis=0)
    return low, high
