"""The best of many models, by simulation with known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from radnec.evaluate.comparisons.selection import select_best
from radnec.evaluate.measures.auc import area
from radnec.evaluate.measures.auc_interval import recommended_interval

POSITIVE = np.r_[np.ones(9, bool), np.zeros(49, bool)]
PATIENTS = np.arange(58)


def scores_of(rng, truths, correlation):
    common = rng.normal(size=58)
    own = rng.normal(size=(len(truths), 58))
    shift = math.sqrt(2) * stats.norm.ppf(truths)
    mixed = math.sqrt(correlation) * common + math.sqrt(1 - correlation) * own
    return mixed + shift[:, None] * POSITIVE


def test_the_best_of_24_equal_models():
    rng = np.random.default_rng(1)
    naive, corrected, inside, together = [], [], [], []
    for seed in range(120):
        scores = scores_of(rng, np.full(24, 0.75), 0.5)
        found = select_best(POSITIVE, scores, PATIENTS, confidence=0.95, seed=seed)
        naive.append(area(POSITIVE, scores[found.best]))
        corrected.append(found.corrected.value)
        inside.append(found.corrected.low <= 0.75 <= found.corrected.high)
        limits = [recommended_interval(POSITIVE, s, PATIENTS, found.level) for s in scores]
        together.append(all(one.low <= 0.75 <= one.high for one in limits))
    assert np.mean(naive) > 0.84
    assert np.mean(corrected) == pytest.approx(0.75, abs=0.035)
    # 120 data sets: standard error 0.02.
    assert np.mean(inside) > 0.87
    assert np.mean(together) > 0.90


def test_a_model_far_ahead_keeps_its_auc():
    rng = np.random.default_rng(2)
    truths = np.r_[0.97, np.full(5, 0.6)]
    gaps = []
    for seed in range(30):
        scores = scores_of(rng, truths, 0.5)
        found = select_best(POSITIVE, scores, PATIENTS, confidence=0.95, seed=seed)
        if found.corrected.defined:
            gaps.append(area(POSITIVE, scores[found.best]) - found.corrected.value)
    assert abs(np.mean(gaps)) < 0.01


def test_level_of_independent_models_is_sidaks():
    # Independent deviations: all of k hold together at 0.95 ** (1 / k) each.
    rng = np.random.default_rng(3)
    positive = np.r_[np.ones(400, bool), np.zeros(400, bool)]
    scores = rng.normal(size=(6, 800)) + 1.2 * positive
    found = select_best(positive, scores, np.arange(800), confidence=0.95, seed=1)
    assert found.level == pytest.approx(0.95 ** (1 / 6), abs=0.0015)


def test_one_model_and_perfect_separation():
    one = scores_of(np.random.default_rng(5), np.array([0.8]), 0.5)
    alone = select_best(POSITIVE, one, PATIENTS, confidence=0.95, seed=1)
    assert (alone.level, alone.corrected.note) == (0.95, "not defined: one model")
    perfect = np.stack([POSITIVE.astype(float), one[0], one[0][::-1]])
    found = select_best(POSITIVE, perfect, PATIENTS, confidence=0.95, seed=1)
    assert found.best == 0
    assert "perfectly" in found.corrected.note
