"""Mutual information against scikit-learn's, and heads at known places."""

from __future__ import annotations

import numpy as np
import pytest
from heads import CENTRE, movement, scan
from sklearn.metrics import mutual_info_score

from radnec.preprocess.pyramid import Level, make_levels
from radnec.preprocess.similarity import (
    compare_at,
    coverage,
    distinctness,
    normalised_mutual_information,
)


def test_agrees_with_scikit_learn():
    rng = np.random.default_rng(1)
    first = rng.normal(size=4000).astype(np.float32)
    second = (first**2 + 0.5 * rng.normal(size=4000)).astype(np.float32)

    def binned(values):
        edges = np.linspace(values.min(), values.max(), 33)
        return np.clip(np.digitize(values, edges) - 1, 0, 31)

    def entropy(labels):
        share = np.bincount(labels) / len(labels)
        return -(share[share > 0] * np.log(share[share > 0])).sum()

    shared = mutual_info_score(binned(first), binned(second))
    apart = entropy(binned(first)) + entropy(binned(second))
    expected = apart / (apart - shared)
    assert normalised_mutual_information(first, second) == pytest.approx(expected, rel=1e-4)


def test_bounds():
    values = np.random.default_rng(0).random(100_000, dtype=np.float32)
    assert normalised_mutual_information(values, 3 - 2 * values) == pytest.approx(2.0)
    other = np.random.default_rng(1).random(100_000, dtype=np.float32)
    assert normalised_mutual_information(values, other) == pytest.approx(1.0, abs=0.002)


def test_overlap_is_the_share_of_the_head_that_is_covered():
    reference = make_levels(*scan("t1ce"), 4.0, 8.0)[0]
    data, affine = scan("t1", seed=1)
    # The lower half of the slices, by the head's own voxels.
    half = make_levels(data[:, :, :13], affine, 4.0, 8.0)[0]
    edge = affine[2, 3] + 12.5 * affine[2, 2]
    height = (reference.affine[2, 2] * np.arange(reference.head.shape[2])) + reference.affine[2, 3]
    expected = reference.head[:, :, height <= edge].sum() / reference.head.sum()
    _, overlap = compare_at(reference, half, np.eye(4))
    assert overlap == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("name", ["t1", "t2", "flair"])
def test_the_right_place_stands_out(name):
    reference = make_levels(*scan("t1ce"), 4.0, 8.0)[0]
    moved = movement([6.0, -4.0, 8.0], [5.0, -9.0, 4.0])
    moving = make_levels(*scan(name, moved, seed=1), 4.0, 8.0)[0]
    right = np.linalg.inv(moved)
    wrong = right @ movement([0.0, 25.0, 10.0], [14.0, 8.0, -20.0])
    assert compare_at(reference, moving, right)[0] > compare_at(reference, moving, wrong)[0]
    assert distinctness(reference, moving, right, CENTRE) > 2
    assert distinctness(reference, moving, wrong, CENTRE) < 1.5


@pytest.mark.parametrize(
    ("slab_mm", "shift_mm", "covered"),
    [(130, 0, 1.0), (65, 0, 0.5), (130, 65, 0.5), (260, 0, 1.0)],
)
def test_the_neck_need_not_be_covered(slab_mm, shift_mm, covered):
    # A block of 260 mm with its neck, and a slab that begins at its top (shifted down by so much).
    head = np.ones((10, 10, 52), dtype=bool)
    reference = Level(head.astype(np.float32), np.diag([10.0, 10.0, 5.0, 1.0]), head)
    own = np.diag([10.0, 10.0, 5.0, 1.0])
    own[2, 3] = 260 - slab_mm
    slab = head[:, :, : slab_mm // 5]
    down = np.eye(4)
    down[2, 3] = shift_mm
    found = coverage(reference, Level(slab.astype(np.float32), own, slab), down)
    assert found == pytest.approx(covered, abs=0.05)
