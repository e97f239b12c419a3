"""Variance for networks trained anew: by hand, at its bounds, and what it holds in simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from evaluate_helpers import rows
from scipy import stats

from radnec.evaluate.comparisons.compare import compare_aucs
from radnec.evaluate.measures.auc import delong_covariance
from radnec.evaluate.measures.auc_interval import recommended_interval
from radnec.evaluate.measures.clustered import permutation_by_patient
from radnec.evaluate.models.predictions import pool
from radnec.evaluate.models.retraining import retraining_inflation

M, N, FOLDS = 9, 49, 5
POSITIVE = np.arange(M + N) < M


def test_by_hand():
    # Ranks 1 2 3 4 5 6 and 1 3 2 4 5 6: two cases change by one rank, variance 1/2 of each, mean
    # over the six 1/6. Within the classes: of (1, 2, 3) and (1, 3, 2) 1, of (4, 5, 6) 1.
    first = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    second = np.array([0.1, 0.3, 0.2, 0.4, 0.5, 0.6])
    positive = np.array([False] * 3 + [True] * 3)
    found = retraining_inflation(np.stack([first, second]), positive, 5)
    assert found == pytest.approx(1 + 1.5 * 5 / 6)


def test_between_one_and_the_correction_of_nadeau_and_bengio():
    rng = np.random.default_rng(1)
    scores = rng.random((1, M + N))
    assert retraining_inflation(np.repeat(scores, 3, axis=0), POSITIVE, FOLDS) == 1
    assert retraining_inflation(scores, POSITIVE, FOLDS) == 1 + FOLDS / (FOLDS - 1)
    unrelated = rng.random((2, M + N))
    assert retraining_inflation(unrelated, POSITIVE, FOLDS) == 1 + FOLDS / (FOLDS - 1)
    assert retraining_inflation(np.full((2, M + N), 0.5), POSITIVE, FOLDS) == 2.25


def test_only_repeats_count_not_the_unit_of_the_scores():
    scores = np.random.default_rng(2).normal(size=(3, M + N)) * 0.1 + np.linspace(0, 3, M + N)
    once = retraining_inflation(scores, POSITIVE, FOLDS)
    assert 1 < once < 2.25
    assert retraining_inflation(np.exp(scores), POSITIVE, FOLDS) == pytest.approx(once)


def test_pooled_predictions_carry_it():
    labels = ["necrosis"] * 6 + ["recurrence"] * 14
    one = rows(labels, np.linspace(0.9, 0.1, 20))
    assert pool(one).inflation == 1
    order = np.random.default_rng(3).permutation(20)
    parts = []
    for repeat in range(2):
        for fold in range(2):
            members = order[fold::2] if repeat else np.arange(20)[fold::2]
            parts.append(one.iloc[members].assign(fold=f"r{repeat}f{fold}"))
    assert pool(pd.concat(parts)).inflation == 1
    assert pool(pd.concat(parts[:2])).inflation == 3


def test_an_inflated_variance_is_an_inflated_variance():
    rng = np.random.default_rng(4)
    # So many cases that Newcombe's interval is inside DeLong's: negatives spread less.
    positive = np.arange(800) < 400
    score = rng.normal(size=800) * np.where(positive, 2.0, 1.0) + 2 * positive
    plain, wide = (
        recommended_interval(positive, score, np.arange(800), 0.95, inflation)
        for inflation in (1.0, 4.0)
    )
    width = [np.diff(stats.logistic.ppf([e.low, e.high]))[0] for e in (plain, wide)]
    assert width[1] == pytest.approx(2 * width[0])
    assert "times 4.00" in wide.method
    other = score + rng.normal(size=800)
    z = [
        compare_aucs(positive, score, other, 0.95, np.arange(800), inflation).z
        for inflation in (1.0, 4.0)
    ]
    assert z[1] == pytest.approx(z[0] / 2)


def cross_validated(rng, features, gain, repeats=2):
    """Scores of two linear models of as many features each, trained in every fold."""
    scores, folds = np.empty((2, repeats, M + N)), np.empty(M + N, int)
    x = rng.normal(size=(2, M + N, features))
    x[:, :, :4] += gain * POSITIVE[:, None]
    for repeat in range(repeats):
        for members in (np.flatnonzero(POSITIVE), np.flatnonzero(~POSITIVE)):
            folds[rng.permutation(members)] = np.arange(len(members)) % FOLDS
        for fold in range(FOLDS):
            train, test = folds != fold, folds == fold
            for model in range(2):
                means = [x[model, train & of].mean(axis=0) for of in (POSITIVE, ~POSITIVE)]
                weights = means[0] - means[1]
                scores[model, repeat, test] = x[model, test] @ weights / np.linalg.norm(weights)
    return scores


def test_equal_models_of_a_cross_validation_differ_in_five_percent():
    rng, ours, plain = np.random.default_rng(5), [], []
    patients = np.arange(M + N)
    for _ in range(300):
        scores = cross_validated(rng, 10, 0.6)
        factor = max(retraining_inflation(s, POSITIVE, FOLDS) for s in scores)
        one, two = scores.mean(axis=1)
        ours.append(compare_aucs(POSITIVE, one, two, 0.95, patients, factor).p <= 0.05)
        plain.append(compare_aucs(POSITIVE, one, two, 0.95).p <= 0.05)
    # 300 data sets: standard error 0.013.
    assert np.mean(ours) < 0.05 + 3 * 0.013
    assert np.mean(plain) > 0.10


def test_blind_models_of_a_cross_validation_are_better_than_chance_in_five_percent():
    rng, ours, plain = np.random.default_rng(6), [], []
    options = {"patients": np.arange(M + N), "repeats": 99}
    for seed in range(200):
        scores = cross_validated(rng, 10, 0.0)[0]
        factor = retraining_inflation(scores, POSITIVE, FOLDS)
        for kept, inflation in ((ours, factor), (plain, 1.0)):
            p = permutation_by_patient(
                POSITIVE, scores.mean(axis=0), seed=seed, inflation=inflation, **options
            )
            kept.append(p[0] <= 0.05)
    assert np.mean(ours) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)
    assert np.mean(plain) > np.mean(ours)


def test_variance_of_a_cross_validated_auc_exceeds_delongs_by_about_the_factor():
    rng = np.random.default_rng(7)
    areas, variances, factors = [], [], []
    for _ in range(300):
        scores = cross_validated(rng, 30, 0.6)[0]
        found = delong_covariance(POSITIVE, scores.mean(axis=0)[None])
        areas.append(found[0][0])
        variances.append(found[1][0, 0])
        factors.append(retraining_inflation(scores, POSITIVE, FOLDS))
    ratio = np.var(areas, ddof=1) / np.mean(variances)
    # Relative standard error of a variance of 300: 0.08; seen on 400 others: 1.73 to 1.97.
    assert ratio > 1.4
    assert np.median(factors) > ratio * 0.9
