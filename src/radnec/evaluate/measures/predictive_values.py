"""Likelihood ratios, and what a result means at a stated prevalence."""

from __future__ import annotations

import dataclasses
import math

from radnec.evaluate.measures.estimate import Estimate, undefined
from radnec.evaluate.measures.intervals import proportion

METHOD = "MOVER of two Wilson intervals"


@dataclasses.dataclass(frozen=True)
class LikelihoodRatios:
    """How much a decision changes the odds of necrosis.

    Attributes
    ----------
    positive
        Sensitivity / (1 - specificity).
    negative
        (1 - sensitivity) / specificity.
    """

    positive: Estimate
    negative: Estimate


def likelihood_ratios(
    sensitivity: tuple[float, float], specificity: tuple[float, float], confidence: float
) -> LikelihoodRatios:
    """Return both likelihood ratios from right decisions and cases of each class."""
    (tp, positives), (tn, negatives) = sensitivity, specificity
    return LikelihoodRatios(
        ratio((tp, positives), (negatives - tn, negatives), confidence),
        ratio((positives - tp, positives), (tn, negatives), confidence),
    )


def ratio(first: tuple[float, float], second: tuple[float, float], confidence: float) -> Estimate:
    """Return the ratio of two independent proportions, each a count and its number of trials.

    Notes
    -----
    Limits from those of the two proportions (Donner and Zou 2012, Stat Methods Med Res 21:347,
    eq. 10) with Wilson's. They hold in the corners that nine cases reach, where statsmodels'
    score interval fails (docs/statistics.md). An upper limit is infinite where the second count
    is 0.
    """
    if first[1] == 0 or second[1] == 0:
        return undefined(METHOD, "one class only")
    one, two = (proportion(*counts, "wilson", confidence) for counts in (first, second))
    if first[0] == 0 and second[0] == 0:
        return undefined(METHOD, "no case of either class is called so")
    product = one.value * two.value

    def limit(mine: float, others: float, sign: int) -> float:
        scale = others * (2 * two.value - others)
        inner = product**2 - mine * (2 * one.value - mine) * scale
        if scale == 0:
            return math.inf
        return (product + sign * math.sqrt(max(0.0, inner))) / scale

    value = one.value / two.value if two.value else math.inf
    high = limit(one.high, two.low, 1) if two.low > 0 else math.inf
    return Estimate(value, limit(one.low, two.high, -1), high, METHOD)


def predictive_values(
    sensitivity: tuple[float, float],
    specificity: tuple[float, float],
    prevalence: float,
    confidence: float,
) -> tuple[Estimate, Estimate]:
    """Return positive and negative predictive value at a stated prevalence.

    Parameters
    ----------
    sensitivity, specificity
        Right decisions and cases, of the positive and of the negative class.
    prevalence
        Share of necrosis among the patients the model would be used on.

    Notes
    -----
    Bayes' theorem: odds after = odds before x likelihood ratio; the limits are those of the
    likelihood ratios.
    """
    ratios = likelihood_ratios(sensitivity, specificity, confidence)
    odds = prevalence / (1 - prevalence)
    found = []
    for estimate, before, called in (
        (ratios.positive, odds, "necrosis"),
        # The negative predictive value speaks of recurrence: turn the ratio and the odds over.
        (_turned(ratios.negative), 1 / odds, "recurrence"),
    ):
        if "either class" in estimate.note:
            found.append(undefined(METHOD, f"no case is called {called}"))
        elif not estimate.defined:
            found.append(estimate)
        else:
            value, low, high = (
                _share(before * x) for x in (estimate.value, estimate.low, estimate.high)
            )
            found.append(Estimate(value, low, high, METHOD))
    return found[0], found[1]


def _turned(estimate: Estimate) -> Estimate:
    if not estimate.defined:
        return estimate
    value, low, high = (
        1 / x if x else math.inf for x in (estimate.value, estimate.high, estimate.low)
    )
    return Estimate(value, low, high, estimate.method)


def _share(odds: float) -> float:
    return 1.0 if math.isinf(odds) else odds / (1 + odds)
