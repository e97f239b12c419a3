"""Are two groups alike: the tests of table 1, and the standardised difference beside them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy import stats

from radnec.evaluate.measures.intervals import z_value

# Below this expected count Pearson's chi-square is not trusted (Cochran 1954).
_SMALL_EXPECTED = 5.0
_MONTE_CARLO_TABLES = 9999
# Table 1 describes; its level is not a setting of the evaluation.
CONFIDENCE = 0.95


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The paper's test of two groups, a second one where it is called for, and the difference.

    Attributes
    ----------
    p, test
        As in the paper's table 1.
    further_p, further_test
        Welch's t-test, or Fisher's exact test where expected counts are small; NaN and empty
        where no second test is needed.
    smd, smd_low, smd_high
        Standardised difference: size of the imbalance whatever the number of cases; 0.1 is
        commonly called negligible. Limits for means and for two levels (Hedges and Olkin
        1985); a difference of many levels has none.
    """

    p: float
    test: str
    further_p: float
    further_test: str
    smd: float
    smd_low: float
    smd_high: float
    note: str = ""


def compare_means(
    first: np.ndarray, second: np.ndarray, confidence: float = CONFIDENCE
) -> Comparison:
    """Compare a continuous variable: Student's t-test as in the paper, Welch's beside it.

    The standardised difference is the difference of means over the root of the mean variance
    (Austin 2009, Stat Med 28:3083).
    """
    test = "Student t"
    if min(len(first), len(second)) < 2:
        note = "not defined: a group has fewer than 2 values"
        return _not_defined(test, note)
    pooled = (first.var(ddof=1) + second.var(ddof=1)) / 2
    if pooled == 0:
        return _not_defined(test, "not defined: no variation in either group")
    smd = float((first.mean() - second.mean()) / math.sqrt(pooled))
    low, high = _smd_limits(smd, len(first), len(second), confidence)
    return Comparison(
        p=float(stats.ttest_ind(first, second).pvalue),
        test=test,
        further_p=float(stats.ttest_ind(first, second, equal_var=False).pvalue),
        further_test="Welch t",
        smd=smd,
        smd_low=low,
        smd_high=high,
    )


def compare_counts(counts: np.ndarray, confidence: float = CONFIDENCE) -> Comparison:
    """Compare a categorical variable: Pearson's chi-square without correction, as in the paper.

    Parameters
    ----------
    counts
        Shape (levels, 2): cases of each level in the two groups.

    Notes
    -----
    The paper's p of 0.290 for sex is Pearson's without continuity correction (0.365 with it).
    Where an expected count is below 5, Fisher's exact test stands beside it, for more than two
    levels by 9,999 random tables of the same margins from a fixed stream.
    """
    test = "Pearson chi-square, uncorrected"
    seen = np.asarray(counts)[np.asarray(counts).sum(axis=1) > 0]
    if len(seen) < 2 or (seen.sum(axis=0) == 0).any():
        note = "not defined: fewer than two levels, or an empty group"
        return _not_defined(test, note)
    pearson = stats.chi2_contingency(seen, correction=False)
    further_p, further_test = math.nan, ""
    if pearson.expected_freq.min() < _SMALL_EXPECTED:
        if len(seen) == 2:
            further_p, further_test = float(stats.fisher_exact(seen).pvalue), "Fisher exact"
        else:
            method = stats.MonteCarloMethod(
                n_resamples=_MONTE_CARLO_TABLES, rng=np.random.default_rng(0)
            )
            further_p = float(stats.fisher_exact(seen, method=method).pvalue)
            further_test = "Fisher exact, Monte Carlo"
    smd = categorical_smd(seen)
    low, high = math.nan, math.nan
    if len(seen) == 2:
        first, second = (int(n) for n in seen.sum(axis=0))
        low, high = _smd_limits(smd, first, second, confidence)
        # The sign of a difference of shares is not kept, so it is not below zero.
        low = max(0.0, low)
    return Comparison(float(pearson.pvalue), test, further_p, further_test, smd, low, high)


def categorical_smd(counts: np.ndarray) -> float:
    """Return the standardised difference of a categorical variable, shape (levels, 2).

    Mahalanobis distance of the two vectors of shares, one level left out (Yang and Dalton
    2012, SAS Global Forum 335); for two levels ``|p1 - p2|`` / sqrt((v1 + v2) / 2).
    """
    shares = counts / counts.sum(axis=0)
    rest = shares[1:]
    difference = rest[:, 0] - rest[:, 1]
    covariance = sum(
        (np.diag(rest[:, group]) - np.outer(rest[:, group], rest[:, group])) / 2 for group in (0, 1)
    )
    return float(math.sqrt(max(0.0, difference @ np.linalg.pinv(covariance) @ difference)))


def _smd_limits(smd: float, first: int, second: int, confidence: float) -> tuple[float, float]:
    """Return Hedges and Olkin's limits of a standardised difference."""
    error = math.sqrt((first + second) / (first * second) + smd**2 / (2 * (first + second)))
    half = z_value(confidence) * error
    return smd - half, smd + half


def _not_defined(test: str, note: str) -> Comparison:
    nan = math.nan
    return Comparison(nan, test, nan, "", nan, nan, nan, note)
