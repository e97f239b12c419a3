"""Maps travel by world coordinates."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from radnec.core.errors import InputError
from radnec.explain.spaces import carry_map, mask_on_grid, write_map

# Normalised grid: 3 mm, shifted; reference: oblique, anisotropic, other size.
GRID = np.array([[3.0, 0, 0, -40], [0, 3, 0, -30], [0, 0, 3, -20], [0, 0, 0, 1]])


def oblique() -> np.ndarray:
    angle = np.deg2rad(12)
    turn = np.array(
        [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
    )
    affine = np.eye(4)
    affine[:3, :3] = turn @ np.diag([-1.0, 1.0, 5.0])  # stored right to left
    affine[:3, 3] = [45, -25, -30]
    return affine


def ball(
    affine: np.ndarray, shape: tuple[int, ...], centre: np.ndarray, sigma: float
) -> np.ndarray:
    index = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    world = index @ affine[:3, :3].T + affine[:3, 3]
    return np.exp(-((world - centre) ** 2).sum(-1) / (2 * sigma**2))


def test_map_lands_at_the_same_world_coordinates(tmp_path: Path) -> None:
    centre = np.array([5.0, 8.0, 4.0])
    shape, reference_shape = (28, 26, 20), (90, 80, 16)
    like, reference = tmp_path / "like.nii.gz", tmp_path / "t1ce.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros(shape, np.float32), GRID), like)
    nib.save(nib.Nifti1Image(np.zeros(reference_shape, np.int16), oblique()), reference)
    write_map(ball(GRID, shape, centre, 9.0), like, tmp_path / "map.nii.gz")
    carry_map(tmp_path / "map.nii.gz", reference, tmp_path / "carried.nii.gz")
    carried = nib.load(tmp_path / "carried.nii.gz")
    assert carried.shape == reference_shape
    np.testing.assert_allclose(carried.affine, oblique())
    expected = ball(oblique(), reference_shape, centre, 9.0)
    inside = nib.load(like).shape
    assert inside == shape
    near = expected > 0.3
    assert np.abs(carried.get_fdata()[near] - expected[near]).max() < 0.05


def test_same_map_same_bytes(tmp_path: Path) -> None:
    like = tmp_path / "like.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros((4, 5, 6), np.float32), GRID), like)
    volume = np.random.default_rng(0).random((4, 5, 6))
    for folder in ("a", "b"):
        write_map(volume, like, tmp_path / folder / "case.nii.gz")
        carry_map(tmp_path / folder / "case.nii.gz", like, tmp_path / folder / "carried.nii.gz")
    for name in ("case.nii.gz", "carried.nii.gz"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_lesion_keeps_place_and_volume(tmp_path: Path) -> None:
    centre = np.array([5.0, 8.0, 4.0])
    truth = ball(oblique(), (90, 80, 16), centre, 10.0) > 0.5
    nib.save(nib.Nifti1Image(truth.astype(np.uint8) * 3, oblique()), tmp_path / "lesion.nii.gz")
    nib.save(nib.Nifti1Image(np.zeros((28, 26, 20), np.float32), GRID), tmp_path / "like.nii.gz")
    found = mask_on_grid(tmp_path / "lesion.nii.gz", tmp_path / "like.nii.gz")
    middle = np.argwhere(found).mean(axis=0) @ GRID[:3, :3].T + GRID[:3, 3]
    np.testing.assert_allclose(middle, centre, atol=1.0)
    assert found.sum() * 27 == pytest.approx(truth.sum() * 5, rel=0.1)
    chosen = mask_on_grid(tmp_path / "lesion.nii.gz", tmp_path / "like.nii.gz", labels=(3,))
    np.testing.assert_array_equal(chosen, found)


def test_lesion_elsewhere_and_map_of_wrong_size_are_refused(tmp_path: Path) -> None:
    far = GRID.copy()
    far[:3, 3] += 500
    nib.save(nib.Nifti1Image(np.ones((4, 4, 4), np.uint8), far), tmp_path / "lesion.nii.gz")
    nib.save(nib.Nifti1Image(np.zeros((4, 4, 4), np.float32), GRID), tmp_path / "like.nii.gz")
    with pytest.raises(InputError, match="no voxel of the mask"):
        mask_on_grid(tmp_path / "lesion.nii.gz", tmp_path / "like.nii.gz")
    with pytest.raises(InputError, match=r"has size \(3, 4, 4\), expected \(4, 4, 4\)"):
        write_map(np.zeros((3, 4, 4)), tmp_path / "like.nii.gz", tmp_path / "map.nii.gz")
