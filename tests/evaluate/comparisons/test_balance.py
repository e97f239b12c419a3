"""Tests of table 1 against the published p-values and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import ttest_ind

from radnec.evaluate.comparisons.balance import categorical_smd, compare_counts, compare_means

SEX = np.array([[102, 29], [74, 29]])


def test_sex_is_the_published_p_value():
    found = compare_counts(SEX)
    assert round(found.p, 3) == 0.290
    assert found.further_test == ""
    # With the correction it would have been another.
    assert round(stats.chi2_contingency(SEX, correction=True).pvalue, 3) == 0.365


def test_small_counts_get_an_exact_test():
    # Fisher's tea: 3 of 4 cups; by hand (16 + 16 + 1 + 1) / 70 two-sided.
    found = compare_counts(np.array([[3, 1], [1, 3]]))
    assert found.further_test == "Fisher exact"
    assert found.further_p == pytest.approx(34 / 70)


def test_exact_test_of_many_levels_by_enumeration():
    counts = np.array([[4, 4], [10, 1], [6, 9]])
    found = compare_counts(counts)
    assert found.further_test == "Fisher exact, Monte Carlo"
    rows, column = counts.sum(axis=1), counts[:, 0].sum()
    chances, observed = [], None
    for first in range(rows[0] + 1):
        for second in range(rows[1] + 1):
            third = column - first - second
            if not 0 <= third <= rows[2]:
                continue
            ways = math.comb(rows[0], first) * math.comb(rows[1], second)
            chance = ways * math.comb(rows[2], third) / math.comb(int(rows.sum()), int(column))
            chances.append(chance)
            if (first, second) == (4, 10):
                observed = chance
    exact = sum(chance for chance in chances if chance <= observed * (1 + 1e-9))
    # 9,999 tables: three standard errors.
    error = 3 * math.sqrt(exact * (1 - exact) / 9999)
    assert found.further_p == pytest.approx(exact, abs=error)
    assert compare_counts(counts) == found


def test_smd_of_two_levels_by_hand():
    p1, p2 = 102 / 176, 29 / 58
    expected = abs(p1 - p2) / math.sqrt((p1 * (1 - p1) + p2 * (1 - p2)) / 2)
    assert categorical_smd(SEX) == pytest.approx(expected)


def test_smd_does_not_depend_on_the_level_left_out():
    counts = np.array([[65, 20], [37, 12], [67, 23], [7, 3]])
    assert categorical_smd(counts) == pytest.approx(categorical_smd(counts[::-1]))


def test_smd_of_means_by_hand():
    found = compare_means(np.array([1.0, 2, 3]), np.array([2.0, 4, 6]))
    assert found.smd == pytest.approx((2 - 4) / math.sqrt((1 + 4) / 2))


def test_smd_limits_by_hand():
    found = compare_means(np.array([1.0, 2, 3]), np.array([2.0, 4, 6]))
    error = math.sqrt(6 / 9 + found.smd**2 / 12)
    assert found.smd_high - found.smd == pytest.approx(1.959964 * error, abs=1e-5)
    assert compare_counts(SEX).smd_low >= 0
    assert math.isnan(compare_counts(np.array([[5, 4], [10, 9], [6, 9]])).smd_low)


def test_t_tests_are_statsmodels():
    rng = np.random.default_rng(1)
    first, second = rng.normal(46, 11, 176), rng.normal(47, 14, 58)
    found = compare_means(first, second)
    assert found.p == pytest.approx(ttest_ind(first, second)[1])
    assert found.further_p == pytest.approx(ttest_ind(first, second, usevar="unequal")[1])
    assert found.further_test == "Welch t"


@pytest.mark.parametrize(
    "counts", [[[5, 3]], [[0, 4], [0, 6]], [[3, 2], [0, 0]]], ids=["level", "group", "empty level"]
)
def test_nothing_to_compare_is_stated(counts):
    found = compare_counts(np.array(counts))
    assert math.isnan(found.p)
    assert found.note.startswith("not defined:")


def test_ages_without_variation_are_stated():
    assert "fewer than 2 values" in compare_means(np.array([4.0]), np.array([4.0, 5])).note
    assert "no variation" in compare_means(np.full(3, 4.0), np.full(3, 4.0)).note
