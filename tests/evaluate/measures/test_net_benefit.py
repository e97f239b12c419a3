"""Net benefit at a stated prevalence: by hand, against the curve, and its exact coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from radnec.evaluate.measures.decision import decision_curve
from radnec.evaluate.measures.net_benefit import benefit_at, benefit_difference

POSITIVE = np.arange(58) < 9


def test_by_hand():
    # 7 of 9 found, 3 of 49 false alarms; at 20 % and t = 0.75 an alarm weighs three necroses.
    called = np.zeros(58, dtype=bool)
    called[[*range(7), 20, 21, 22]] = True
    found = benefit_at(POSITIVE, called, 0.2, 0.75, 0.95)
    assert found.value == pytest.approx(0.2 * 7 / 9 - 0.8 * 3 / 49 * 3)
    assert found.low < found.value < found.high


def test_at_the_prevalence_of_the_cases_it_is_the_decision_curve():
    score = np.random.default_rng(1).random(58)
    curve = decision_curve(POSITIVE, score, np.arange(58), confidence=0.95, repeats=100, seed=1)
    for t in (0.25, 0.5):
        at = curve.loc[curve["threshold"] == t, "net_benefit"].item()
        found = benefit_at(POSITIVE, score >= t, 9 / 58, t, 0.95)
        assert found.value == pytest.approx(at)


@pytest.mark.parametrize("act_from", [0.25, 0.5, 0.75])
def test_exact_coverage_over_all_outcomes(act_from):
    sens, alarm, prevalence = 0.8, 0.08, 0.2
    truth = prevalence * sens - (1 - prevalence) * alarm * act_from / (1 - act_from)
    covered = 0.0
    for tp in range(10):
        for fp in range(0, 26):
            called = np.zeros(58, dtype=bool)
            called[:tp] = True
            called[9 : 9 + fp] = True
            found = benefit_at(POSITIVE, called, prevalence, act_from, 0.95)
            weight = stats.binom.pmf(tp, 9, sens) * stats.binom.pmf(fp, 49, alarm)
            covered += weight * (found.low <= truth <= found.high)
    assert 0.93 < covered < 0.99


def test_difference_by_hand():
    first, second = np.zeros(58, dtype=bool), np.zeros(58, dtype=bool)
    first[:8] = True
    second[2:7] = True  # finds three necroses fewer
    second[30:34] = True  # and has four false alarms more
    found = benefit_difference(POSITIVE, first, second, 0.3, 0.5, 0.95)
    assert found.value == pytest.approx(0.3 * 3 / 9 + 0.7 * 4 / 49)
    turned = benefit_difference(POSITIVE, second, first, 0.3, 0.5, 0.95)
    np.testing.assert_allclose([turned.low, turned.high], [-found.high, -found.low])


def test_difference_covers_the_truth_of_correlated_models():
    rng = np.random.default_rng(3)
    positive, held, sets = np.arange(100) < 30, 0, 400
    truth = 0.2 * (0.85 - 0.75) + 0.8 * (0.25 - 0.15)
    for _ in range(sets):
        shared, own = rng.normal(size=(2, 2, 100))
        scores = [stats.norm.cdf((shared[0] + own[k]) / np.sqrt(2)) for k in range(2)]
        first = np.where(positive, scores[0] < 0.85, scores[0] < 0.15)
        second = np.where(positive, scores[1] < 0.75, scores[1] < 0.25)
        found = benefit_difference(positive, first, second, 0.2, 0.5, 0.95)
        held += found.low <= truth <= found.high
    assert 0.925 < held / sets < 0.985


def test_one_class_is_not_defined():
    one = np.ones(5, dtype=bool)
    assert benefit_at(one, one, 0.2, 0.5, 0.95).note == "not defined: one class only"
    assert benefit_difference(one, one, one, 0.2, 0.5, 0.95).note == "not defined: one class only"
