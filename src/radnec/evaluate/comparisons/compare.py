"""Two models on the same test cases: paired DeLong test, McNemar's test, and how large it is."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy import stats

from radnec.evaluate.measures.auc import delong_covariance, why_undefined
from radnec.evaluate.measures.clustered import (
    clustered_covariance,
    design_effect,
    repeated,
    why_not_clustered,
)
from radnec.evaluate.measures.intervals import paired_difference, z_value

# Variances of this order are what is left when equal numbers are subtracted.
_ZERO = 1e-14


@dataclasses.dataclass(frozen=True)
class AucDifference:
    """First AUC minus second, with DeLong's paired interval and two-sided test."""

    first: float
    second: float
    difference: float
    low: float
    high: float
    z: float
    p: float
    note: str = ""


@dataclasses.dataclass(frozen=True)
class DecisionDifference:
    """Decisions of two models at their operating points.

    Attributes
    ----------
    first_only, second_only
        Cases that one model decides rightly and the other wrongly.
    difference, low, high
        Accuracy of the first minus accuracy of the second.
    odds_ratio, odds_low, odds_high
        first_only / second_only with its exact interval.
    exact_p, mid_p
        McNemar's exact test, patients as the unit, and the mid-p version that does not lose as
        much power.
    """

    first_only: int
    second_only: int
    difference: float
    low: float
    high: float
    odds_ratio: float
    odds_low: float
    odds_high: float
    exact_p: float
    mid_p: float
    note: str = ""


def compare_aucs(
    positive: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    confidence: float,
    patients: np.ndarray | None = None,
    inflation: float = 1.0,
) -> AucDifference:
    """Test whether two models rank the same cases equally well.

    Parameters
    ----------
    positive
        Boolean, shape (cases,).
    first, second
        Probabilities of necrosis of the same cases, shape (cases,).
    patients
        Shape (cases,); None where every case is a patient of its own.
    inflation
        Variance with the networks trained anew over that with these networks: of two
        cross-validated models the larger one.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837, with the covariance of the two
    AUCs, or with Obuchowski's (1997, Biometrics 53:567) where a patient has several cases. Wald
    interval of the difference.
    """
    nan = math.nan
    if why := why_undefined(positive, least=2):
        return AucDifference(nan, nan, nan, nan, nan, nan, nan, f"not defined: {why}")
    both = np.stack([first, second])
    if patients is not None and repeated(patients):
        if why := why_not_clustered(positive, patients):
            return AucDifference(nan, nan, nan, nan, nan, nan, nan, f"not defined: {why}")
        areas, covariance = clustered_covariance(positive, both, patients)
    else:
        areas, covariance = delong_covariance(positive, both)
    one, two = float(areas[0]), float(areas[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    if variance < _ZERO:
        note = "not defined: the difference has no variance (same ranks, or both perfect)"
        return AucDifference(one, two, one - two, nan, nan, nan, nan, note)
    error = math.sqrt(variance * inflation)
    z, half = (one - two) / error, z_value(confidence) * error
    p = 2 * float(stats.norm.sf(abs(z)))
    low, high = max(-1.0, one - two - half), min(1.0, one - two + half)
    return AucDifference(one, two, one - two, low, high, z, p)


def compare_decisions(
    first_right: np.ndarray, second_right: np.ndarray, patients: np.ndarray, confidence: float
) -> DecisionDifference:
    """Test whether two models decide the same cases rightly equally often.

    Parameters
    ----------
    first_right, second_right
        Boolean, shape (cases,): is the decision of the model right.
    patients
        Shape (cases,).

    Notes
    -----
    McNemar 1947, as the test that it is: all signs of the differences are equally likely, one
    sign a patient, so that several cases of one stay together. Mid-p as in Fagerland, Lydersen
    and Laake 2013, BMC Med Res Methodol 13:91. Interval of the difference by Bonett and Price
    2012, Br J Math Stat Psychol 65:65 (Wald with one case added to each discordant cell), with
    the counts divided by the design effect where a patient has several cases.
    """
    n = len(first_right)
    if n == 0:
        nan = math.nan
        return DecisionDifference(
            0, 0, nan, nan, nan, nan, nan, nan, nan, nan, "not defined: no case"
        )
    b = int((first_right & ~second_right).sum())
    c = int((~first_right & second_right).sum())
    difference = first_right.astype(int) - second_right.astype(int)
    exact, mid = _exchanged(difference, patients)
    effect = design_effect(difference, patients)
    low, high = paired_difference(b / effect, c / effect, n / effect, confidence)
    if b + c == 0:
        note = "odds ratio not defined: no case on which the two differ in being right"
        nan = math.nan
        return DecisionDifference(b, c, 0.0, low, high, nan, nan, nan, exact, mid, note)
    if repeated(patients):
        note = "odds ratio: no limits, patients have several cases"
        odds = _odds(b / (b + c))
        return DecisionDifference(
            b, c, (b - c) / n, low, high, odds, math.nan, math.nan, exact, mid, note
        )
    share = stats.binomtest(b, b + c).proportion_ci(confidence, method="exact")
    odds, odds_low, odds_high = (_odds(q) for q in (b / (b + c), share.low, share.high))
    return DecisionDifference(b, c, (b - c) / n, low, high, odds, odds_low, odds_high, exact, mid)


def _exchanged(difference: np.ndarray, patients: np.ndarray) -> tuple[float, float]:
    """Return exact and mid p of a sum whose parts, one a patient, may have either sign.

    With one case a patient this is the two-sided binomial test of McNemar.
    """
    _, unit = np.unique(patients, return_inverse=True)
    parts = np.rint(np.abs(np.bincount(unit, difference))).astype(int)
    reach, observed = int(parts.sum()), abs(int(difference.sum()))
    chance: np.ndarray = np.ones(1)
    for part in parts[parts > 0]:
        step = np.zeros(2 * part + 1)
        step[[0, -1]] = 0.5
        chance = np.convolve(chance, step)
    size = np.abs(np.arange(-reach, reach + 1))
    exact = min(1.0, float(chance[size >= observed].sum()))
    return exact, exact - float(chance[size == observed].sum()) / 2


def _odds(share: float) -> float:
    return float(share / (1 - share)) if share < 1 else math.inf
