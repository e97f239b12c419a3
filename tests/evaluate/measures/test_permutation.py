"""The permutation test against full enumeration and under the null."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from radnec.evaluate.measures.auc import area
from radnec.evaluate.measures.permutation import auc_p_value


def test_against_full_enumeration_with_ties():
    positive = np.array([True, False, True, False, False, True, False])
    score = np.array([0.9, 0.3, 0.6, 0.6, 0.1, 0.7, 0.8])
    observed = area(positive, score)
    reached = 0
    every = list(itertools.combinations(range(7), 3))
    for chosen in every:
        labels = np.isin(np.arange(7), chosen)
        reached += area(labels, score) >= observed - 1e-12
    # 35 labellings: scipy enumerates them all.
    p, how, note = auc_p_value(positive, score, repeats=2000, seed=1)
    assert how == "all 35 permutations, one-sided"
    assert p == pytest.approx(reached / len(every))
    assert note == ""


def test_level_under_the_null():
    rng = np.random.default_rng(8)
    positive = np.r_[np.ones(9, bool), np.zeros(49, bool)]
    found = [auc_p_value(positive, rng.random(58), repeats=200, seed=k)[0] for k in range(300)]
    # 0.05 of 300 with three binomial standard errors.
    assert np.mean(np.array(found) <= 0.05) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)
    assert 0.4 < np.mean(found) < 0.6


def test_never_zero():
    positive = np.r_[np.ones(20, bool), np.zeros(20, bool)]
    p, how, _ = auc_p_value(positive, positive.astype(float), repeats=200, seed=1)
    assert how == "200 permutations, one-sided"
    assert p == pytest.approx(1 / 201)


def test_constant_scores_and_one_class():
    positive = np.r_[np.ones(5, bool), np.zeros(9, bool)]
    assert auc_p_value(positive, np.full(14, 0.5), repeats=200, seed=1)[0] == 1.0
    p, _, note = auc_p_value(np.ones(4, bool), np.arange(4.0), repeats=200, seed=1)
    assert math.isnan(p)
    assert note == "not defined: 0 recurrence cases, at least 2 needed"
