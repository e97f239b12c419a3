"""What a number of cases can and cannot show."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint

from radnec.evaluate.measures.auc import hanley_mcneil_variance
from radnec.evaluate.measures.intervals import z_value

# 58 is the paper's test set, 234 its cohort (a cross-validation tests all of them).
SIZES = (58, 100, 150, 234, 400, 600, 1000)
TRUE_SENSITIVITY, TRUE_SPECIFICITY, TRUE_AUC = 0.80, 0.95, 0.80
POWER = 0.8
# Two networks judge the same cases much alike; the covariance of their AUCs follows.
CORRELATION = 0.5


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
        the logit scale if the truth is 0.80), smallest_auc (told from 0.5 with power 0.8),
        smallest_difference (of two models' AUCs around 0.80, paired, correlation 0.5, power
        0.8), source (``tested`` or ``planned``).
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
        for name, figure in (
            ("auc_width", auc_width),
            ("smallest_auc", smallest_auc),
            ("smallest_difference", smallest_difference),
        ):
            row[name] = figure(positives, negatives, confidence) if defined else math.nan
        rows.append({**row, "source": source})
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
    """Return the AUC that is told from 0.5 with power 0.8; NaN if even 1 is not.

    Obuchowski and McClish 1997, Stat Med 16:1529, with Hanley and McNeil's variances.
    """
    null = math.sqrt(hanley_mcneil_variance(0.5, positives, negatives))

    def shortfall(truth: float) -> float:
        error = math.sqrt(hanley_mcneil_variance(truth, positives, negatives))
        return z_value(confidence) * null + float(stats.norm.ppf(POWER)) * error - (truth - 0.5)

    return math.nan if shortfall(1.0) > 0 else float(optimize.brentq(shortfall, 0.5, 1.0))


def smallest_difference(positives: int, negatives: int, confidence: float) -> float:
    """Return the difference of two paired AUCs, the lower one 0.80, seen with power 0.8.

    NaN if not even the difference to an AUC of 1 is seen.
    """
    first = hanley_mcneil_variance(TRUE_AUC, positives, negatives)
    needed = z_value(confidence) + float(stats.norm.ppf(POWER))

    def shortfall(difference: float) -> float:
        second = hanley_mcneil_variance(TRUE_AUC + difference, positives, negatives)
        variance = first + second - 2 * CORRELATION * math.sqrt(first * second)
        return needed * math.sqrt(variance) - difference

    largest = 1 - TRUE_AUC
    return math.nan if shortfall(largest) > 0 else float(optimize.brentq(shortfall, 1e-6, largest))
