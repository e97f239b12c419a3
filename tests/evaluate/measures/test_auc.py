"""DeLong against its definition, written out slowly and apart from ranks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from radnec.evaluate.comparisons.compare import compare_aucs
from radnec.evaluate.measures.auc import (
    area,
    delong_covariance,
    delong_interval,
    hanley_mcneil_variance,
    newcombe_interval,
)


def slow_delong(positive, scores):
    """AUCs and covariance straight from equations 3 to 5 of DeLong et al. 1988, pair by pair."""
    aucs, tens, ones = [], [], []
    for score in scores:
        cases, controls = score[positive], score[~positive]
        psi = [[1.0 if x > y else 0.5 if x == y else 0.0 for y in controls] for x in cases]
        m, n = len(cases), len(controls)
        theta = sum(map(sum, psi)) / (m * n)
        aucs.append(theta)
        tens.append([sum(row) / n - theta for row in psi])
        ones.append([sum(psi[i][j] for i in range(m)) / m - theta for j in range(n)])
    covariance = [[0.0] * len(scores) for _ in scores]
    for r in range(len(scores)):
        for s in range(len(scores)):
            s10 = sum(a * b for a, b in zip(tens[r], tens[s], strict=True)) / (m - 1)
            s01 = sum(a * b for a, b in zip(ones[r], ones[s], strict=True)) / (n - 1)
            covariance[r][s] = s10 / m + s01 / n
    return aucs, covariance


def random_sets():
    """200 data sets: 9 positives in half of them, small ones, ties of every degree."""
    rng = np.random.default_rng(20)
    for at in range(200):
        m, n = (9, 49) if at % 2 else (int(rng.integers(2, 15)), int(rng.integers(2, 40)))
        positive = rng.permutation(np.r_[np.ones(m, bool), np.zeros(n, bool)])
        common = rng.normal(size=m + n)
        scores = np.stack(
            [common + shift * positive + rng.normal(size=m + n) for shift in (0.5, 1.2)]
        )
        decimals = [None, 1, 0][at % 3]
        if decimals is not None:
            scores = scores.round(decimals)
        yield positive, scores


def test_delong_equals_its_definition_on_200_random_sets():
    seen_ties = seen_nine = 0
    for positive, scores in random_sets():
        aucs, covariance = slow_delong(positive, scores)
        fast, fast_covariance = delong_covariance(positive, scores)
        np.testing.assert_allclose(fast, aucs, atol=1e-12)
        np.testing.assert_allclose(fast_covariance, covariance, atol=1e-12)
        seen_ties += len(np.unique(scores[0])) < scores.shape[1]
        seen_nine += positive.sum() == 9
    assert seen_ties > 100
    assert seen_nine >= 100


def test_test_and_interval_follow_from_the_definition_on_200_random_sets():
    for positive, scores in random_sets():
        aucs, covariance = slow_delong(positive, scores)
        found = compare_aucs(positive, scores[0], scores[1], 0.95)
        variance = covariance[0][0] + covariance[1][1] - covariance[0][1] - covariance[1][0]
        if variance < 1e-14:
            assert found.note.startswith("not defined")
            continue
        z = (aucs[0] - aucs[1]) / math.sqrt(variance)
        assert found.z == pytest.approx(z)
        assert found.p == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))
        half = 1.959964 * math.sqrt(variance)
        assert found.low == pytest.approx(max(-1, aucs[0] - aucs[1] - half), abs=1e-6)
        assert found.high == pytest.approx(min(1, aucs[0] - aucs[1] + half), abs=1e-6)
        one = delong_interval(positive, scores[1], 0.95)
        if 0 < aucs[1] < 1:
            error = math.sqrt(covariance[1][1]) / (aucs[1] * (1 - aucs[1]))
            odds = aucs[1] / (1 - aucs[1]) * math.exp(-1.959964 * error)
            assert one.low == pytest.approx(odds / (1 + odds), abs=1e-6)


def test_a_case_by_hand():
    # Pairs: 3 beats 1 and 2.5; 2 beats 1 only. V10 = V01 = (1, 0.5): each adds 0.125 / 2.
    positive = np.array([True, True, False, False])
    aucs, covariance = delong_covariance(positive, np.array([[3.0, 2.0, 1.0, 2.5]]))
    assert aucs[0] == 0.75
    assert covariance[0, 0] == pytest.approx(0.125)


def test_area_is_scikit_learns():
    for positive, scores in random_sets():
        assert area(positive, scores[0]) == pytest.approx(roc_auc_score(positive, scores[0]))


def test_order_and_scale_of_scores_do_not_matter():
    positive, scores = next(random_sets())
    shuffled = np.random.default_rng(1).permutation(len(positive))
    one = delong_interval(positive, scores[0], 0.95)
    other = delong_interval(positive[shuffled], np.exp(3 * scores[0, shuffled]), 0.95)
    assert (one.low, one.high) == pytest.approx((other.low, other.high))
    mirrored = delong_interval(positive, -scores[0], 0.95)
    assert mirrored.low == pytest.approx(1 - one.high)


@pytest.mark.parametrize(
    ("positive", "score", "why"),
    [
        ([True, True, True], [0.1, 0.2, 0.3], "0 recurrence cases, at least 1 needed"),
        ([False, False], [0.1, 0.2], "0 necrosis cases, at least 1 needed"),
        ([True, False, False], [0.9, 0.2, 0.95], "1 necrosis case, at least 2 needed"),
        ([True, True, False, False], [0.9, 0.8, 0.1, 0.2], "perfectly separated"),
        ([True, True, False, False], [0.5, 0.5, 0.5, 0.5], "all cases have the same score"),
    ],
)
def test_what_is_not_defined_is_stated(positive, score, why):
    found = delong_interval(np.array(positive), np.array(score), 0.95)
    assert not found.defined
    assert found.note.startswith("not defined:")
    assert why in found.note


def test_newcombe_limits_solve_their_equation():
    # Newcombe 2006, method 5, with the variance written out here on its own.
    def variance(theta, m, n):
        k = (m + n) / 2 - 1
        inner = 1 + k * (1 - theta) / (2 - theta) + k * theta / (1 + theta)
        return theta * (1 - theta) * inner / (m * n)

    for value in (0.55, 0.83, 0.99):
        found = newcombe_interval(value, 9, 49, 0.95)
        for limit in (found.low, found.high):
            distance = abs(value - limit) / math.sqrt(variance(limit, 9, 49))
            assert distance == pytest.approx(stats.norm.ppf(0.975), rel=1e-6)
        assert found.low < value < found.high


def test_newcombe_holds_for_perfect_separation():
    found = newcombe_interval(1.0, 9, 49, 0.95)
    assert found.high == 1.0
    assert 0.7 < found.low < 0.95
    assert newcombe_interval(0.0, 9, 49, 0.95).high == pytest.approx(1 - found.low)


def test_hanley_mcneil_is_the_variance_under_its_model():
    # Exponential scores, the model behind the formula; an AUC of 0.8 is a ratio of means of 4.
    rng = np.random.default_rng(6)
    areas = [
        area(
            np.r_[np.ones(9, bool), np.zeros(49, bool)],
            np.r_[rng.exponential(4, 9), rng.exponential(1, 49)],
        )
        for _ in range(4000)
    ]
    assert np.mean(areas) == pytest.approx(0.8, abs=0.005)
    assert np.var(areas) == pytest.approx(hanley_mcneil_variance(0.8, 9, 49), rel=0.08)


def test_same_ranks_have_no_test():
    positive, scores = next(random_sets())
    found = compare_aucs(positive, scores[0], 2 * scores[0] + 1, 0.95)
    assert found.difference == pytest.approx(0)
    assert math.isnan(found.p)
    assert found.note.startswith("not defined: the difference has no variance")
