"""The files as other readers see them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import dicom2nifti
import nibabel as nib
import numpy as np
import pydicom
import pytest

from radnec.phantom.dicom import FAKE_BIRTH_DATE, FAKE_MARKS
from radnec.phantom.scanners import SCANNERS
from radnec.phantom.vendors import AGENT, style_of

# Types 1 and 2 of the modules that PS3.3 asks of an MR Image.
REQUIRED = """
PatientName PatientID PatientBirthDate PatientSex StudyInstanceUID StudyDate StudyTime
ReferringPhysicianName StudyID AccessionNumber Modality SeriesInstanceUID SeriesNumber
PatientPosition FrameOfReferenceUID PositionReferenceIndicator Manufacturer InstanceNumber
PixelSpacing ImageOrientationPatient ImagePositionPatient SliceThickness ImageType
SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated BitsStored HighBit
PixelRepresentation PixelData ScanningSequence SequenceVariant ScanOptions
MRAcquisitionType RepetitionTime EchoTime EchoTrainLength SOPClassUID SOPInstanceUID
"""


def read(folder: Path) -> dict[str, list[pydicom.Dataset]]:
    """Series of a study by description, slices by instance number."""
    series = defaultdict(list)
    for path in folder.rglob("IM*"):
        data = pydicom.dcmread(path)
        series[data.SeriesDescription].append(data)
    return {
        name: sorted(slices, key=lambda data: data.InstanceNumber)
        for name, slices in series.items()
    }


@pytest.fixture(scope="module")
def series(siemens) -> dict[str, list[pydicom.Dataset]]:
    return read(siemens.dicom)


def test_required_attributes_are_there(series) -> None:
    for slices in series.values():
        for data in slices:
            missing = [name for name in REQUIRED.split() if name not in data]
            assert not missing, missing
            assert data.file_meta.MediaStorageSOPInstanceUID == data.SOPInstanceUID
            assert data.pixel_array.shape == (data.Rows, data.Columns)
            assert data.pixel_array.max() < 4096


def test_uids_and_times_are_consistent(series) -> None:
    everything = [data for slices in series.values() for data in slices]
    assert len({data.SOPInstanceUID for data in everything}) == len(everything)
    assert len({data.SeriesInstanceUID for data in everything}) == len(series) == 5
    assert len({data.StudyInstanceUID for data in everything}) == 1
    assert len({data.FrameOfReferenceUID for data in everything}) == 1
    order = sorted(series, key=lambda name: series[name][0].SeriesTime)
    assert order[0] == "localizer"
    assert order[-1] == "t1_tse_tra+C"


def test_series_follow_table_2(series) -> None:
    # Siemens row of Table 2: 5.0 mm, every 6.5 mm, matrix 320 x 256.
    for name, slices in series.items():
        if name == "localizer":
            continue
        assert len(slices) >= 32
        assert slices[0].SliceThickness == 5.0
        assert slices[0].AcquisitionMatrix == [0, 320, 256, 0]
        place = np.array([data.ImagePositionPatient for data in slices], dtype=float)
        steps = np.linalg.norm(np.diff(place, axis=0), axis=1)
        assert np.allclose(steps, 6.5, atol=1e-6)
        assert 220 <= slices[0].Rows * float(slices[0].PixelSpacing[0]) <= 240


def test_file_names_do_not_give_the_order_away(siemens) -> None:
    for folder in siemens.dicom.iterdir():
        paths = sorted(folder.iterdir())
        numbers = [pydicom.dcmread(path, specific_tags=["InstanceNumber"]) for path in paths]
        instances = [data.InstanceNumber for data in numbers]
        if len(instances) > 3:
            assert instances != sorted(instances)


def test_localizer_has_three_planes(series) -> None:
    normals = [
        np.cross(*np.array(data.ImageOrientationPatient, dtype=float).reshape(2, 3))
        for data in series["localizer"]
    ]
    assert np.allclose(np.abs(np.array(normals) @ np.array(normals).T), np.eye(3), atol=1e-6)


@pytest.mark.parametrize("sequence", ["t1ce", "t2"])
def test_dicom2nifti_finds_the_affine_of_the_truth(philips, sequence: str, tmp_path) -> None:
    folder = next(
        folder
        for folder in philips.dicom.iterdir()
        if pydicom.dcmread(next(folder.iterdir())).SeriesDescription
        == {"t1ce": "T1W_TSE_Gd", "t2": "T2W_TSE"}[sequence]
    )
    converted = tmp_path / "converted.nii.gz"
    dicom2nifti.dicom_series_to_nifti(str(folder), str(converted), reorient_nifti=False)
    image = nib.as_closest_canonical(nib.load(converted))
    brain = nib.load(philips.truth / "brain.nii.gz")
    # All series are planned on one stack, so the mask on the grid of T1ce serves for both.
    assert image.shape == brain.shape
    assert np.allclose(image.affine, brain.affine, atol=1e-3)


def test_philips_values_need_their_rescale_slope(philips) -> None:
    for name, slices in read(philips.dicom).items():
        assert 0.6 <= float(slices[0].RescaleSlope) <= 1.8, name


@pytest.mark.parametrize("scanner", SCANNERS, ids=lambda scanner: scanner.key)
@pytest.mark.parametrize("bare", [True, False])
def test_contrast_is_always_stated(scanner, bare: bool) -> None:
    plain = style_of(scanner, "t1", bare=bare, slope=1.0)
    dosed = style_of(scanner, "t1ce", bare=bare, slope=1.0)
    assert plain.contrast is None
    assert dosed.description != plain.description
    empty = bare and scanner.manufacturer == "GE MEDICAL SYSTEMS"
    assert dosed.contrast == ("" if empty else AGENT)


def test_vendors_do_not_share_descriptions() -> None:
    for sequence in ("t1", "t2", "flair", "t1ce"):
        styles = [style_of(one, sequence, bare=False, slope=1.0) for one in SCANNERS]
        assert len({style.description for style in styles}) == len(SCANNERS)


def test_identity_is_invented_and_easy_to_search_for(siemens) -> None:
    raw = next(siemens.dicom.rglob("IM*")).read_bytes()
    for mark in (*FAKE_MARKS, FAKE_BIRTH_DATE):
        assert mark.encode() in raw
