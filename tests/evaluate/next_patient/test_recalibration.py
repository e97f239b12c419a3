"""Recalibration: against scikit-learn's Platt scaling, by hand, and on cases not fitted on."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import optimize, special
from sklearn.calibration import _SigmoidCalibration

from radnec.core.errors import InputError
from radnec.evaluate.next_patient.groups import parts_of
from radnec.evaluate.next_patient.recalibration import (
    METHODS,
    Recalibration,
    cross_fitted,
    fit_recalibration,
)


def drawn(n, share, seed, intercept=0.0, slope=1.0):
    """Outcomes drawn from right probabilities, and what a network makes of those."""
    rng = np.random.default_rng(seed)
    right = special.expit(rng.normal(special.logit(share), 1.5, n))
    positive = rng.random(n) < right
    return positive, special.expit((special.logit(right) - intercept) / slope)


def test_logistic_is_platts_scaling():
    positive, score = drawn(300, 0.2, seed=1, intercept=-1, slope=0.5)
    found, note = fit_recalibration(positive, score, "logistic")
    platt = _SigmoidCalibration().fit(special.logit(score), positive)
    assert note == ""
    assert found.slope == pytest.approx(-platt.a_, rel=1e-3)
    assert found.intercept == pytest.approx(-platt.b_, rel=1e-3)


def test_temperature_has_the_least_cross_entropy():
    positive, score = drawn(200, 0.5, seed=2, slope=0.4)
    m, n = positive.sum(), (~positive).sum()
    target = np.where(positive, (m + 1) / (m + 2), 1 / (n + 2))
    x = special.logit(score)

    def cross_entropy(slope):
        return -(special.xlogy(target, special.expit(slope * x)) + (1 - target) * special.log_expit(
            -slope * x
        )).sum()  # fmt: skip

    least = optimize.minimize_scalar(cross_entropy, bounds=(0.01, 10), method="bounded").x
    found, _ = fit_recalibration(positive, score, "temperature")
    assert found.slope == pytest.approx(least, rel=1e-3)
    assert found.intercept == 0


def test_shift_undoes_balanced_classes():
    # A network trained on equal classes that knows nothing says one half: 9 of 58 is right.
    positive = np.arange(58) < 9
    found, _ = fit_recalibration(positive, np.full(58, 0.5), "shift")
    np.testing.assert_allclose(found.apply(np.array([0.5])), 9 / 58, atol=1e-9)
    # Bayes' theorem: odds of 0.8 among equal classes times the odds of 9 to 49.
    odds = 0.8 / 0.2 * 9 / 49
    np.testing.assert_allclose(found.apply(np.array([0.8])), odds / (1 + odds), atol=1e-9)


def test_another_prevalence_multiplies_the_odds():
    found = Recalibration("shift", 0.0, 1.0, 0.2)
    # Odds 1 at a share of 0.2 (odds 1/4) become 4/9 of 4 at a share of 4/13 (odds 4/9).
    odds = (4 / 9) / (1 / 4)
    np.testing.assert_allclose(found.apply(np.array([0.5]), 4 / 13), odds / (1 + odds))


def test_perfect_separation_has_a_finite_slope():
    positive = np.arange(20) < 6
    score = np.where(positive, 0.999, 0.001)
    for method in METHODS:
        found, note = fit_recalibration(positive, score, method)
        assert note == ""
        assert 0 < found.slope < 5


@pytest.mark.parametrize("method", ["temperature", "logistic"])
def test_order_is_never_turned_round(method):
    positive = np.arange(40) < 10
    found, note = fit_recalibration(positive, np.where(positive, 0.2, 0.8), method)
    assert found is None
    assert "turn round" in note


def test_one_class_is_not_defined():
    found, note = fit_recalibration(np.ones(9, dtype=bool), np.linspace(0.1, 0.9, 9), "shift")
    assert found is None
    assert note.startswith("not defined")


def test_cross_fitting_uses_the_other_parts_alone():
    positive, score = drawn(120, 0.4, seed=3, intercept=1)
    parts = parts_of(positive, np.arange(120).astype(str), seed=0)
    moved = cross_fitted(positive, score, parts, "logistic")
    held = parts == parts[0]
    turned = positive.copy()
    turned[held] = ~turned[held]
    again = cross_fitted(turned, score, parts, "logistic")
    np.testing.assert_array_equal(again[held], moved[held])
    assert not np.allclose(again[~held], moved[~held])


def test_cross_fitting_mends_probabilities_that_are_too_sure():
    """Mean over 30 studies of the log loss on cases not fitted on, against the right model."""
    gains = []
    for seed in range(30):
        positive, score = drawn(234, 0.2, seed, intercept=-1.0, slope=0.4)
        parts = parts_of(positive, np.arange(234).astype(str), seed=0)
        losses = [
            -np.where(positive, np.log(p), np.log(1 - p)).mean()
            for p in (score, cross_fitted(positive, score, parts, "logistic"))
        ]
        gains.append(losses[0] - losses[1])
    assert np.mean(gains) > 0.1


def test_patients_stay_in_one_part():
    patients = np.repeat(np.arange(30), 2).astype(str)
    parts = parts_of(np.repeat(np.arange(30) < 9, 2), patients, seed=1)
    assert all(len(set(parts[patients == p])) == 1 for p in set(patients))
    assert parts.max() == 8  # nine patients of the rarer class
    assert parts_of(np.arange(5) < 1, np.arange(5).astype(str), seed=1) is None


def test_json_goes_and_comes_back():
    found, _ = fit_recalibration(*drawn(100, 0.3, seed=4), "logistic")
    assert Recalibration.from_json(json.loads(json.dumps(found.to_json())), "file") == found


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("method", "magic", "method: found 'magic'"),
        ("slope", -1.0, "slope: found -1.0, expected above 0"),
        ("intercept", "x", "intercept: found 'x', expected a number"),
        ("share", 1.0, "share: found 1.0"),
    ],
)
def test_wrong_json_is_refused(key, value, words):
    good = Recalibration("shift", 0.0, 1.0, 0.2).to_json()
    with pytest.raises(InputError, match=words):
        Recalibration.from_json(good | {key: value}, "file")
