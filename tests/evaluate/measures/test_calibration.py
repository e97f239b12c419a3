"""Calibration against scikit-learn, statsmodels and probabilities that are right by making."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from statsmodels.nonparametric.smoothers_lowess import lowess

from radnec.evaluate.measures.calibration import (
    brier,
    calibration_curve,
    calibration_error,
    expected_calibration_error,
    recalibration,
    smooth,
)


def right_probabilities(n, seed=0):
    rng = np.random.default_rng(seed)
    score = rng.beta(1, 3, n)
    return rng.random(n) < score, score


def error_of(positive, score, seed=1, repeats=400):
    return expected_calibration_error(
        positive, score, bins=5, confidence=0.95, repeats=repeats, seed=seed
    )


def test_brier_is_scikit_learns():
    positive, score = right_probabilities(80)
    found = brier(score[positive], score[~positive])
    assert found == pytest.approx(brier_score_loss(positive, score))


def test_recalibration_is_scikit_learns_logistic_regression():
    positive, score = right_probabilities(400)
    logit = np.log(score / (1 - score))
    model = LogisticRegression(C=np.inf, tol=1e-10).fit(logit[:, None], positive)
    found = recalibration(positive, score, 0.95)
    assert found["calibration_slope"].value == pytest.approx(model.coef_[0, 0], abs=1e-4)
    assert found["calibration_intercept"].value == pytest.approx(model.intercept_[0], abs=1e-4)


def test_calibration_in_the_large_makes_the_sums_equal():
    # Its equation: the sum of the shifted probabilities is the number of necrosis cases.
    positive, score = right_probabilities(200)
    shift = recalibration(positive, score, 0.95)["calibration_in_the_large"].value
    logit = np.log(score / (1 - score)) + shift
    assert (1 / (1 + np.exp(-logit))).sum() == pytest.approx(positive.sum(), abs=1e-6)


def test_right_probabilities_are_found_right():
    slopes, larges = [], []
    for seed in range(60):
        positive, score = right_probabilities(300, seed)
        found = recalibration(positive, score, 0.95)
        slope, large = found["calibration_slope"], found["calibration_in_the_large"]
        slopes.append(slope.low <= 1 <= slope.high)
        larges.append(large.low <= 0 <= large.high)
    assert np.mean(slopes) > 0.85
    assert np.mean(larges) > 0.85


def test_too_extreme_probabilities_have_a_slope_below_one():
    positive, score = right_probabilities(2000)
    logit = 2 * np.log(score / (1 - score))
    found = recalibration(positive, 1 / (1 + np.exp(-logit)), 0.95)["calibration_slope"]
    assert found.value == pytest.approx(0.5, abs=0.08)
    assert found.high < 1


def test_probabilities_of_zero_and_one_do_not_break_it():
    positive, score = right_probabilities(100)
    score[np.flatnonzero(positive)[0]] = 0.0
    score[np.flatnonzero(~positive)[0]] = 1.0
    assert recalibration(positive, score, 0.95)["calibration_slope"].defined


@pytest.mark.parametrize(
    ("positive", "score", "why"),
    [
        ([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1], "perfectly separated"),
        ([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9], "perfectly separated"),
        ([1, 1, 0, 0], [0.3, 0.3, 0.3, 0.3], "all cases have the same probability"),
        ([0, 0, 0], [0.1, 0.2, 0.3], "0 necrosis cases"),
    ],
)
def test_what_is_not_defined_is_stated(positive, score, why):
    found = recalibration(np.array(positive, dtype=bool), np.array(score), 0.95)
    assert found["calibration_slope"].note.startswith("not defined:")
    assert why in found["calibration_slope"].note


def test_calibration_error_by_hand():
    # Bins {0.1, 0.2} and {0.6, 0.7}, one necrosis each: |0.3 - 1| and |1.3 - 1| over 4 cases.
    score = np.array([0.6, 0.1, 0.7, 0.2])
    positive = np.array([True, True, False, False])
    assert calibration_error(score, positive, 2) == pytest.approx((0.7 + 0.3) / 4)


def test_calibration_error_does_not_depend_on_the_order_of_ties():
    # A constant and right prediction: the one bin's error is the difference of the means.
    positive = np.arange(40) < 8
    assert calibration_error(np.full(40, 0.2), positive, 5) == pytest.approx(0)
    score = np.repeat([0.1, 0.2, 0.4], [11, 17, 12])
    rng = np.random.default_rng(1)
    truth = rng.random(40) < score
    found = set()
    for _ in range(20):
        order = rng.permutation(40)
        found.add(round(float(calibration_error(score[order], truth[order], 5)), 12))
    assert len(found) == 1


def test_calibration_in_the_large_is_rs_glm():
    # R 4.2: glm(lab ~ 1, offset = qlogis(p), family = binomial): -0.1866093625, SE 0.6030845767.
    p = np.array(
        [0.9, 0.8, 0.35, 0.6, 0.7, 0.2, 0.1, 0.3, 0.4, 0.15, 0.5, 0.65, 0.05, 0.25, 0.45, 0.12]
    )
    found = recalibration(np.arange(16) < 6, p, 0.95)["calibration_in_the_large"]
    assert found.value == pytest.approx(-0.1866093625, abs=1e-8)
    assert found.high - found.value == pytest.approx(1.959963985 * 0.6030845767, abs=1e-7)


def test_saturated_probabilities_are_solved_and_counted():
    score = np.r_[np.ones(6), np.zeros(20), [1.0]]
    positive = np.arange(27) < 6
    found = recalibration(positive, score, 0.95)["calibration_in_the_large"]
    assert abs(found.value) < 20
    assert "27 saturated probabilities" in found.method
    clipped = np.clip(score, 1e-6, 1 - 1e-6)
    logit = np.log(clipped / (1 - clipped)) + found.value
    assert (1 / (1 + np.exp(-logit))).sum() == pytest.approx(6, abs=1e-6)


def test_calibration_error_lies_in_its_range_when_probabilities_are_right():
    inside = []
    for seed in range(100):
        found = error_of(*right_probabilities(58, seed))
        inside.append(found.low <= found.value <= found.high)
    assert np.mean(inside) > 0.88


def test_calibration_error_leaves_its_range_when_probabilities_are_wrong():
    positive, score = right_probabilities(300)
    found = error_of(positive, np.sqrt(score))
    assert found.value > found.high


def test_smooth_is_statsmodels_lowess():
    positive, score = right_probabilities(90)
    grid = np.linspace(score.min(), score.max(), 15)
    drawn = np.random.default_rng(3).integers(90, size=90)
    for members in (np.arange(90), drawn):
        peer = lowess(positive[members].astype(float), score[members], frac=0.75, it=0, xvals=grid)
        counts = np.bincount(members, minlength=90)[None]
        found = smooth(score, positive, counts, grid)[0]
        np.testing.assert_allclose(found, np.clip(peer, 0, 1), atol=1e-9)


def test_curve_follows_right_probabilities():
    positive, score = right_probabilities(3000)
    found = calibration_curve(
        positive, score, np.arange(3000), confidence=0.95, repeats=100, seed=1
    )
    middle = found[found["predicted"].between(0.05, 0.7)]
    assert (middle["observed"] - middle["predicted"]).abs().max() < 0.06
    assert (found["low"] <= found["high"]).all()


def test_no_curve_of_one_class_or_one_score():
    nothing = calibration_curve(
        np.zeros(20, bool),
        np.linspace(0, 1, 20),
        np.arange(20),
        confidence=0.95,
        repeats=100,
        seed=1,
    )
    assert nothing.empty
    one = np.arange(20) < 5
    nothing = calibration_curve(
        one, np.full(20, 0.3), np.arange(20), confidence=0.95, repeats=100, seed=1
    )
    assert nothing.empty
