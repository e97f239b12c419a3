"""Bootstrap over patients: within each class, or regardless of it where class counts vary."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import numpy as np
from scipy import stats

from radnec.evaluate.measures.estimate import Estimate, undefined

# Fewer values than this of a class give so few different resamples that percentiles of them
# hold the truth far too seldom (0.53 to 0.87 at 2 to 5 values, nominal 0.95).
LEAST = 6


def too_few(positive: np.ndarray, patients: np.ndarray) -> str:
    """Return why there is no bootstrap of these patients; empty where there is."""
    least = min(len(np.unique(patients[chosen])) for chosen in (positive, ~positive))
    if least >= LEAST:
        return ""
    unit = "cases" if len(np.unique(patients)) == len(patients) else "patients"
    unit = unit[:-1] if least == 1 else unit
    return f"{least} {unit} in the smaller class, at least {LEAST} needed"


Weighted = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Takes how often each resample holds each case, the classes and the scores: one value each."""


def weighted_auc(times: np.ndarray, positive: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the AUC of every resample, from all pairs, a tie counting one half.

    Parameters
    ----------
    times
        How often each resample holds each case, shape (resamples, cases).
    positive, score
        Shape (cases,).
    """
    first, second = score[positive, None], score[None, ~positive]
    wins = (first > second) + 0.5 * (first == second)
    found = ((times[:, positive] @ wins) * times[:, ~positive]).sum(axis=1)
    return np.asarray(found / (times[:, positive].sum(axis=1) * times[:, ~positive].sum(axis=1)))


def bca_interval(
    statistic: Weighted,
    positive: np.ndarray,
    score: np.ndarray,
    patients: np.ndarray,
    *,
    confidence: float,
    repeats: int,
    seed: int,
) -> Estimate:
    """Return a statistic of two classes with its stratified BCa bootstrap interval.

    Bias-corrected and accelerated (Efron 1987, J Am Stat Assoc 82:171), by
    ``scipy.stats.bootstrap``. Patients are drawn whole: those with necroses only, with
    recurrences only, and with both, each group on its own.

    Parameters
    ----------
    statistic
        Of resamples that hold each case so many times.
    positive, score, patients
        Shape (cases,).
    """
    method = f"BCa bootstrap, {repeats} stratified repeats"
    if positive.all() or not positive.any():
        return undefined(method, "one class only")
    value = float(statistic(np.ones((1, len(score))), positive, score)[0])
    if math.isnan(value):
        return undefined(method, "the statistic has no value here")
    if why := too_few(positive, patients):
        return undefined(method, why, value)
    unit, groups = _strata(positive, patients)
    units = int(unit.max()) + 1

    def of_drawn(*drawn: np.ndarray, axis: int) -> np.ndarray:
        members = np.concatenate([np.moveaxis(group, axis, -1) for group in drawn], axis=-1)
        times = _counts(members.reshape(-1, members.shape[-1]), units)[:, unit]
        return statistic(times, positive, score).reshape(members.shape[:-1])

    with warnings.catch_warnings():
        # Degenerate resamples are reported below in words.
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        result = stats.bootstrap(
            groups,
            of_drawn,
            n_resamples=repeats,
            vectorized=True,
            confidence_level=confidence,
            method="BCa",
            rng=np.random.default_rng(seed),
        )
    low, high = (float(x) for x in result.confidence_interval)
    if math.isnan(low) or math.isnan(high):
        return undefined(method, "all resamples give the same value", value)
    return Estimate(value, low, high, method)


def times_drawn_in_class(
    positive: np.ndarray, patients: np.ndarray, repeats: int, seed: int
) -> np.ndarray:
    """Return how often each case is in each resample, shape (repeats, cases).

    Patients are drawn whole, as for :func:`bca_interval`: with one case a patient, the classes
    keep their sizes.
    """
    unit, groups = _strata(positive, patients)
    rng = np.random.default_rng(seed)
    drawn = [group[rng.integers(len(group), size=(repeats, len(group)))] for group in groups]
    return _counts(np.concatenate(drawn, axis=1), int(unit.max()) + 1)[:, unit]


def called_from_above(
    times: np.ndarray, positive: np.ndarray, score: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many cases of each class are called as the threshold goes down the scores.

    Returns
    -------
    tuple of ndarray
        Positives and negatives called, shape (resamples, different scores + 1), from none to all.
    """
    scores, at = np.unique(-score, return_inverse=True)
    counts = []
    for chosen in (positive, ~positive):
        placed = np.zeros((chosen.sum(), len(scores) + 1))
        placed[np.arange(len(placed)), at[chosen] + 1] = 1
        counts.append((times[:, chosen] @ placed).cumsum(axis=1))
    return counts[0], counts[1]


def _strata(positive: np.ndarray, patients: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the number of each case's patient, and the patients by the classes they have."""
    _, unit = np.unique(patients, return_inverse=True)
    cases = np.bincount(unit)
    share = np.bincount(unit, positive) / cases
    kinds = (share == 1, share == 0, (share > 0) & (share < 1))
    groups = sorted((np.flatnonzero(kind) for kind in kinds if kind.any()), key=len)
    if len(groups) > 1 and len(groups[0]) == 1:
        # One patient cannot be resampled: it joins the largest group.
        groups = [*groups[1:-1], np.sort(np.concatenate([groups[-1], groups[0]]))]
    return unit, groups


def _counts(drawn: np.ndarray, units: int) -> np.ndarray:
    """Return how often each of `units` numbers is in each row."""
    rows = len(drawn)
    flat = (drawn + units * np.arange(rows)[:, None]).ravel()
    return np.bincount(flat, minlength=rows * units).reshape(rows, units).astype(float)


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
    if why := too_few(positive, patients):
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
