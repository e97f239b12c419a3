"""The paper's tables 5 and 6: is the probability of the true class above one half."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy import stats

from radnec.evaluate.measures.intervals import z_value

CHANCE = 0.5
_DECIMALS = 12


@dataclasses.dataclass(frozen=True)
class OneSample:
    """One-sample t-test and Wilcoxon's signed rank test against one half, two-sided.

    Attributes
    ----------
    t, df, p
        Student's t-test, as the paper did.
    wilcoxon_p
        The same question without the assumption of a normal distribution.
    mean, low, high
        Mean probability of the true class with its t interval.
    d, d_low, d_high
        Cohen's d, mean difference over standard deviation, with its large-sample interval.
    note
        Why the test is not defined; empty where it is.
    """

    n: int
    mean: float
    low: float
    high: float
    t: float
    df: int
    p: float
    wilcoxon_p: float
    d: float
    d_low: float
    d_high: float
    note: str = ""


def against_chance(true_class_probability: np.ndarray, confidence: float) -> OneSample:
    """Test the mean probability of the true class against 0.5.

    Parameters
    ----------
    true_class_probability
        Shape (cases,): p_necrosis for necrosis, p_recurrence for recurrence.

    Notes
    -----
    Ying et al. 2025, tables 5 and 6. The test asks whether the mean is one half, not whether
    the classes are distinguished: a model that calls every case recurrence passes it whenever
    recurrence is frequent. The permutation test of the AUC does ask that.
    """
    values = np.asarray(true_class_probability, dtype=float)
    n = len(values)
    nan = math.nan
    if n < 2:
        mean = float(values.mean()) if n else nan
        why = f"not defined: {n} case{'' if n == 1 else 's'}, at least 2 needed"
        return OneSample(n, mean, nan, nan, nan, max(n - 1, 0), nan, nan, nan, nan, nan, why)
    mean = float(values.mean())
    spread = float(values.std(ddof=1))
    # Equal values whose mean rounds differently leave a spread of the order of 1e-17.
    if spread < 1e-12:
        why = "not defined: all probabilities are equal"
        return OneSample(n, mean, nan, nan, nan, n - 1, nan, nan, nan, nan, nan, why)
    test = stats.ttest_1samp(values, CHANCE)
    limits = test.confidence_interval(confidence)
    # 0.7 - 0.5 and 0.5 - 0.3 differ in the last bit; for ranks they are the same.
    signed = stats.wilcoxon(np.round(values - CHANCE, _DECIMALS))
    d = (mean - CHANCE) / spread
    # Hedges and Olkin 1985, p. 86; the exact noncentral t has no numbers for the large t of
    # saturated probabilities.
    half = z_value(confidence) * math.sqrt(1 / n + d**2 / (2 * n))
    return OneSample(
        n,
        mean,
        # A t interval knows no bounds; a mean of probabilities does.
        max(0.0, float(limits.low)),
        min(1.0, float(limits.high)),
        float(test.statistic),
        n - 1,
        float(test.pvalue),
        float(signed.pvalue),
        d,
        d - half,
        d + half,
    )
