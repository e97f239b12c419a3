"""Registrations of heads whose movement is known."""

from __future__ import annotations

import numpy as np
import pytest
from heads import brain_on, movement, scan, target_error

from radnec.preprocess.itk import load_ants
from radnec.preprocess.rigid import _score, find_movement, prepare, search_movement


@pytest.fixture(scope="module")
def reference():
    data, affine = scan("t1ce", shape=(110, 126, 28), zooms=(1.9, 1.9, 5.5))
    return (data, affine), prepare(data, affine), brain_on(affine, data.shape)


@pytest.mark.parametrize(
    ("name", "turn", "shift"),
    [
        ("t1", [2.0, -3.0, 1.0], [1.0, 2.0, -3.0]),
        ("t2", [12.0, 8.0, -13.0], [8.0, -6.0, 5.0]),
        ("flair", [0.0, 20.0, 0.0], [-15.0, 12.0, 15.0]),
        ("t1", [-20.0, 0.0, 0.0], [0.0, 25.0, 0.0]),
    ],
)
def test_known_movement_is_found(reference, name, turn, shift):
    (_, affine), prepared, brain = reference
    moved = movement(turn, shift)
    # Another grid, flipped along x, so that nothing hangs on equal voxels.
    moving = scan(name, moved, seed=3, shape=(96, 112, 26), flip=(-1, 1, 1))
    found = find_movement(load_ants(1), prepared, prepare(*moving))
    mean, largest = target_error(found.movement, moved, brain, affine)
    assert mean < 0.4
    assert largest < 0.8
    assert found.similarity_after > found.similarity_before
    assert found.distinctness > 2


def test_heads_far_apart_and_half_covered(reference):
    # Another session: scanner frames 80 mm apart, and a field that ends above the ears.
    (_, affine), prepared, brain = reference
    moved = movement([5.0, 0.0, 8.0], [0.0, 0.0, 80.0])
    data, own = scan("t2", moved, seed=4, shape=(96, 112, 40), centre=np.array([0, -20, -70.0]))
    found = find_movement(load_ants(1), prepared, prepare(data[:, :, 16:], own @ _lift(16)))
    assert target_error(found.movement, moved, brain, affine)[0] < 0.6
    assert 0.4 < found.overlap < 0.95


def test_the_search_alone_comes_close(reference):
    image, _, brain = reference
    moved = movement([10.0, -8.0, 0.0], [10.0, 0.0, -12.0])
    found = search_movement(load_ants(1), image, scan("t1", moved, seed=5))
    assert target_error(found, moved, brain, image[1])[0] < 3


def _lift(slices):
    step = np.eye(4)
    step[2, 3] = slices
    return step


def test_coverage_does_not_make_up_for_information():
    # A T1 down to the neck and a slab of 84 mm of one session (UIH, real images): similarity and
    # coverage where the scanner put it, and 43 mm beside, where it was put before.
    assert _score(1.0307, 0.396) > _score(1.0059, 0.44)
