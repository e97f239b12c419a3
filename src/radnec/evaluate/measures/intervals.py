"""Confidence intervals of proportions: the ones the paper printed, and better ones.

The formulas of the paper are not stated there; they were found by recomputing tables 3 and 4
from the counts behind them (see :mod:`radnec.evaluate.audit.published`).
"""

from __future__ import annotations

import math
from typing import Literal

from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from radnec.evaluate.measures.estimate import Estimate, undefined

Method = Literal["wald", "wilson", "wilsoncc", "exact"]

_NAMES = {
    "wald": "Wald",
    "wilson": "Wilson score",
    "wilsoncc": "Wilson score with continuity correction",
    "exact": "Clopper-Pearson",
}


def z_value(confidence: float) -> float:
    """Return the two-sided normal quantile, 1.96 for 0.95."""
    return float(stats.norm.ppf(0.5 + confidence / 2))


def proportion(
    successes: float, n: float, method: Method, confidence: float, effect: float = 1.0
) -> Estimate:
    """Return a proportion with a confidence interval.

    Parameters
    ----------
    successes, n
        Count and number of trials.
    method
        ``wald``: p +- z sqrt(p (1 - p) / n), as the paper did for accuracy;
        ``wilsoncc``: Wilson's score interval with continuity correction (R's ``prop.test``),
        as the paper did for sensitivity and specificity; at exactly one half R leaves the
        correction out, and so does this;
        ``wilson``: Wilson's score interval (Newcombe 1998, Stat Med 17:857, method 3);
        ``exact``: Clopper and Pearson 1934, which covers at least the nominal level.
    effect
        Design effect by which both counts are divided, for Wilson's alone.

    Raises
    ------
    ValueError
        If the counts are impossible.

    Examples
    --------
    >>> estimate = proportion(7, 9, "wilsoncc", 0.95)  # resnet10, fused: 0.78 (0.40-0.96)
    >>> round(estimate.value, 2), round(estimate.low, 2), round(estimate.high, 2)
    (0.78, 0.4, 0.96)
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n}: expected 0 <= successes <= n")
    if n == 0:
        return undefined(_NAMES[method], "no case")
    if method == "wald":
        return wald(successes / n, n, confidence)
    # prop.test corrects by min(1/2, |k - n/2|), which is 0 at one half.
    used = "wilson" if method == "wilsoncc" and 2 * successes == n else method
    if used == "wilson":
        low, high = proportion_confint(
            successes / effect, n / effect, alpha=1 - confidence, method="wilson"
        )
        name = _NAMES[method] + (f", counts divided by {effect:.2f}" if effect > 1 else "")
        # The limit that is exactly 0 or 1 is rounded there.
        low, high = (low if successes else 0.0), (high if successes < n else 1.0)
        return Estimate(successes / n, float(low), float(high), name)
    interval = stats.binomtest(int(successes), int(n)).proportion_ci(confidence, method=used)
    return Estimate(successes / n, float(interval.low), float(interval.high), _NAMES[method])


def wald(value: float, n: float, confidence: float) -> Estimate:
    """Return Wald's interval of a proportion, cut to [0, 1].

    The paper also used it for the AUC, with the number of all cases as n; an AUC is not a
    proportion of cases, so that interval ignores how few of them are positive.
    """
    if n == 0 or math.isnan(value):
        return undefined(_NAMES["wald"], "no case", value)
    half = z_value(confidence) * math.sqrt(value * (1 - value) / n)
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), _NAMES["wald"])


def paired_difference(
    first_only: float, second_only: float, n: float, confidence: float
) -> tuple[float, float]:
    """Return the limits of a difference of two proportions of the same n cases.

    Bonett and Price 2012, Br J Math Stat Psychol 65:65: Wald's with one case added to each of
    the two cells in which only one of the two happens. Counts may be divided by a design effect.
    """
    p12, p21 = (first_only + 1) / (n + 2), (second_only + 1) / (n + 2)
    half = z_value(confidence) * math.sqrt((p12 + p21 - (p12 - p21) ** 2) / (n + 2))
    return max(-1.0, p12 - p21 - half), min(1.0, p12 - p21 + half)


def mean_of_two(first: Estimate, second: Estimate) -> Estimate:
    """Return the mean of two independent estimates, as in balanced accuracy.

    The limits come from those of the two by the method of variance estimates recovery
    (Zou and Donner 2008, Stat Med 27:1693, eq. 5 for a sum), which keeps their skewness.
    """
    method = f"MOVER of two intervals ({first.method})"
    value = (first.value + second.value) / 2
    if not (first.defined and second.defined):
        return undefined(method, "one of the two is not defined", value)
    low = math.hypot(first.value - first.low, second.value - second.low) / 2
    high = math.hypot(first.high - first.value, second.high - second.value) / 2
    return Estimate(value, max(0.0, value - low), min(1.0, value + high), method)
