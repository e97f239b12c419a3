"""Means over cases with intervals, in the one form in which the tests of the maps are reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

RESAMPLES = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Metric:
    """One line of the table of metrics.

    Attributes
    ----------
    test
        Which test: zero maps, pointing game, energy, insertion, deletion, randomisation.
    measure
        What is measured, in words a reader understands.
    group
        ``all`` or one class.
    n
        Number of cases behind the value.
    value, lower, upper
        Estimate with 95 % confidence interval; NaN where there is none.
    chance
        What a map without information would reach; NaN where nothing is comparable.
    p
        P value of the test against chance; NaN where there is none.
    """

    test: str
    measure: str
    group: str
    n: int
    value: float
    lower: float
    upper: float
    chance: float
    p: float


def mean_interval(values: Iterable[float], seed: int) -> tuple[float, float, float]:
    """Return the mean of values over cases with its percentile bootstrap interval.

    NaN bounds for fewer than two values: one case has no spread.
    """
    data = np.asarray(list(values), dtype=float)
    if data.size < 2:
        return (float(data.mean()) if data.size else float("nan"), float("nan"), float("nan"))
    if np.ptp(data) == 0:
        return float(data[0]), float(data[0]), float(data[0])
    interval = stats.bootstrap(
        (data,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(data.mean()), float(interval.low), float(interval.high)


def mean_over_cases(table: pd.DataFrame, *, by: str, of: str) -> pd.DataFrame:
    """Return the mean over cases, with its interval, at each value of a column.

    Parameters
    ----------
    table
        One row a case and value of `by`, with the columns ``case``, `by` and `of`.

    Returns
    -------
    DataFrame
        One row for each value of `by`, ascending, with the columns `by`, ``mean``, ``lower``
        and ``upper``, see `mean_interval`; the same table gives the same interval.
    """
    rows = [
        (value, *mean_interval(group[of], seed=0))
        for value, group in table.sort_values([by, "case"]).groupby(by)
    ]
    return pd.DataFrame(rows, columns=[by, "mean", "lower", "upper"], dtype=float)


def rate_interval(hits: int, n: int) -> tuple[float, float, float]:
    """Return a share of cases with its Wilson score interval."""
    if n == 0:
        return float("nan"), float("nan"), float("nan")
    interval = stats.binomtest(hits, n).proportion_ci(CONFIDENCE, method="wilson")
    return hits / n, float(interval.low), float(interval.high)


def paired_p_value(differences: Iterable[float]) -> float:
    """Return Wilcoxon's signed-rank p value that paired differences lie around zero."""
    data = np.asarray(list(differences), dtype=float)
    if data.size < 2 or not data.any():
        return float("nan")
    return float(stats.wilcoxon(data).pvalue)
