"""Intervals of proportions against Newcombe's printed examples and against their coverage."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.measures.intervals import mean_of_two, proportion, wald

# R 4.2: prop.test(29, 58), prop.test(5, 10): no correction at exactly one half.
R_AT_ONE_HALF = [(29, 58, 0.3753827301, 0.6246172699), (5, 10, 0.2365930905, 0.7634069095)]

# Newcombe 1998, Stat Med 17:857, table I: methods 1, 3, 4, 5.
PRINTED = [
    (81, 263, "wald", 0.2522, 0.3638),
    (81, 263, "wilson", 0.2553, 0.3662),
    (81, 263, "wilsoncc", 0.2535, 0.3682),
    (81, 263, "exact", 0.2527, 0.3676),
    (15, 148, "wald", 0.0527, 0.1500),
    (15, 148, "wilson", 0.0624, 0.1605),
    (15, 148, "wilsoncc", 0.0598, 0.1644),
    (15, 148, "exact", 0.0578, 0.1617),
    (0, 20, "wilson", 0.0, 0.1611),
    (0, 20, "wilsoncc", 0.0, 0.2005),
    (0, 20, "exact", 0.0, 0.1684),
    (1, 29, "wilson", 0.0061, 0.1718),
    (1, 29, "wilsoncc", 0.0018, 0.1963),
    (1, 29, "exact", 0.0009, 0.1776),
]


@pytest.mark.parametrize(("k", "n", "method", "low", "high"), PRINTED)
def test_printed_examples(k, n, method, low, high):
    found = proportion(k, n, method, 0.95)
    assert found.value == k / n
    assert found.low == pytest.approx(low, abs=6e-5)
    assert found.high == pytest.approx(high, abs=6e-5)


def test_wald_is_cut_to_the_unit_interval():
    assert proportion(1, 29, "wald", 0.95).low == 0.0
    assert wald(0.97, 20, 0.95).high == 1.0


def test_no_case_is_stated():
    found = proportion(0, 0, "wilson", 0.95)
    assert math.isnan(found.value)
    assert found.note == "not defined: no case"
    assert not found.defined


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="10 of 9"):
        proportion(10, 9, "wilson", 0.95)


def test_wider_with_more_confidence():
    narrow, wide = (proportion(7, 9, "wilson", level) for level in (0.9, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_mean_of_two_follows_zou_and_donner():
    # Half the sum: distances to the limits add as squares, then half.
    first, second = Estimate(0.8, 0.5, 0.9, "a"), Estimate(0.6, 0.2, 0.8, "a")
    found = mean_of_two(first, second)
    assert found.value == pytest.approx(0.7)
    assert found.low == pytest.approx(0.7 - 0.5 * math.sqrt(0.3**2 + 0.4**2))
    assert found.high == pytest.approx(0.7 + 0.5 * math.sqrt(0.1**2 + 0.2**2))


def test_wilson_inverts_the_score_test():
    # By definition a limit is the p0 whose score test has p = 0.05.
    found = proportion(7, 9, "wilson", 0.95)
    for limit in (found.low, found.high):
        z = (7 / 9 - limit) / math.sqrt(limit * (1 - limit) / 9)
        assert 2 * stats.norm.sf(abs(z)) == pytest.approx(0.05)


@pytest.mark.parametrize(("k", "n", "low", "high"), R_AT_ONE_HALF)
def test_no_correction_at_exactly_one_half(k, n, low, high):
    found = proportion(k, n, "wilsoncc", 0.95)
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)
