from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radnec.comparators.selection import FewFeatures, intraclass_correlation, stable_features


def test_published_example():
    """Shrout and Fleiss 1979, table 2: six targets, four judges; table 4: ICC(1,1) = .17."""
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    assert intraclass_correlation(np.array(ratings, dtype=float)) == pytest.approx(0.17, abs=0.005)


def test_a_case_with_a_gap_is_left_out():
    ratings = np.array([[1.0, 1.1], [2.0, 2.1], [3.0, 2.9]])
    gap = np.vstack([ratings, [9.0, np.nan]])
    assert intraclass_correlation(gap) == intraclass_correlation(ratings)
    assert np.isnan(intraclass_correlation(ratings[:1]))
    assert np.isnan(intraclass_correlation(np.ones((3, 2))))


def table(columns, perturbations=(-2.0, 0.0, 2.0)):
    rng = np.random.default_rng(0)
    cases = [f"C{k}" for k in range(20)]
    index = pd.MultiIndex.from_product([cases, perturbations], names=["case", "perturbation"])
    truth = np.repeat(rng.normal(size=20), len(perturbations))
    noise = {name: truth + sd * rng.normal(size=len(index)) for name, sd in columns.items()}
    return pd.DataFrame(noise, index=index)


def test_what_depends_on_the_outline_goes():
    features = table({"steady": 0.05, "shaky": 3.0})
    assert stable_features(features, 0.75) == ["steady"]
    assert stable_features(features, 0.0) == ["steady", "shaky"]


def test_with_one_outline_nothing_is_known_to_be_unstable():
    assert stable_features(table({"shaky": 3.0}, (0.0,)), 0.75) == ["shaky"]


def test_the_best_come_first_and_twins_go():
    rng = np.random.default_rng(1)
    target = np.arange(60) % 2
    strong = target + 0.3 * rng.normal(size=60)
    weak = target + 1.5 * rng.normal(size=60)
    features = np.stack([rng.normal(size=60), weak, strong, np.exp(strong), np.ones(60)], axis=1)
    few = FewFeatures(most=2, correlation=0.9).fit(features, target)
    # exp keeps the ranks: Spearman's correlation of the twins is 1. The first of both is kept.
    assert few.kept_ == [2, 1]
    assert few.transform(features).shape == (60, 2)
