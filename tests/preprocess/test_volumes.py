"""What is refused as a volume, and bytes that do not change."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

from radnec.core.errors import CaseExcluded
from radnec.preprocess.transforms import rigid_movement
from radnec.preprocess.volumes import (
    read_mask,
    read_volume,
    same_grid,
    spacing_of,
    write_volume,
)

DATA = np.arange(60, dtype=np.float32).reshape(3, 4, 5)


def _save(path, data, affine=None):
    nib.save(nib.Nifti1Image(data, np.eye(4) if affine is None else affine), path)


def test_values_scaled_by_the_header_are_read(tmp_path):
    image = nib.Nifti1Image(np.arange(60, dtype=np.int16).reshape(3, 4, 5), np.eye(4))
    image.header.set_slope_inter(0.5, 10.0)
    nib.save(image, tmp_path / "t1.nii.gz")
    data, _ = read_volume(tmp_path / "t1.nii.gz")
    assert data.dtype == np.float32
    np.testing.assert_allclose(data, nib.load(tmp_path / "t1.nii.gz").get_fdata())


@pytest.mark.parametrize(
    ("data", "affine", "reason"),
    [
        (np.full((3, 4, 5), 7.0, np.float32), None, "t1: empty, every voxel"),
        (np.where(DATA == 3, np.nan, DATA), None, "t1: 1 voxels are not finite"),
        (np.where(DATA < 2, np.inf, DATA), None, "t1: 2 voxels are not finite"),
        (np.zeros((3, 4, 5, 2), np.float32), None, "t1: 4 dimensions"),
        (DATA, np.array([[1, 0.2, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]), "tilt"),
    ],
)
def test_refused_with_a_reason(tmp_path, data, affine, reason):
    _save(tmp_path / "t1.nii.gz", data, affine)
    with pytest.raises(CaseExcluded, match=reason):
        read_volume(tmp_path / "t1.nii.gz")


def test_damaged_file_is_the_case_s_fault_and_a_missing_one_is_not(tmp_path):
    _save(tmp_path / "t1.nii.gz", np.random.default_rng(0).random((20, 20, 20)))
    whole = (tmp_path / "t1.nii.gz").read_bytes()
    (tmp_path / "t1.nii.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CaseExcluded, match="t1: the image file is damaged"):
        read_volume(tmp_path / "t1.nii.gz")
    with pytest.raises(FileNotFoundError):
        read_volume(tmp_path / "t2.nii.gz")


def test_one_frame_of_a_series_is_a_volume(tmp_path):
    _save(tmp_path / "t1.nii.gz", DATA[..., None])
    assert read_volume(tmp_path / "t1.nii.gz")[0].shape == (3, 4, 5)


def test_same_content_same_bytes(tmp_path):
    (tmp_path / "b").mkdir()
    for folder in (tmp_path, tmp_path / "b"):
        write_volume(folder / "t1.nii.gz", DATA, np.eye(4))
    assert (tmp_path / "t1.nii.gz").read_bytes() == (tmp_path / "b" / "t1.nii.gz").read_bytes()


def test_mask_of_one_value_is_a_mask(tmp_path):
    write_volume(tmp_path / "mask.nii.gz", np.ones((3, 3, 3), np.uint8), np.eye(4))
    assert read_mask(tmp_path / "mask.nii.gz")[0].all()


def test_grids():
    affine = np.diag([0.5, 0.6, 6.0, 1.0])
    np.testing.assert_allclose(spacing_of(affine), [0.5, 0.6, 6.0])
    turned = affine.copy()
    turned[0, 1] += 0.01 / 300
    assert same_grid((300, 300, 30), affine, (300, 300, 30), turned)
    # A head's matrix through the quaternion of a NIfTI header and back, in single precision.
    oblique = rigid_movement([11.0, -7.0, 4.0], [-123.4, 98.7, -55.5], np.zeros(3)) @ affine
    header = nib.Nifti1Header()
    header.set_data_shape((300, 300, 30))
    header.set_qform(oblique)
    rounded = header.get_qform()
    assert (rounded != oblique).any()
    assert same_grid((300, 300, 30), oblique, (300, 300, 30), rounded)
    turned[0, 1] += 0.1 / 300
    assert not same_grid((300, 300, 30), affine, (300, 300, 30), turned)
    assert not same_grid((300, 300, 30), affine, (300, 300, 31), affine)
