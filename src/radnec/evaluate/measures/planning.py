"""What a number of cases can and cannot show."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import optimize, stats
from scipy.special import owens_t
from statsmodels.stats.proportion import proportion_confint

from radnec.evaluate.measures.auc import hanley_mcneil_variance
from radnec.evaluate.measures.intervals import z_value

# 58 is the paper's test set, 234 its cohort (a cross-validation tests all of them).
SIZES = (58, 100, 150, 234, 400, 600, 1000)
TRUE_SENSITIVITY, TRUE_SPECIFICITY, TRUE_AUC = 0.80, 0.95, 0.80
POWER = 0.8
# Correlation of two networks' scores within a class: unlike networks, and much alike ones.
CORRELATIONS = (0.5, 0.9)
_STEPS = 2000
# Below so many cases of a class the power is simulated.
_FEW = 20
_DATA_SETS = 2000


def planning_table(
    prevalences: Sequence[float], tested: tuple[int, int] | None, confidence: float
) -> pd.DataFrame:
    """Return the interval widths and differences to expect for numbers of tested cases.

    Parameters
    ----------
    prevalences
        Shares of necrosis to plan for.
    tested
        Necrosis and recurrence cases of this study's test set, for the first row; None for
        none.

    Returns
    -------
    DataFrame
        Columns n, prevalence, n_necrosis, n_recurrence, sens_width, spec_width (expected full
        width of Wilson's interval if the truth is 0.80 and 0.95), auc_width (of the interval on
        the logit scale if the truth is 0.80), smallest_auc (distinguished from 0.5 with power 0.8),
        smallest_difference_50 and _90 (of two models' AUCs, the lower one 0.80, paired, scores
        correlated 0.5 and 0.9, power 0.8), largest_power_50 and _90 (the largest power that any
        difference has), source (``tested`` or ``planned``), notes (why a cell is empty).
    """
    groups = [(tested[0], tested[1], "tested")] if tested else []
    for prevalence in prevalences:
        for n in SIZES:
            positives = max(1, round(n * prevalence))
            groups.append((positives, n - positives, "planned"))
    rows = []
    for positives, negatives, source in groups:
        n = positives + negatives
        defined = positives > 0 and negatives > 0
        row = {"n": n, "prevalence": positives / n if n else math.nan}
        row |= {"n_necrosis": positives, "n_recurrence": negatives}
        row["sens_width"] = expected_width(positives, TRUE_SENSITIVITY, confidence)
        row["spec_width"] = expected_width(negatives, TRUE_SPECIFICITY, confidence)
        for name, figure in (("auc_width", auc_width), ("smallest_auc", smallest_auc)):
            row[name] = figure(positives, negatives, confidence) if defined else math.nan
        notes = [] if defined else ["not defined: one class only"]
        if defined and math.isnan(row["smallest_auc"]):
            notes.append("not even an AUC of 1 is distinguished from 0.5 with power 0.8")
        for correlation in CORRELATIONS:
            found, power = math.nan, math.nan
            if defined:
                found, power = smallest_difference(positives, negatives, confidence, correlation)
                if math.isnan(found):
                    notes.append(
                        f"no difference has power {POWER:g} at correlation {correlation:g}, "
                        f"the largest power is {power:.2f}"
                    )
            ending = f"{100 * correlation:.0f}"
            row |= {f"smallest_difference_{ending}": found, f"largest_power_{ending}": power}
        rows.append({**row, "source": source, "notes": "; ".join(notes)})
    return pd.DataFrame(rows)


def expected_width(n: int, truth: float, confidence: float) -> float:
    """Return the mean width of Wilson's interval over all outcomes of n trials; NaN for none."""
    if n == 0:
        return math.nan
    outcomes = np.arange(n + 1)
    low, high = proportion_confint(outcomes, n, alpha=1 - confidence, method="wilson")
    return float((high - low) @ stats.binom.pmf(outcomes, n, truth))


def auc_width(positives: int, negatives: int, confidence: float) -> float:
    """Return the width of an AUC's interval on the logit scale, Hanley and McNeil's variance."""
    error = math.sqrt(hanley_mcneil_variance(TRUE_AUC, positives, negatives))
    centre = math.log(TRUE_AUC / (1 - TRUE_AUC))
    half = z_value(confidence) * error / (TRUE_AUC * (1 - TRUE_AUC))
    low, high = (1 / (1 + math.exp(-(centre + sign * half))) for sign in (-1, 1))
    return high - low


def smallest_auc(positives: int, negatives: int, confidence: float) -> float:
    """Return the AUC that is distinguished from 0.5 with power 0.8; NaN if even 1 is not.

    Obuchowski and McClish 1997, Stat Med 16:1529, with Hanley and McNeil's variances.
    """
    null = math.sqrt(hanley_mcneil_variance(0.5, positives, negatives))

    def shortfall(truth: float) -> float:
        error = math.sqrt(hanley_mcneil_variance(truth, positives, negatives))
        return z_value(confidence) * null + float(stats.norm.ppf(POWER)) * error - (truth - 0.5)

    return math.nan if shortfall(1.0) > 0 else float(optimize.brentq(shortfall, 0.5, 1.0))


def smallest_difference(
    positives: int, negatives: int, confidence: float, correlation: float
) -> tuple[float, float]:
    """Return the smallest difference of two paired AUCs, the lower one 0.80, with power 0.8.

    Returns
    -------
    tuple of float
        The difference, NaN if none up to an AUC of 1 has that power; and the largest power of
        any difference. Power does not grow all the way: an AUC near 1 hardly varies with its
        partner, so what the pairing gains is lost again.
    """
    if min(positives, negatives) < 2:
        return math.nan, 0.0
    if min(positives, negatives) < _FEW:
        second = TRUE_AUC + np.arange(0.01, 1 - TRUE_AUC, 0.01)
        power = simulated_power(positives, negatives, confidence, correlation, second)
    else:
        second = 1 - (1 - TRUE_AUC) * np.linspace(1, 0, _STEPS + 1)[1:-1]
        power = _approximate_power(positives, negatives, confidence, correlation, second)
    reached = np.flatnonzero(power >= POWER)
    found = float(second[reached[0]] - TRUE_AUC) if len(reached) else math.nan
    return found, float(power.max())


def _approximate_power(
    positives: int, negatives: int, confidence: float, correlation: float, second: np.ndarray
) -> np.ndarray:
    """Return the power of the paired test from the true variance of the difference."""
    first = np.full_like(second, TRUE_AUC)
    variance = (
        binormal_covariance(first, first, 1.0, positives, negatives)
        + binormal_covariance(second, second, 1.0, positives, negatives)
        - 2 * binormal_covariance(first, second, correlation, positives, negatives)
    )
    shift = (second - TRUE_AUC) / np.sqrt(variance)
    return np.asarray(stats.norm.cdf(shift - z_value(confidence)))


def simulated_power(
    positives: int, negatives: int, confidence: float, correlation: float, second: np.ndarray
) -> np.ndarray:
    """Return the power of DeLong's paired test against each AUC of the second model.

    From 2,000 data sets of binormal scores and a fixed stream (standard error at most 0.011).
    With few cases the estimated variance moves with the difference, and the normal formula
    is too low by up to 0.1.
    """
    rng = np.random.default_rng(0)
    kept = math.sqrt(1 - correlation**2)

    def scores(n: int) -> tuple[np.ndarray, np.ndarray]:
        one, other = rng.standard_normal((2, _DATA_SETS, n))
        return one, correlation * one + kept * other

    (x1, x2), (y1, y2) = scores(positives), scores(negatives)

    def beaten(x: np.ndarray, y: np.ndarray, auc: float) -> tuple[np.ndarray, np.ndarray]:
        # Placements of both classes; normal scores have no ties.
        wins = x[:, :, None] + math.sqrt(2) * stats.norm.ppf(auc) > y[:, None, :]
        return wins.mean(axis=2), wins.mean(axis=1)

    first = beaten(x1, y1, TRUE_AUC)
    found = []
    for auc in second:
        gain10, gain01 = (b - a for a, b in zip(first, beaten(x2, y2, auc), strict=True))
        variance = gain10.var(axis=1, ddof=1) / positives + gain01.var(axis=1, ddof=1) / negatives
        # No variance, no test: such a data set shows nothing.
        error = np.sqrt(np.where(variance > 0, variance, np.inf))
        found.append((gain10.mean(axis=1) / error > z_value(confidence)).mean())
    return np.array(found)


def binormal_covariance(
    first: np.ndarray, second: np.ndarray, correlation: float, positives: int, negatives: int
) -> np.ndarray:
    """Return the covariance of two empirical AUCs of binormal scores of equal spread.

    Parameters
    ----------
    first, second
        True AUCs, shape (k,), below 1.
    correlation
        Of the two scores of one case within its class; 1 and equal AUCs give the variance.

    Notes
    -----
    Bamber 1975, J Math Psychol 12:387: pairs of cases that are the same, share the positive
    or share the negative covary; the chance that both comparisons come out right is a
    bivariate normal one, with `correlation`, half of it and half of it.
    """
    a, b = stats.norm.ppf(first), stats.norm.ppf(second)
    same = _both_below(a, b, correlation) - first * second
    shared = _both_below(a, b, correlation / 2) - first * second
    return np.asarray((same + (positives + negatives - 2) * shared) / (positives * negatives))


def _both_below(a: np.ndarray, b: np.ndarray, correlation: float) -> np.ndarray:
    """Return P(X < a, Y < b) of standard normals, a and b above 0 (Owen 1956)."""
    if correlation == 1:
        return np.asarray(stats.norm.cdf(np.minimum(a, b)))
    root = math.sqrt(1 - correlation**2)
    parts = owens_t(a, (b / a - correlation) / root) + owens_t(b, (a / b - correlation) / root)
    return np.asarray((stats.norm.cdf(a) + stats.norm.cdf(b)) / 2 - parts)
