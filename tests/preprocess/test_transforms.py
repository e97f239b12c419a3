"""Movements: files that ANTs and ITK read, and sizes known by construction."""

from __future__ import annotations

import numpy as np
import pytest
from heads import movement

from radnec.preprocess.itk import load_ants
from radnec.preprocess.transforms import (
    centre_of_field,
    centre_of_mass,
    displacement,
    read_movement,
    rigid_movement,
    rotation_angle,
    write_movement,
)

MOVED = movement([10.0, -5.0, 3.0], [4.0, -7.0, 2.5])
POINTS = np.array([[0.0, 0.0, 0.0], [30.0, -40.0, 50.0], [-61.0, 12.0, -3.0]])


def test_ants_moves_points_as_the_matrix_does(tmp_path):
    write_movement(tmp_path / "t2.mat", MOVED)
    transform = load_ants(1).read_transform(str(tmp_path / "t2.mat"))
    for point in POINTS:
        lps = np.array(transform.apply_to_point((point * [-1, -1, 1]).tolist()))
        np.testing.assert_allclose(lps * [-1, -1, 1], (MOVED @ [*point, 1])[:3], atol=1e-5)


def test_reads_what_ants_writes_with_a_centre(tmp_path):
    ants = load_ants(1)
    turn = movement([0.0, 0.0, 20.0], [0.0, 0.0, 0.0])[:3, :3]
    transform = ants.create_ants_transform(
        transform_type="AffineTransform",
        matrix=turn,
        center=[10.0, 20.0, -30.0],
        translation=[1.0, 2.0, 3.0],
        precision="double",
    )
    ants.write_transform(transform, str(tmp_path / "a.mat"))
    found = read_movement(tmp_path / "a.mat")
    for point in POINTS:
        lps = np.array(transform.apply_to_point((point * [-1, -1, 1]).tolist()))
        np.testing.assert_allclose((found @ [*point, 1])[:3], lps * [-1, -1, 1], atol=1e-5)


def test_round_trip_and_same_bytes(tmp_path):
    for name in ("a.mat", "b.mat"):
        write_movement(tmp_path / name, MOVED)
    np.testing.assert_allclose(read_movement(tmp_path / "a.mat"), MOVED, atol=1e-12)
    assert (tmp_path / "a.mat").read_bytes() == (tmp_path / "b.mat").read_bytes()


def test_sizes_of_a_movement():
    centre = np.array([5.0, -3.0, 8.0])
    turned = rigid_movement([0.0, 17.0, 0.0], [3.0, 0.0, 4.0], centre)
    assert rotation_angle(turned) == pytest.approx(17.0)
    assert displacement(turned, centre) == pytest.approx(5.0)


def test_centres_in_millimetres():
    data = np.zeros((5, 6, 7), dtype=np.float32)
    data[1, 2, 3] = 1.0
    data[3, 2, 3] = 3.0
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    affine[:3, 3] = [10.0, 20.0, 30.0]
    np.testing.assert_allclose(centre_of_mass(data, affine), [10 + 2 * 2.5, 26.0, 42.0])
    np.testing.assert_allclose(centre_of_field(data.shape, affine), [14.0, 27.5, 42.0])
