"""The paper's t-tests: scipy, statsmodels and the one printed row that is consistent."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from radnec.evaluate.comparisons.ttests import against_chance


def test_against_statsmodels():
    values = np.random.default_rng(2).beta(4, 2, 58)
    found = against_chance(values, 0.95)
    t, p, df = DescrStatsW(values).ttest_mean(0.5)
    assert (found.t, found.p, found.df) == pytest.approx((t, p, df))
    low, high = DescrStatsW(values).tconfint_mean()
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.d == pytest.approx(found.t / math.sqrt(58))


def test_by_hand():
    # 0.6, 0.7, 0.8: mean 0.7, s = 0.1, t = 0.2 / (0.1 / sqrt 3) = 3.4641, df 2.
    found = against_chance(np.array([0.6, 0.7, 0.8]), 0.95)
    assert found.t == pytest.approx(2 * math.sqrt(3))
    assert found.p == pytest.approx(0.0742, abs=1e-4)
    # Signed ranks 1, 2, 3 all positive: 2 of the 8 sign patterns are as extreme.
    assert found.wilcoxon_p == pytest.approx(0.25)


def test_limits_of_cohens_d_are_near_the_noncentral_t():
    values = np.random.default_rng(2).beta(4, 2, 58)
    found = against_chance(values, 0.95)
    root = math.sqrt(58)
    assert stats.nct.sf(found.t, 57, found.d_low * root) == pytest.approx(0.025, abs=0.005)
    assert stats.nct.cdf(found.t, 57, found.d_high * root) == pytest.approx(0.025, abs=0.005)


@pytest.mark.parametrize("n", [2, 9, 58])
def test_saturated_probabilities_do_not_break_it(n):
    found = against_chance(1 - 1e-7 * np.arange(1.0, n + 1), 0.95)
    assert 0 < found.d_low < found.d < found.d_high


def test_densenet_row_of_table_5():
    # A sample with t = 5.15 over 58 cases has the printed p = 3.24e-6 within 5 %.
    rng = np.random.default_rng(0)
    noise = rng.normal(size=58)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    found = against_chance(0.5 + 0.2 * (noise + 5.15 / math.sqrt(58)), 0.95)
    assert found.t == pytest.approx(5.15)
    assert found.p == pytest.approx(3.24e-6, rel=0.05)
    assert found.p == pytest.approx(2 * stats.t.sf(5.15, 57))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([], "0 cases, at least 2 needed"),
        ([0.9], "1 case, at least 2 needed"),
        ([0.7, 0.7, 0.7], "all probabilities are equal"),
        ([0.5, 0.5], "all probabilities are equal"),
    ],
)
def test_what_is_not_defined_is_stated(values, why):
    found = against_chance(np.array(values), 0.95)
    assert found.note == f"not defined: {why}"
    assert math.isnan(found.p)
    assert math.isnan(found.wilcoxon_p)


def test_wilcoxon_sees_ties_that_binary_fractions_hide():
    # Differences 0.2, -0.2, 0.4, 0.3, 0.1, 0.25 as whole numbers, which are exact.
    whole = stats.wilcoxon([20, -20, 40, 30, 10, 25]).pvalue
    found = against_chance(np.array([0.7, 0.3, 0.9, 0.8, 0.6, 0.75]), 0.95)
    assert found.wilcoxon_p == pytest.approx(whole, abs=1e-12)


def test_limits_of_a_probability_stay_below_one():
    found = against_chance(np.array([0.99, 1.0, 0.7]), 0.95)
    assert found.high == 1.0
