"""The corrected resampled t-test by hand, and that it keeps its level where the plain one fails."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from radnec.evaluate.comparisons.multiplicity import holm
from radnec.evaluate.comparisons.resampled import corrected_mean


def test_by_hand():
    # mean 0.05, s^2 = 0.001 (values 0.01, 0.05, 0.09: squares 0.0016 * 2 / 2 = 0.0016).
    values = np.array([0.01, 0.05, 0.09])
    found = corrected_mean(values, 1 / 3, 0.95)
    error = math.sqrt((1 / 3 + 1 / 3) * 0.0016)
    assert found.mean == pytest.approx(0.05)
    assert found.t == pytest.approx(0.05 / error)
    assert found.df == 2
    assert found.p == pytest.approx(2 * stats.t.sf(0.05 / error, 2))
    assert found.low == pytest.approx(0.05 - 4.302653 * error, abs=1e-6)


def test_without_overlap_it_is_the_plain_t_test():
    values = np.random.default_rng(1).normal(0.2, 1, 20)
    found = corrected_mean(values, 0.0, 0.95)
    plain = stats.ttest_1samp(values, 0)
    assert found.t == pytest.approx(plain.statistic)
    assert found.p == pytest.approx(plain.pvalue)
    limits = plain.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([], "0 folds, at least 2 needed"),
        ([0.7], "1 fold, at least 2 needed"),
        ([0.7, 0.7, 0.7], "the same value in every fold"),
    ],
)
def test_what_is_not_defined_is_stated(values, why):
    found = corrected_mean(np.array(values), 0.25, 0.95)
    assert found.note == f"not defined: {why}"
    assert math.isnan(found.p)


def test_holm_by_hand():
    # Sorted 0.005 x 4, 0.01 x 3, 0.03 x 2, 0.04 x 1, each at least the one before.
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])


def test_holm_leaves_out_what_is_not_defined():
    found = holm([0.01, math.nan, 0.04])
    np.testing.assert_allclose(found[[0, 2]], [0.02, 0.04])
    assert math.isnan(found[1])
    assert np.isnan(holm([math.nan, math.nan])).all()
    assert holm([]).size == 0
