"""The bootstrap against closed forms and against resampling by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from radnec.evaluate.measures.auc import delong_covariance
from radnec.evaluate.measures.bootstrap import (
    auc_of_samples,
    bca_interval,
    mean_interval,
    percentile_limits,
    stratified_indices,
    times_drawn,
)

RNG = np.random.default_rng(4)
POSITIVES, NEGATIVES = RNG.normal(1, 1, 40), RNG.normal(0, 1, 160)


def interval(positives, negatives, seed=1, repeats=2000):
    return bca_interval(
        auc_of_samples, positives, negatives, confidence=0.95, repeats=repeats, seed=seed
    )


def test_auc_of_samples_is_scikit_learns_with_ties():
    rng = np.random.default_rng(1)
    first, second = rng.integers(0, 5, (7, 9)), rng.integers(0, 5, (7, 20))
    labels = np.r_[np.ones(9), np.zeros(20)]
    expected = [roc_auc_score(labels, np.r_[a, b]) for a, b in zip(first, second, strict=True)]
    np.testing.assert_allclose(auc_of_samples(first, second), expected)


def test_bca_agrees_with_delong_where_there_are_many_cases():
    found = interval(POSITIVES, NEGATIVES)
    positive = np.r_[np.ones(40, bool), np.zeros(160, bool)]
    areas, covariance = delong_covariance(positive, np.r_[POSITIVES, NEGATIVES][None])
    half = 1.96 * np.sqrt(covariance[0, 0])
    assert found.low == pytest.approx(areas[0] - half, abs=0.02)
    assert found.high == pytest.approx(areas[0] + half, abs=0.02)


def test_same_seed_same_interval():
    assert interval(POSITIVES, NEGATIVES) == interval(POSITIVES, NEGATIVES)
    assert interval(POSITIVES, NEGATIVES) != interval(POSITIVES, NEGATIVES, seed=2)


@pytest.mark.parametrize(
    ("positives", "negatives", "why"),
    [
        ([], [0.1, 0.2], "one class only"),
        ([0.9], [0.1] * 6, "1 case in the smaller class, at least 6 needed"),
        ([0.9] * 5, [0.1] * 9, "5 cases in the smaller class, at least 6 needed"),
        ([0.9] * 6, [0.1] * 6, "all resamples give the same value"),
    ],
)
def test_what_is_not_defined_is_stated(positives, negatives, why):
    found = interval(np.array(positives), np.array(negatives), repeats=200)
    assert found.note == f"not defined: {why}"


def test_brier_interval_knows_that_class_counts_vary():
    # 200 samples of 60 cases, class drawn too; the stratified bootstrap covered 0.79 to 0.86.
    rng = np.random.default_rng(5)
    large = rng.random(400_000) < 0.2
    chance = 0.25 + 0.3 * large
    truth = np.mean((chance - large) ** 2)
    inside = []
    for seed in range(200):
        positive = rng.random(60) < 0.2
        values = (0.25 + 0.3 * positive - positive) ** 2
        if 6 <= positive.sum() <= 54:
            found = mean_interval(
                values, positive, np.arange(60), confidence=0.95, repeats=400, seed=seed
            )
            inside.append(found.low <= truth <= found.high)
    assert np.mean(inside) > 0.95 - 3 * np.sqrt(0.95 * 0.05 / len(inside))


def test_brier_interval_knows_that_visits_of_one_patient_are_alike():
    # Two visits of 50 patients, errors of a patient correlated 0.9, truth 0.25.
    rng, inside = np.random.default_rng(8), {"patients": [], "cases": []}
    positive, patients = np.repeat(np.arange(50) < 15, 2), np.repeat(np.arange(50), 2)
    for seed in range(200):
        shared = np.repeat(rng.normal(size=50), 2)
        normal = np.sqrt(0.9) * shared + np.sqrt(0.1) * rng.normal(size=100)
        values = 0.25 + 0.05 * normal
        for name, units in (("patients", patients), ("cases", np.arange(100))):
            found = mean_interval(values, positive, units, confidence=0.95, repeats=300, seed=seed)
            inside[name].append(found.low <= 0.25 <= found.high)
    assert np.mean(inside["patients"]) > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 200)
    assert np.mean(inside["cases"]) < 0.9


def test_patients_are_drawn_whole():
    patients = np.array(["a", "b", "a", "c", "b", "a"])
    drawn = times_drawn(patients, 400, seed=1)
    for name in "abc":
        mine = drawn[:, patients == name]
        assert (mine == mine[:, :1]).all()
    np.testing.assert_allclose(drawn[:, [0, 1, 3]].sum(axis=1), 3)
    np.testing.assert_allclose(drawn.mean(axis=0), 1, atol=0.15)


def test_resampling_keeps_the_classes():
    positive = np.array([True, False, True, False, False, True, False])
    drawn = stratified_indices(positive, 500, seed=3)
    assert (positive[drawn].sum(axis=1) == 3).all()
    # Each case about equally often.
    frequency = np.bincount(drawn.ravel(), minlength=7) / 500
    np.testing.assert_allclose(frequency, 1, atol=0.15)


def test_percentile_limits():
    samples = np.arange(101.0)[:, None] * np.array([1.0, 2.0])
    low, high = percentile_limits(samples, 0.9)
    np.testing.assert_allclose(low, [5, 10])
    np.testing.assert_allclose(high, [95, 190])
