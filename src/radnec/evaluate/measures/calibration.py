"""How right the probabilities are: Brier score, recalibration, calibration error and curve."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import optimize, special

from radnec.evaluate.measures.auc import why_undefined
from radnec.evaluate.measures.bootstrap import percentile_limits, times_drawn
from radnec.evaluate.measures.estimate import Estimate, undefined
from radnec.evaluate.measures.intervals import z_value

# A probability of 0 or 1 has no logit; single precision networks do print them.
_CLIP = 1e-6
_SPAN = 0.75
_CURVE_POINTS = 41


def brier(positives: np.ndarray, negatives: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the Brier score of every resample; the cases lie along `axis`."""
    n = positives.shape[axis] + negatives.shape[axis]
    total = ((1 - positives) ** 2).sum(axis=axis) + (negatives**2).sum(axis=axis)
    return np.asarray(total / n)


def recalibration(
    positive: np.ndarray, score: np.ndarray, confidence: float
) -> dict[str, Estimate]:
    """Return calibration in the large, intercept and slope of the logistic recalibration.

    Returns
    -------
    dict
        ``calibration_in_the_large``: intercept with the slope held at 1 (0 is right; above 0:
        necrosis is commoner than predicted). ``calibration_intercept`` and
        ``calibration_slope`` of logit(truth) on logit(p) (0 and 1 are right; a slope below 1:
        too extreme). Cox 1958, Biometrika 45:562; Wald limits.
    """
    # Here: the next patient's answer needs `logit` alone, and need not wait a second for it.
    import statsmodels.api as sm

    names = ("calibration_in_the_large", "calibration_intercept", "calibration_slope")
    clipped = int(((score < _CLIP) | (score > 1 - _CLIP)).sum())
    method = "logistic recalibration, Wald"
    if clipped:
        method += f"; {clipped} saturated probabilities cut to {_CLIP:g} from 0 or 1"
    if why := why_undefined(positive, least=2):
        return dict.fromkeys(names, undefined(method, why))
    logits = logit(score)
    z = z_value(confidence)
    family = sm.families.Binomial()
    found = {names[0]: _in_the_large(positive, logits, z, method)}
    if np.ptp(logits) == 0:
        nothing = undefined(method, "all cases have the same probability")
    elif logits[positive].min() >= logits[~positive].max() or (
        logits[positive].max() <= logits[~positive].min()
    ):
        nothing = undefined(method, "the classes are perfectly separated, the slope is infinite")
    else:
        both = sm.GLM(positive.astype(float), sm.add_constant(logits), family=family).fit()
        estimates = [_wald(both.params[k], both.bse[k], z, method) for k in (0, 1)]
        return found | dict(zip(names[1:], estimates, strict=True))
    return found | dict.fromkeys(names[1:], nothing)


def calibration_error(score: np.ndarray, positive: np.ndarray, bins: int) -> np.ndarray:
    """Return the expected calibration error over bins of about equal counts.

    Cases of one score are in one bin, so the order of the cases plays no part; with many ties
    there are fewer bins, and those of unequal counts.

    Parameters
    ----------
    score
        Shape (cases,).
    positive
        Boolean, shape (..., cases): one or many outcomes for the same probabilities.
    """
    order = np.argsort(score, kind="stable")
    n = len(score)
    total = np.zeros(positive.shape[:-1])
    ordered = score[order]
    cuts = [part[0] for part in np.array_split(np.arange(n), min(bins, n))[1:]]
    # A cut between equal scores moves to where their run begins.
    starts = sorted({int(np.searchsorted(ordered, ordered[cut], side="left")) for cut in cuts})
    for members in np.split(order, starts):
        total += np.abs(positive[..., members].sum(-1) - score[members].sum())
    return np.asarray(total / n)


def expected_calibration_error(
    positive: np.ndarray,
    score: np.ndarray,
    *,
    bins: int,
    confidence: float,
    repeats: int,
    seed: int,
) -> Estimate:
    """Return the calibration error and the range it would have if every probability were right.

    The error of a perfectly calibrated model is not zero in a small sample, so an interval
    around the observed one would mislead. The limits are percentiles over outcomes drawn from
    the probabilities themselves (consistency resampling, Broecker and Smith 2007, Weather
    Forecast 22:651): above the range, the probabilities are wrong.
    """
    method = f"{bins} bins of equal counts; range if calibrated"
    if len(score) == 0:
        return undefined(method, "no case")
    rng = np.random.default_rng(seed)
    drawn = rng.random((repeats, len(score))) < score
    low, high = percentile_limits(calibration_error(score, drawn, bins), confidence)
    value = float(calibration_error(score, positive, bins))
    return Estimate(value, float(low), float(high), method)


def calibration_curve(
    positive: np.ndarray,
    score: np.ndarray,
    patients: np.ndarray,
    *,
    confidence: float,
    repeats: int,
    seed: int,
) -> pd.DataFrame:
    """Return the smoothed calibration curve with a pointwise bootstrap band.

    Lowess of the outcome on the probability with a span of 0.75 and no robustness steps
    (Austin and Steyerberg 2014, Stat Med 33:517); patients are resampled regardless of class,
    since the frequency of necrosis is part of what calibration is about.

    Returns
    -------
    DataFrame
        Columns predicted, observed, low, high; empty if it is not defined (one class, fewer
        than 10 cases, or fewer than 3 different probabilities).
    """
    columns = ["predicted", "observed", "low", "high"]
    if why_undefined(positive, least=1) or len(score) < 10 or len(np.unique(score)) < 3:
        return pd.DataFrame(columns=columns)
    grid = np.linspace(score.min(), score.max(), _CURVE_POINTS)
    drawn = times_drawn(patients, repeats, seed)
    low, high = percentile_limits(smooth(score, positive, drawn, grid), confidence)
    curve = smooth(score, positive, np.ones((1, len(score))), grid)[0]
    return pd.DataFrame({"predicted": grid, "observed": curve, "low": low, "high": high})


def smooth(
    score: np.ndarray, outcome: np.ndarray, drawn: np.ndarray, grid: np.ndarray
) -> np.ndarray:
    """Return the lowess of outcome on score for many resamples, cut to [0, 1].

    statsmodels' ``lowess`` without robustness steps gives the same curve; one call a resample
    takes minutes for a study, so the local lines of all resamples are fitted together.

    Parameters
    ----------
    score, outcome
        Shape (cases,).
    drawn
        Shape (repeats, cases): how often each case is in the resample.
    grid
        Scores at which the curve is wanted, shape (k,).

    Returns
    -------
    ndarray
        Shape (repeats, k); NaN where the nearest cases of a resample all have one score.
    """
    neighbours = (_SPAN * drawn.sum(axis=1, keepdims=True) + 1e-10).astype(int)
    y = outcome.astype(float)
    found = np.full((len(drawn), len(grid)), math.nan)
    for column, at in enumerate(grid):
        x = score - at
        distance = np.abs(x)
        order = np.argsort(distance, kind="stable")
        reach = (drawn[:, order].cumsum(axis=1) >= neighbours).argmax(axis=1)
        radius = distance[order][reach]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = distance / radius[:, None]
            weight = np.where(ratio < 1, (1 - ratio**3) ** 3, 0.0) * drawn
            total = weight.sum(axis=1)
            mean_x, mean_y = (weight @ x) / total, (weight @ y) / total
            spread = (weight @ x**2) / total - mean_x**2
            slope = ((weight @ (x * y)) / total - mean_x * mean_y) / spread
            # Where the neighbours share one score there is no slope to follow.
            line = np.where(spread > 1e-12, mean_y - slope * mean_x, mean_y)
        found[:, column] = line
    return np.clip(found, 0, 1)


def _in_the_large(positive: np.ndarray, logit: np.ndarray, z: float, method: str) -> Estimate:
    """Return the shift of all logits that makes the expected number of positives the observed.

    The maximum likelihood of a logistic regression with the intercept alone. The sum grows
    steadily with the shift, so a bracketed search finds the root where Newton's steps, from
    saturated probabilities, run off.
    """

    def excess(shift: float) -> float:
        return float(special.expit(logit + shift).sum() - positive.sum())

    reach = float(np.abs(logit).max()) + math.log(len(logit)) + 1
    shift = float(optimize.brentq(excess, -reach, reach, xtol=1e-12))
    p = special.expit(logit + shift)
    return _wald(shift, 1 / math.sqrt(float((p * (1 - p)).sum())), z, method)


def logit(score: np.ndarray) -> np.ndarray:
    """Return log(p / (1 - p)), probabilities cut to 1e-6 from 0 and 1."""
    clipped = np.clip(score, _CLIP, 1 - _CLIP)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _wald(value: float, error: float, z: float, method: str) -> Estimate:
    return Estimate(float(value), float(value - z * error), float(value + z * error), method)
