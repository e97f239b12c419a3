"""Several stacks in one series, and slices that strayed from their stack: files to records."""

import numpy as np
import pydicom
import pytest
from ingest_builders import T1, dicom_slice, write_series

UID = "1.2.826.0.1.3680043.2.1"
N = 8


def _add(folder, name, places, *, at=0, **tags):
    """Add slices to the series that `write_series` wrote, with UIDs and pixels of their own."""
    rng = np.random.default_rng(50)
    for k, position in enumerate(places):
        pixels = rng.integers(0, 1000, (24, 20))
        data = dicom_slice(k, pixels=pixels, series=UID, position=position, **T1 | tags)
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = f"1.9.{k}"
        data.InstanceNumber = at + k + 1
        data.save_as(folder / f"{name}{k}", enforce_file_format=True)


@pytest.mark.parametrize("agent", [{"ContrastBolusAgent": "Gadovist"}, {}])
def test_before_and_after_contrast_agent_under_one_uid(tmp_path, ingest, agent):
    write_series(tmp_path, 1, n=N, AcquisitionTime="101500", AcquisitionNumber=1, **T1)
    places = [(-60.0, -60.0, 5.0 * k) for k in range(N)]
    late = {"AcquisitionTime": "103000", "AcquisitionNumber": 2} | agent
    _add(tmp_path, "late", places, at=N, **late)
    found = ingest(tmp_path)
    assert found.status() == {"t1": "chosen", "t1ce": "chosen"}
    # Which is which is seen in the files: the early one's pixels are those of `write_series`.
    alone = tmp_path / "alone"
    write_series(alone, 1, n=N, AcquisitionTime="101500", **T1)
    early = ingest(alone).convert.measures["pixels_t1"]
    assert found.convert.measures["pixels_t1"] == early
    assert found.convert.measures["pixels_t1ce"] != early
    assert found.convert.measures["slices_t1"] == found.convert.measures["slices_t1ce"] == N


def test_three_slices_of_another_plane_in_a_series_exclude_the_case(tmp_path, ingest):
    write_series(tmp_path, 1, n=12, **T1)
    places = [(5.0 * k, -60.0, 60.0) for k in range(3)]
    _add(tmp_path, "stray", places, at=12, ImageOrientationPatient=[0, 1, 0, 0, 0, -1])
    found = ingest(tmp_path)
    assert not found.index.ok
    assert "3 detached slices" in found.index.reason


def test_three_slices_far_from_the_stack_are_the_reason(tmp_path, ingest):
    write_series(tmp_path, 1, n=12, **T1)
    _add(tmp_path, "stray", [(-60.0, -60.0, 300.0 + 5 * k) for k in range(3)], at=12)
    reason = ingest(tmp_path).convert.measures["why_no_t1"]
    assert "48 slices missing" in reason
    assert "245.00 mm where the step is 5.00 mm" in reason  # from 55 to 300 mm


@pytest.mark.parametrize("first", [4, 9])
def test_three_slices_under_another_series_uid_are_noticed(tmp_path, ingest, first):
    write_series(tmp_path, 1, n=12, **T1)
    for k in range(first, first + 3):
        path = tmp_path / f"1_{k:03d}"
        data = pydicom.dcmread(path)
        data.SeriesInstanceUID = "1.2.826.0.1.3680043.9.1"
        data.save_as(path)
    found = ingest(tmp_path)
    if found.index.ok:
        assert "3 slices missing" in found.convert.measures["why_no_t1"]
    else:
        assert "3 detached slices" in found.index.reason
