"""The bootstrap against closed forms and against resampling by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from radnec.evaluate.measures.auc import delong_covariance
from radnec.evaluate.measures.bootstrap import (
    bca_interval,
    mean_interval,
    percentile_limits,
    times_drawn,
    times_drawn_in_class,
    weighted_auc,
)

RNG = np.random.default_rng(4)
POSITIVES, NEGATIVES = RNG.normal(1, 1, 40), RNG.normal(0, 1, 160)


def interval(positives, negatives, seed=1, repeats=2000, copies=1, patients=None):
    positive = np.r_[np.ones(len(positives), bool), np.zeros(len(negatives), bool)]
    score = np.r_[positives, negatives].astype(float)
    own = np.arange(len(score)) if patients is None else patients
    return bca_interval(
        weighted_auc,
        np.tile(positive, copies),
        np.tile(score, copies),
        np.tile(own, copies),
        confidence=0.95,
        repeats=repeats,
        seed=seed,
    )


def test_auc_of_weighted_cases_is_scikit_learns_with_ties():
    rng = np.random.default_rng(1)
    positive, score = rng.permutation(np.arange(29) < 9), rng.integers(0, 5, 29)
    times = rng.integers(0, 4, (7, 29))
    expected = [roc_auc_score(positive, score, sample_weight=row) for row in times]
    np.testing.assert_allclose(weighted_auc(times, positive, score), expected)


def test_bca_is_scipys_where_every_case_is_a_patient():
    """The same draws, all pairs of each compared."""

    def by_hand(first, second, axis=-1):
        wins = first[..., :, None] > second[..., None, :]
        return wins.sum((-1, -2)) / (first.shape[-1] * second.shape[-1])

    few, more = POSITIVES[:9], NEGATIVES[:20]
    # Groups are drawn in the order of their size.
    expected = stats.bootstrap(
        (few, more), by_hand, n_resamples=300, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    found = interval(few, more, repeats=300)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_copies_of_a_patients_case_add_nothing():
    once, twice = interval(POSITIVES, NEGATIVES), interval(POSITIVES, NEGATIVES, copies=2)
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high), abs=1e-9)
    alone = interval(POSITIVES, NEGATIVES, copies=2, patients=np.arange(200))
    cases = bca_interval(
        weighted_auc,
        np.r_[np.ones(80, bool), np.zeros(320, bool)],
        np.r_[POSITIVES, POSITIVES, NEGATIVES, NEGATIVES],
        np.arange(400),
        confidence=0.95,
        repeats=2000,
        seed=1,
    )
    # As independent cases, they would narrow it by the root of two.
    assert (cases.high - cases.low) < 0.8 * (alone.high - alone.low)


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
    drawn = times_drawn_in_class(positive, np.arange(7), 500, seed=3)
    assert (drawn[:, positive].sum(axis=1) == 3).all()
    assert (drawn[:, ~positive].sum(axis=1) == 4).all()
    # Each case about equally often.
    np.testing.assert_allclose(drawn.mean(axis=0), 1, atol=0.15)


def test_a_patient_with_both_classes_is_drawn_whole():
    positive = np.array([True, False, True, False, False, True, False, True])
    patients = np.array(["a", "a", "b", "c", "c", "d", "e", "d"])
    drawn = times_drawn_in_class(positive, patients, 300, seed=3)
    for name in "abcde":
        mine = drawn[:, patients == name]
        assert (mine == mine[:, :1]).all()
    assert (drawn[:, 0] > 1).any()


def test_percentile_limits():
    samples = np.arange(101.0)[:, None] * np.array([1.0, 2.0])
    low, high = percentile_limits(samples, 0.9)
    np.testing.assert_allclose(low, [5, 10])
    np.testing.assert_allclose(high, [95, 190])
