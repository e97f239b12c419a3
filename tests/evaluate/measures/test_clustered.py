"""Several cases of one patient: against the sums written out, DeLong's, and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from radnec.evaluate.measures.auc import delong_covariance, delong_interval
from radnec.evaluate.measures.auc_interval import CLUSTERED, UNION, recommended_interval
from radnec.evaluate.measures.clustered import (
    clustered_covariance,
    design_effect,
    permutation_by_patient,
)
from radnec.evaluate.measures.intervals import proportion

# An AUC of 0.80.
SHIFT = math.sqrt(2) * stats.norm.ppf(0.8)
POSITIVE = np.r_[np.ones(6, bool), np.zeros(10, bool)]
SCORES = np.array(
    [
        [0.9, 0.8, 0.35, 0.6, 0.7, 0.2, 0.1, 0.3, 0.4, 0.15, 0.5, 0.65, 0.05, 0.25, 0.45, 0.12],
        [0.7, 0.6, 0.5, 0.9, 0.3, 0.4, 0.2, 0.1, 0.35, 0.45, 0.8, 0.05, 0.15, 0.55, 0.25, 0.65],
    ]
)


def two_visits(rng, patients=(9, 49), icc=0.8, shift=SHIFT):
    """Scores of two visits a patient that share a part of the variance."""
    names = np.repeat(np.arange(sum(patients)), 2)
    positive = names < patients[0]
    shared = rng.normal(size=sum(patients))[names]
    score = math.sqrt(icc) * shared + math.sqrt(1 - icc) * rng.normal(size=len(names))
    return positive, score + shift * positive, names


def test_delong_is_r_pROCs():
    # R, pROC 1.18: auc, var and cov of the two curves.
    areas, covariance = delong_covariance(POSITIVE, SCORES)
    np.testing.assert_allclose(areas, [0.81666666667, 0.75], atol=1e-10)
    np.testing.assert_allclose(
        covariance,
        [[0.01430864198, 0.00237037037], [0.00237037037, 0.01586419753]],
        atol=1e-10,
    )


def test_one_case_a_patient_is_delong():
    found = clustered_covariance(POSITIVE, SCORES, np.arange(16))
    for one, other in zip(found, delong_covariance(POSITIVE, SCORES), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-14)


def test_obuchowskis_sums_written_out():
    # Patients with one, two or three cases; the second and third have both labels.
    patients = np.array([0, 0, 1, 2, 2, 3, 1, 2, 4, 4, 5, 6, 7, 7, 7, 8])
    score = SCORES[0]
    x, y = score[POSITIVE], score[~POSITIVE]
    m, n = len(x), len(y)
    wins = (x[:, None] > y).astype(float) + 0.5 * (x[:, None] == y)
    auc, v10, v01 = wins.mean(), wins.mean(1), wins.mean(0)
    s10 = s01 = s11 = 0.0
    for name in range(9):
        inside, other = patients[POSITIVE] == name, patients[~POSITIVE] == name
        first = v10[inside].sum() - inside.sum() * auc
        second = v01[other].sum() - other.sum() * auc
        s10, s01, s11 = s10 + first**2, s01 + second**2, s11 + first * second
    with10, with01 = len(set(patients[POSITIVE])), len(set(patients[~POSITIVE]))
    expected = s10 * with10 / ((with10 - 1) * m) / m + s01 * with01 / ((with01 - 1) * n) / n
    expected += 2 * s11 * 9 / 8 / (m * n)
    assert clustered_covariance(POSITIVE, score[None], patients)[1][0, 0] == pytest.approx(expected)


def test_interval_of_two_visits_covers():
    rng = np.random.default_rng(3)
    ours, cases = [], []
    for _ in range(300):
        positive, score, patients = two_visits(rng)
        for found, interval in (
            (ours, recommended_interval(positive, score, patients, 0.95)),
            (cases, delong_interval(positive, score, 0.95)),
        ):
            found.append(interval.low <= 0.8 <= interval.high)
    # 300 data sets: standard error 0.013.
    assert np.mean(ours) > 0.91
    assert np.mean(cases) < 0.90


def test_permutation_of_patients_keeps_its_level():
    rng = np.random.default_rng(4)
    found = []
    for seed in range(300):
        positive, score, patients = two_visits(rng, shift=0)
        found.append(permutation_by_patient(positive, score, patients, repeats=100, seed=seed)[0])
    assert np.mean(np.array(found) <= 0.05) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)


def test_the_wider_of_two_intervals_is_named():
    assert recommended_interval(POSITIVE, SCORES[0], np.arange(16), 0.95).method == UNION
    patients = np.repeat(np.arange(8), 2)
    found = recommended_interval(POSITIVE, SCORES[0], patients, 0.95)
    assert found.method == CLUSTERED
    assert (
        "1 patient with necrosis"
        in recommended_interval(
            POSITIVE, SCORES[0], np.where(POSITIVE, 0, np.arange(16)), 0.95
        ).note
    )


def test_design_effect_of_copies_and_of_a_cluster_sample_by_hand():
    rng = np.random.default_rng(1)
    once = rng.random(60) < 0.8
    copies = design_effect(np.tile(once, 3), np.tile(np.arange(60), 3))
    assert copies == pytest.approx(3 * 60 / 59)
    assert design_effect(once, np.arange(60)) == 1
    # Patients a (1, 1), b (0), c (1, 0): mean 0.6, residual sums 0.8, -0.6, -0.2.
    by_hand = (0.64 + 0.36 + 0.04) * 3 / 2 / 25 / (0.24 / 5)
    found = design_effect(np.array([1, 1, 0, 1, 0]), np.array(list("aabcc")))
    assert found == pytest.approx(max(1, by_hand))


def test_wilson_of_two_visits_covers():
    rng, inside, cases = np.random.default_rng(6), [], []
    patients = np.repeat(np.arange(49), 2)
    for _ in range(400):
        liability = math.sqrt(0.8) * rng.normal(size=49)[patients]
        right = liability + math.sqrt(0.2) * rng.normal(size=98) < stats.norm.ppf(0.8)
        for found, effect in ((inside, design_effect(right, patients)), (cases, 1.0)):
            one = proportion(int(right.sum()), 98, "wilson", 0.95, effect)
            found.append(one.low <= 0.8 <= one.high)
    # 400 data sets: standard error 0.011.
    assert np.mean(inside) > 0.92
    assert np.mean(cases) < 0.92
