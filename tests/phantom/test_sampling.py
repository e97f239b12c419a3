"""Sampling against scipy and against the affines it promises."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from radnec.phantom.sampling import Deformation, Geometry, Sampler, trilinear

NOT_DEFORMED = Deformation(np.full(3, -200.0), 100.0, np.zeros((3, 5, 5, 5)))


def upright(slices: int = 12, spacing: float = 4.0, turn: float = 0.0) -> Geometry:
    axes = Rotation.from_euler("x", turn, degrees=True).as_matrix() @ np.diag([-1.0, -1.0, 1.0])
    return Geometry(axes, np.array([1.0, -2.0, 3.0]), 2.0, 24, 20, spacing, slices)


def testtrilinear_agrees_with_scipy() -> None:
    rng = np.random.default_rng(1)
    volume = rng.random((7, 8, 9), dtype=np.float32)
    points = rng.uniform(-2, 10, size=(3, 50, 40)).astype(np.float32)
    expected = ndimage.map_coordinates(volume, points, order=1, mode="nearest")
    # The last voxel of an axis is reached to a thousandth.
    assert np.allclose(trilinear(volume, points.copy()), expected, atol=3e-3)


def test_affine_places_voxels_where_they_are_sampled() -> None:
    # A volume whose value is its own position: sampling must return the world coordinate
    # that the affine of the series promises, brought through the known transform.
    geometry = upright(turn=9.0)
    to_template = np.eye(4)
    to_template[:3, :3] = Rotation.from_euler("zyx", [7, -4, 3], degrees=True).as_matrix()
    to_template[:3, 3] = [3, -5, 2]
    sampler = Sampler(geometry, to_template, NOT_DEFORMED, np.full(3, -60.0))
    ijk = np.stack(np.meshgrid(*map(np.arange, (24, 20, 12)), indexing="ij")).reshape(3, -1)
    world = to_template @ geometry.affine @ np.vstack([ijk, np.ones(ijk.shape[1])])
    for axis in range(3):
        ramp = np.arange(121, dtype=np.float32) - 60
        volume = np.empty((121, 121, 121), dtype=np.float32)
        volume[:] = ramp.reshape([-1 if a == axis else 1 for a in range(3)])
        sampled = sampler.slices(volume + 1000, 24, 3.0) - 1000
        assert np.allclose(sampled.transpose(2, 1, 0).ravel(), world[axis], atol=2e-3)


def test_deformation_is_applied_between_its_nodes() -> None:
    rng = np.random.default_rng(3)
    deformation = Deformation(np.full(3, -150.0), 50.0, 3 * rng.standard_normal((3, 7, 7, 7)))
    geometry = upright()
    sampler = Sampler(geometry, np.eye(4), deformation, np.full(3, -60.0))
    voxel = (5, 13, 4)
    world = (geometry.affine @ [*voxel, 1])[:3]
    expected = (world + deformation(world[:, None])[:, 0])[0]
    ramp = np.broadcast_to(np.arange(121, dtype=np.float32)[:, None, None], (121,) * 3)
    sampled = sampler.slices(np.ascontiguousarray(ramp) + 1, 24, 0.01) - 1
    assert sampled[voxel[2], voxel[1], voxel[0]] - 60 == pytest.approx(expected, abs=0.02)


def test_slice_thickness_mixes_what_it_covers() -> None:
    # A slab 2 mm thick inside a slice of 6 mm fills a third of it, whatever lies in the gap.
    volume = np.zeros((121, 121, 121), dtype=np.float32)
    volume[:, :, 60:62] = 1.0
    geometry = Geometry(np.diag([-1.0, -1.0, 1.0]), np.array([0.0, 0.0, 0.5]), 2.0, 24, 20, 8.0, 5)
    image = Sampler(geometry, np.eye(4), NOT_DEFORMED, np.full(3, -60.0)).slices(volume, 24, 6.0)
    assert image[2].mean() == pytest.approx(1 / 3, abs=0.01)
    assert image[1].max() == 0
