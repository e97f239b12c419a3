"""dicom2nifti and dcm2niix on the same slices, and the reasons of what they refuse."""

import dataclasses
import inspect
import re

import nibabel as nib
import numpy as np
import pytest
from ingest_builders import SETTINGS, T1, T2, dicom_slice, enhanced, write_series
from pydicom.uid import RLELossless

from radnec.core.errors import CaseExcluded
from radnec.ingest.conversion import dicom2nifti_backend
from radnec.ingest.conversion.dcm2niix_backend import same_grid
from radnec.ingest.convert import convert_volume
from radnec.ingest.identification.folder import find_series

ANGLE = np.deg2rad(17)
PLANES = {
    "axial": ([1, 0, 0], [0, 1, 0]),
    "sagittal": ([0, 1, 0], [0, 0, -1]),
    "coronal": ([1, 0, 0], [0, 0, -1]),
    "oblique": ([1, 0, 0], [0, np.cos(ANGLE), -np.sin(ANGLE)]),
}


def write_stack(folder, plane="axial", step=3.0, n=6, **tags):
    """Write a stack of noise; return its values as (slice, row, column)."""
    row, column = (np.round(np.array(v, float), 6) for v in PLANES[plane])
    normal = np.cross(row, column)
    stack = np.random.default_rng(3).integers(0, 3000, (n, 24, 20))
    for k in range(n):
        position = tuple(np.round(k * step * normal + [5, -7, 11], 5))
        cosines = [*row, *column]
        data = dicom_slice(
            k, pixels=stack[k], position=position, ImageOrientationPatient=cosines,
            PixelSpacing=[0.9, 0.7], SliceThickness=abs(step), **T1 | tags,
        )  # fmt: skip
        data.save_as(folder / f"{k}", enforce_file_format=True)
    return stack


def volume_in(folder):
    (decision,) = find_series(folder, SETTINGS.min_confidence, {}).decisions
    return decision.identity.volume


@pytest.mark.parametrize("maker", ["SIEMENS", "GE MEDICAL SYSTEMS", "Philips", "UIH", "CANON_MEC"])
def test_both_agree_whatever_the_maker(tmp_path, maker):
    write_stack(tmp_path, Manufacturer=maker)
    assert_agreement(volume_in(tmp_path))


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("step", [3.0, -3.0])
def test_both_agree_in_every_orientation(tmp_path, plane, step):
    stack = write_stack(tmp_path, plane, step)
    image = assert_agreement(volume_in(tmp_path))
    assert sorted(np.asanyarray(image.dataobj).ravel()) == sorted(stack.ravel())


def assert_agreement(volume):
    one, two = (convert_volume(volume, name) for name in ("dicom2nifti", "dcm2niix"))
    assert one.shape == two.shape
    np.testing.assert_allclose(one.affine, two.affine, atol=1e-4)
    np.testing.assert_array_equal(np.asanyarray(one.dataobj), np.asanyarray(two.dataobj))
    return one


def test_compressed_slices_are_read(tmp_path):
    stack = write_stack(tmp_path)
    for k in range(6):
        data = dicom_slice(k, pixels=stack[k], **T1)
        data.compress(RLELossless)
        data.save_as(tmp_path / f"{k}", enforce_file_format=True)
    image = assert_agreement(volume_in(tmp_path))
    assert sorted(np.asanyarray(image.dataobj).ravel()) == sorted(stack.ravel())


def test_enhanced_multi_frame_is_read_as_its_slices_would_be(tmp_path, ingest):
    stack = np.random.default_rng(5).integers(0, 3000, (6, 24, 20))
    enhanced(tmp_path, stack)
    found = ingest(tmp_path)
    assert found.status() == {"t1": "chosen"}
    image = nib.load(found.images / "t1.nii.gz")
    # column -> x to the left, row -> y to the back: both are turned to RAS+
    expected = stack.transpose(2, 1, 0)[::-1, ::-1]
    np.testing.assert_array_equal(np.asanyarray(image.dataobj), expected)
    assert image.header.get_zooms() == pytest.approx((0.7, 0.9, 3.0))
    assert found.sidecar("t1")["RepetitionTime"] == 500


def test_enhanced_multi_frame_with_two_contrasts_is_two_volumes(tmp_path, ingest):
    stack = np.random.default_rng(5).integers(0, 3000, (6, 24, 20))
    enhanced(tmp_path, stack, ("T1", "T2"))
    found = ingest(tmp_path)
    assert found.status() == {"t1": "chosen", "t2": "chosen"}
    assert sorted(s.rpartition("-")[2] for s in found.series["series"]) == ["1", "2"]


def test_mosaic_is_refused_by_name(tmp_path, ingest):
    write_series(tmp_path, 1, ImageType=["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"], **T2)
    (row,) = ingest(tmp_path).series.to_dict("records")
    assert (row["sequence"], row["status"]) == ("mosaic", "not used")


def test_different_scaling_of_slices_is_noticed_with_dcm2niix(tmp_path):
    """Version 1.0.20260724 applies the first slice's slope to all of them."""
    stack = write_stack(tmp_path)
    for k in range(6):
        data = dicom_slice(k, pixels=stack[k], RescaleSlope=1.0 + k, RescaleIntercept=0, **T1)
        data.save_as(tmp_path / f"{k}", enforce_file_format=True)
    volume = volume_in(tmp_path)
    right = np.asanyarray(convert_volume(volume, "dicom2nifti").dataobj)
    assert right.max() == (stack * np.arange(1, 7)[:, None, None]).max()
    with pytest.raises(CaseExcluded, match="values differ from those of the slices"):
        convert_volume(volume, "dcm2niix")


def test_every_error_of_dicom2nifti_has_a_reason():
    """Read from its source, so that a new version with a new error is noticed."""
    import dicom2nifti.common as common
    from dicom2nifti import (
        convert_dicom,
        convert_ge,
        convert_generic,
        convert_hitachi,
        convert_philips,
        convert_siemens,
    )

    modules = (common, convert_dicom, convert_generic, convert_ge, convert_hitachi)
    source = "".join(map(inspect.getsource, (*modules, convert_philips, convert_siemens)))
    raised = set(re.findall(r"raise Conversion\w*Error\(['\"](.+?)['\"]\)", source))
    assert len(raised) >= 14
    assert raised <= dicom2nifti_backend.REASONS.keys()


def _slices(n=6, **changed):
    stack = np.random.default_rng(0).integers(0, 900, (n, 24, 20))
    return [
        dicom_slice(k, pixels=stack[k], **{name: value[k] for name, value in changed.items()})
        for k in range(n)
    ]


def _places(*z):
    return [[0, 0, float(value)] for value in z]


@pytest.mark.parametrize(
    ("slices", "reason"),
    [
        ([], "no image"),
        (_slices(3), "too few slices"),
        (_slices(6, ImagePositionPatient=_places(*[7] * 6)), "slices"),
        (_slices(6, ImagePositionPatient=_places(0, 5, 10, 20, 25, 30)), "spacing is inconsistent"),
        (
            _slices(6, ImagePositionPatient=[[0, 3.0 * k, 5.0 * k] for k in range(6)]),
            "gantry tilt",
        ),
        (
            _slices(
                8, ImageOrientationPatient=[[1, 0, 0, 0, 1, 0]] * 4 + [[0, 1, 0, 0, 0, -1]] * 4
            ),
            "different orientations",
        ),
        (_slices(6, ImageType=[["ORIGINAL", "PRIMARY", "LOCALIZER"]] * 6), "cannot convert"),
    ],
)
def test_what_dicom2nifti_refuses_has_its_reason(slices, reason):
    for data in slices:
        data.Manufacturer = "other"
    with pytest.raises(CaseExcluded, match=reason):
        dicom2nifti_backend.to_nifti(slices)


def test_geometry_check_notices_a_moved_turned_or_stretched_result(tmp_path):
    write_stack(tmp_path)
    volume = volume_in(tmp_path)
    affine, shape = volume.geometry.affine, (20, 24, 6)
    assert same_grid(affine, shape, affine, shape)
    turned = affine @ np.diag([-1.0, 1, 1, 1])
    turned[:3, 3] = affine[:3, 3] + 19 * affine[:3, 0]
    assert same_grid(turned, shape, affine, shape)
    moved = np.eye(4)
    moved[0, 3] = 1.0  # one voxel along the row
    for change in (moved, np.diag([1.02, 1, 1, 1]), np.diag([-1.0, 1, 1, 1])):
        assert not same_grid(affine @ change, shape, affine, shape)
    wrong = dataclasses.replace(volume, slices=volume.slices[::-1])
    with pytest.raises(CaseExcluded):
        convert_volume(wrong, "dicom2nifti")
