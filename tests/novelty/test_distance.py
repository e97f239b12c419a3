"""Distances against scikit-learn, limits against quantiles by hand and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from sklearn.covariance import LedoitWolf

from radnec.novelty.distance import Gaussian
from radnec.novelty.limits import false_alarms, limit, limits


@pytest.mark.parametrize("shape", [(13, 40), (60, 5)])
def test_distance_is_mahalanobis_of_ledoit_wolf(shape):
    rng = np.random.default_rng(1)
    cases = rng.normal(size=shape) @ np.diag(np.linspace(0.2, 3, shape[1])) + 2
    new = rng.normal(size=(4, shape[1])) * 2 + 1
    expected = LedoitWolf().fit(cases).mahalanobis(new)
    fitted = Gaussian.of(cases)
    found = [math.exp(fitted.distance(one)) * shape[1] for one in new]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_coordinates_have_unit_variance_without_shrinkage():
    cases = np.random.default_rng(2).normal(size=(4000, 3)) * [1, 5, 0.2]
    fitted = Gaussian.of(cases)
    coordinates = np.stack([fitted.coordinates(one) for one in cases])
    np.testing.assert_allclose(coordinates.std(axis=0), 1, atol=0.15)


def test_equal_cases_still_have_a_distance():
    fitted = Gaussian.of(np.ones((5, 3)))
    assert fitted.distance(np.ones(3)) < fitted.distance(np.array([1.0, 1.0, 1.1]))
    assert math.isfinite(fitted.distance(np.array([1.0, 1.0, 1.1])))


def test_few_cases_prediction_limit_by_hand():
    scores = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    # Mean 4, standard deviation sqrt(28 / 6), Student's t of 6 degrees of freedom at 0.95: 1.9432.
    expected = 4 + 1.9432 * math.sqrt(28 / 6) * math.sqrt(1 + 1 / 7)
    assert limit("quality", scores, 0.05) == pytest.approx(expected, abs=1e-3)
    assert limit("quality", scores[:5], 0.05) is None


def test_many_cases_take_the_order_statistic():
    scores = list(range(1, 100))
    # Rank ceil(100 * 0.95) = 95 of the scores 1 to 99.
    assert limit("quality", scores, 0.05) == 95


def test_timing_five_per_cent_outside_is_no_finding():
    assert limit("timing", [0.0] * 20, 0.01) == pytest.approx(math.log(1.05))


@pytest.mark.parametrize("n", [12, 400])
def test_false_alarms_of_all_checks_together_are_as_wanted(n):
    """New cases from the same distribution, four checks that depend on each other."""
    rng = np.random.default_rng(3)
    alarms = trials = 0
    for _ in range(60):
        common = rng.normal(size=(n + 50, 1))
        scores = 0.5 * common + rng.normal(size=(n + 50, 4))
        names = ("quality", "intensity", "order", "features")
        held = {c: dict(enumerate(map(float, scores[:n, k]))) for k, c in enumerate(names)}
        held["order"] = {case: value - 10 for case, value in held["order"].items()}
        found = limits({c: {str(k): v for k, v in s.items()} for c, s in held.items()}, 0.1)
        scores[:, 2] -= 10
        beyond = np.stack([scores[n:, k] > found[c] for k, c in enumerate(names)])
        alarms += int(beyond.any(axis=0).sum())
        trials += 50
    # Bonferroni is an upper bound; the binomial error of 3000 trials at 0.1 is 0.0055.
    assert 0.03 < alarms / trials < 0.1 + 3 * 0.0055


def test_counted_false_alarms_leave_each_case_out():
    scores = {str(k): float(v) for k, v in enumerate(stats.norm.ppf(np.linspace(0.03, 0.97, 20)))}
    scores["odd"] = 50.0
    counts, anyone, n = false_alarms({"quality": scores, "scanner": {"0": 1.0, "1": 0.0}}, 0.05)
    assert counts == {"quality": 1, "scanner": 1}
    assert (anyone, n) == (2, 21)
