"""The best of many models: limits for all of them at once, and what is left of the best one."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy import special

from radnec.evaluate.measures.auc import delong_covariance, why_undefined
from radnec.evaluate.measures.clustered import (
    clustered_covariance,
    repeated,
    why_not_clustered,
)
from radnec.evaluate.measures.estimate import Estimate, undefined
from radnec.evaluate.measures.intervals import z_value

METHOD = "parametric bootstrap with the selection repeated"
# Standard error of a 0.95 quantile of the maximum: about 0.01.
_DRAWS = 20_000


@dataclasses.dataclass(frozen=True)
class Selection:
    """What the choice of the best of many models does to its AUC.

    Attributes
    ----------
    best
        Index of the model with the highest AUC.
    level
        Level at which each model's interval has to be taken so that all of them hold together.
    corrected
        The AUC of the best model with the advantage of having been chosen taken off.
    """

    best: int
    level: float
    corrected: Estimate


def select_best(
    positive: np.ndarray,
    scores: np.ndarray,
    patients: np.ndarray,
    *,
    confidence: float,
    seed: int,
    inflation: np.ndarray | None = None,
) -> Selection:
    """Return simultaneous level and selection-corrected estimate of the best of several models.

    Parameters
    ----------
    positive
        Boolean, shape (cases,).
    scores
        Shape (models, cases), the same cases for all models.
    patients
        Shape (cases,).
    inflation
        Shape (models,): variance of each AUC with its networks trained anew over that with these
        networks; None for one split.

    Notes
    -----
    Logits of the AUCs are taken as jointly normal with DeLong's covariance (Obuchowski's, with
    several cases of a patient). Simultaneous level: quantile of the largest absolute deviation
    (max-T; Hothorn, Bretz and Westfall 2008, Biom J 50:346). Corrected estimate: deviations are
    drawn around true values that differ by as much as the observed ones do beyond chance
    (moment estimate of their variance), the best is chosen again in each draw, and its
    deviation is what the choice adds. Drawing around the observed values, as the plain
    bootstrap does, takes the spread of chance for real and corrects too little. (For why
    such limits are needed: Rink and Brannath 2025.)
    """
    areas, covariance, why = _covariance(positive, scores, patients)
    if inflation is not None:
        covariance = covariance * np.sqrt(np.outer(inflation, inflation))
    best = int(np.argmax(areas))
    if why:
        return Selection(best, confidence, undefined(METHOD, why, float(areas[best])))
    defined = (areas > 0) & (areas < 1) & (np.diag(covariance) > 0)
    if not defined[best]:
        why = "the best model separates the classes perfectly, or has no variance"
        corrected = undefined(METHOD, why, float(areas[best]))
    elif defined.sum() < 2:
        return Selection(best, confidence, undefined(METHOD, "one model", float(areas[best])))
    else:
        corrected = None
    kept = np.flatnonzero(defined)
    if len(kept) < 2:
        return Selection(best, confidence, corrected or undefined(METHOD, "one model"))
    logit = special.logit(areas[kept])
    slope = 1 / (areas[kept] * (1 - areas[kept]))
    sigma = covariance[np.ix_(kept, kept)] * np.outer(slope, slope)
    error = np.sqrt(np.diag(sigma))
    rng = np.random.default_rng(seed)
    drawn = rng.multivariate_normal(np.zeros(len(kept)), sigma, size=_DRAWS, method="eigh")
    critical = float(np.quantile(np.abs(drawn / error).max(axis=1), confidence))
    level = float(special.erf(critical / math.sqrt(2)))
    if corrected is None:
        at = int(np.flatnonzero(kept == best)[0])
        corrected = _without_the_choice(logit, sigma, drawn, at, confidence)
    return Selection(best, max(level, confidence), corrected)


def _without_the_choice(
    logit: np.ndarray, sigma: np.ndarray, drawn: np.ndarray, best: int, confidence: float
) -> Estimate:
    k = len(logit)
    error = np.sqrt(np.diag(sigma))
    # Variance by chance of a difference from the mean of all: what they share does not count.
    chance = float((np.trace(sigma) - sigma.sum() / k) / (k - 1))
    observed = float(logit.var(ddof=1))
    real = max(0.0, observed - chance) / observed if observed > 0 else 0.0
    truth = logit.mean() + math.sqrt(real) * (logit - logit.mean())
    chosen = np.argmax(truth + drawn, axis=1)
    gained = drawn[np.arange(len(drawn)), chosen] / error[chosen]
    tail = (1 - confidence) / 2
    low, middle, high = np.quantile(gained, [tail, 0.5, 1 - tail])
    # Never narrower than the interval of a model that was not chosen among others.
    low, high = min(low, middle - z_value(confidence)), max(high, middle + z_value(confidence))
    value, lower, upper = (
        float(special.expit(logit[best] - step * error[best]))
        for step in (gained.mean(), high, low)
    )
    return Estimate(value, lower, upper, METHOD)


def _covariance(
    positive: np.ndarray, scores: np.ndarray, patients: np.ndarray
) -> tuple[np.ndarray, np.ndarray, str]:
    nothing = np.full((len(scores), len(scores)), math.nan)
    if why := why_undefined(positive, least=2) or why_not_clustered(positive, patients):
        return np.zeros(len(scores)), nothing, why
    found = (
        clustered_covariance(positive, scores, patients)
        if repeated(patients)
        else delong_covariance(positive, scores)
    )
    return *found, ""
