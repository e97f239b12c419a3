"""The area under the ROC curve: DeLong's variance and test, and intervals for few positives.

Own code, since none of the packages found is fit to depend on (docs/statistics.md says which
and why); it is checked against the definition and against known values in the tests.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, stats

from radnec.evaluate.measures.estimate import Estimate, undefined
from radnec.evaluate.measures.intervals import z_value

DELONG = "DeLong, logit scale"
NEWCOMBE = "Newcombe score (method 5)"


def placements(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the placement values of every case, from midranks.

    Parameters
    ----------
    positive
        Boolean, shape (cases,).
    scores
        Shape (models, cases); the higher, the more likely positive.

    Returns
    -------
    tuple of ndarray
        V10, shape (models, positives): the share of negatives that a positive beats, a tie
        counting one half. V01, shape (models, negatives): the share of positives that beat a
        negative. The mean of either is the AUC.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837; through ranks as in Sun and Xu
    2014, IEEE Signal Process Lett 21:1389.
    """
    m, n = int(positive.sum()), int((~positive).sum())
    everywhere = stats.rankdata(scores, axis=1)
    v10 = (everywhere[:, positive] - stats.rankdata(scores[:, positive], axis=1)) / n
    v01 = 1 - (everywhere[:, ~positive] - stats.rankdata(scores[:, ~positive], axis=1)) / m
    return v10, v01


def area(positive: np.ndarray, score: np.ndarray) -> float:
    """Return the AUC; NaN if one class has no case."""
    if positive.all() or not positive.any():
        return math.nan
    return float(placements(positive, score[None, :])[0].mean())


def delong_covariance(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the AUC of each model and their covariance.

    Parameters
    ----------
    positive
        Boolean, shape (cases,), at least two of each class.
    scores
        Shape (models, cases), the same cases for all models.

    Returns
    -------
    tuple of ndarray
        Shapes (models,) and (models, models).
    """
    v10, v01 = placements(positive, scores)
    covariance = np.atleast_2d(np.cov(v10)) / v10.shape[1]
    return v10.mean(axis=1), covariance + np.atleast_2d(np.cov(v01)) / v01.shape[1]


def why_undefined(positive: np.ndarray, least: int) -> str:
    """Return why an AUC, or its variance, does not exist; empty where it does."""
    for count, name in ((int(positive.sum()), "necrosis"), (int((~positive).sum()), "recurrence")):
        if count < least:
            return f"{count} {name} case{'' if count == 1 else 's'}, at least {least} needed"
    return ""


def delong_interval(positive: np.ndarray, score: np.ndarray, confidence: float) -> Estimate:
    """Return the AUC with DeLong's interval, computed on the logit scale.

    The logit keeps the limits inside [0, 1] and covers better near 1 (Qin and Hotilovac 2008,
    Stat Methods Med Res 17:207); docs/coverage.tsv has the figures for 9 positives.
    """
    if why := why_undefined(positive, least=1):
        return undefined(DELONG, why)
    if why := why_undefined(positive, least=2):
        return undefined(DELONG, why, area(positive, score))
    areas, covariance = delong_covariance(positive, score[None, :])
    value, variance = float(areas[0]), float(covariance[0, 0])
    if value in (0.0, 1.0):
        return undefined(DELONG, "the classes are perfectly separated, variance 0", value)
    if np.ptp(score) == 0:
        return undefined(DELONG, "all cases have the same score, variance 0", value)
    return logit_interval(value, variance, confidence, DELONG)


def logit_interval(value: float, variance: float, confidence: float, method: str) -> Estimate:
    """Return the interval of an AUC from its variance, symmetric on the logit scale."""
    if value in (0.0, 1.0) or variance <= 0:
        return undefined(method, "the AUC is 0 or 1, or its variance 0", value)
    half = z_value(confidence) * math.sqrt(variance) / (value * (1 - value))
    low, high = (_expit(math.log(value / (1 - value)) + sign * half) for sign in (-1, 1))
    return Estimate(value, low, high, method)


def newcombe_interval(
    value: float, positives: float, negatives: float, confidence: float
) -> Estimate:
    """Return the score interval of an AUC from its value and the two counts alone.

    It exists where DeLong's does not, for perfect separation, and for published AUCs, whose
    scores nobody has. Counts need not be whole: where cases hang together, fewer of them count.

    Notes
    -----
    Newcombe 2006, Stat Med 25:559, method 5: the theta with ``|A - theta|`` = z sqrt(V(theta)),
    V(theta) = theta (1 - theta) [1 + k (1 - theta) / (2 - theta) + k theta / (1 + theta)] / (m n),
    k = (m + n) / 2 - 1 (Hanley and McNeil's variance, balanced).
    """
    if math.isnan(value) or positives == 0 or negatives == 0:
        return undefined(NEWCOMBE, "one class only")
    z = z_value(confidence)

    def excess(theta: float) -> float:
        return (value - theta) ** 2 - z**2 * balanced_variance(theta, positives, negatives)

    # theta = A is a root too when A is 0 or 1; stepping off it leaves the one that is meant.
    low = optimize.brentq(excess, 0.0, min(value, 1 - 1e-9)) if value > 0 else 0.0
    high = optimize.brentq(excess, max(value, 1e-9), 1.0) if value < 1 else 1.0
    return Estimate(value, float(low), float(high), NEWCOMBE)


def balanced_variance(theta: float, positives: float, negatives: float) -> float:
    """Return the variance of an AUC of theta, Newcombe 2006, method 5 (see above)."""
    k = (positives + negatives) / 2 - 1
    spread = 1 + k * (1 - theta) / (2 - theta) + k * theta / (1 + theta)
    return theta * (1 - theta) * spread / (positives * negatives)


def hanley_mcneil_variance(theta: float, positives: int, negatives: int) -> float:
    """Return the variance of an AUC of theta, Hanley and McNeil 1982, Radiology 143:29."""
    q1, q2 = theta / (2 - theta), 2 * theta**2 / (1 + theta)
    spread = (positives - 1) * (q1 - theta**2) + (negatives - 1) * (q2 - theta**2)
    return (theta * (1 - theta) + spread) / (positives * negatives)


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x))
