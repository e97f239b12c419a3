"""McNemar's test against Fagerland's printed example, and differences by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from radnec.evaluate.comparisons.compare import compare_aucs, compare_decisions


def decisions(both, first_only, second_only, neither):
    first = np.repeat([True, True, False, False], [both, first_only, second_only, neither])
    second = np.repeat([True, False, True, False], [both, first_only, second_only, neither])
    return first, second


def compare(first, second):
    """One case a patient."""
    return compare_decisions(first, second, np.arange(len(first)), 0.95)


def test_fagerlands_printed_example():
    # Fagerland, Lydersen and Laake 2013, table 1 (21 pairs, 1 and 7 discordant): exact 0.070,
    # mid-p 0.039.
    found = compare(*decisions(1, 1, 7, 12))
    assert (found.first_only, found.second_only) == (1, 7)
    assert found.exact_p == pytest.approx(0.070, abs=5e-4)
    assert found.mid_p == pytest.approx(0.039, abs=5e-4)
    assert found.difference == pytest.approx(-6 / 21)


def test_bonett_and_price_by_hand():
    found = compare(*decisions(1, 1, 7, 12))
    p12, p21 = 2 / 23, 8 / 23
    half = 1.959964 * math.sqrt((p12 + p21 - (p12 - p21) ** 2) / 23)
    assert found.low == pytest.approx(p12 - p21 - half, abs=1e-6)
    assert found.high == pytest.approx(p12 - p21 + half, abs=1e-6)


def test_odds_ratio_has_the_exact_interval_of_the_share():
    found = compare(*decisions(30, 9, 3, 16))
    share = stats.binomtest(9, 12).proportion_ci(0.95, method="exact")
    assert found.odds_ratio == pytest.approx(3)
    assert found.odds_low == pytest.approx(share.low / (1 - share.low))
    assert found.odds_high == pytest.approx(share.high / (1 - share.high))


def test_equal_discordance_is_no_difference():
    found = compare(*decisions(10, 4, 4, 2))
    assert found.exact_p == 1.0
    # Fagerland, Lydersen and Laake 2013: 1 - f / 2 at b = c; C(8, 4) / 2^8 = 70 / 256.
    assert found.mid_p == pytest.approx(1 - 70 / 512)
    assert found.low == pytest.approx(-found.high)


def test_models_that_never_differ():
    found = compare(*decisions(50, 0, 0, 8))
    assert found.difference == 0
    assert found.exact_p == 1.0
    assert math.isnan(found.odds_ratio)
    assert "odds ratio not defined" in found.note


def test_always_the_first_gives_an_infinite_odds_ratio():
    found = compare(*decisions(40, 6, 0, 12))
    assert math.isinf(found.odds_ratio)
    assert math.isinf(found.odds_high)
    assert found.exact_p == pytest.approx(2 / 2**6)


@pytest.mark.parametrize("counts", [(30, 9, 3, 16), (10, 4, 4, 2), (40, 6, 0, 12), (5, 0, 0, 5)])
def test_one_case_a_patient_is_mcnemars_exact_test(counts):
    found = compare(*decisions(*counts))
    expected = mcnemar([[counts[0], counts[1]], [counts[2], counts[3]]], exact=True).pvalue
    assert found.exact_p == pytest.approx(expected)


def test_cases_of_a_patient_change_sides_together():
    # Differences of the patients: 2, 1 and -1, the fourth has none. The sum of 2 is reached, in
    # either direction, by 2+1-1, 2-1+1, 2+1+1 and their opposites: 6 of 8 sums.
    first, second = decisions(2, 3, 1, 1)
    found = compare_decisions(first, second, np.array([3, 3, 0, 0, 1, 2, 3]), 0.95)
    assert found.exact_p == pytest.approx(6 / 8)
    assert found.mid_p == pytest.approx(6 / 8 - 4 / 8 / 2)
    assert math.isnan(found.odds_low)


def test_copies_of_every_case_prove_nothing():
    first, second = decisions(20, 9, 2, 10)
    patients = np.arange(len(first))
    once = compare(first, second)
    twice = compare_decisions(np.tile(first, 2), np.tile(second, 2), np.tile(patients, 2), 0.95)
    assert twice.exact_p == pytest.approx(once.exact_p)
    # The sample variance of patients has n - 1 below, the simple one of cases n.
    assert twice.high - twice.low == pytest.approx(once.high - once.low, rel=0.03)


def test_no_case():
    nothing = np.array([], dtype=bool)
    assert compare(nothing, nothing).note == "not defined: no case"


def test_paired_test_sees_what_an_unpaired_one_would_miss():
    # Two models that agree but for a small steady gain: covariance makes the difference clear.
    rng = np.random.default_rng(0)
    positive = np.r_[np.ones(60, bool), np.zeros(140, bool)]
    base = rng.normal(size=200) + positive
    better = base + 0.35 * positive + 0.05 * rng.normal(size=200)
    found = compare_aucs(positive, better, base, 0.95)
    assert found.p < 0.001
    assert found.low > 0
    assert compare_aucs(positive, base, better, 0.95).difference == pytest.approx(-found.difference)


def test_one_class_only_is_stated():
    found = compare_aucs(np.ones(5, bool), np.arange(5.0), np.arange(5.0), 0.95)
    assert found.note == "not defined: 0 recurrence cases, at least 2 needed"
