"""A folder of DICOM becomes one NIfTI and one sidecar a sequence."""

import shutil

import nibabel as nib
import numpy as np
import pytest
from ingest_builders import FLAIR, SETTINGS, T1, T1CE, T2, dicom_slice, write_series

from radnec.cases.sources import CaseSource
from radnec.core.errors import InputError
from radnec.core.records import Record
from radnec.ingest.identification.folder import find_series
from radnec.ingest.table import COLUMNS


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    write_series(folder / "a" / "b", 1, **T1)
    write_series(folder / "flat", 2, **T2)
    write_series(folder / "flat", 3, **FLAIR)
    write_series(folder, 4, **T1CE)
    (folder / "report.txt").write_text("to be read by nobody")
    return folder


def test_nested_and_flat_folders_give_every_sequence(study, ingest):
    found = ingest(study)
    assert found.status() == dict.fromkeys(("t1", "t1ce", "t2", "flair"), "chosen")
    assert tuple(found.series.columns) == COLUMNS
    assert found.index.ok
    assert found.convert.ok
    assert found.index.measures["sequences"] == "flair,t1,t1ce,t2"
    assert found.index.measures["files_not_dicom"] == 1
    assert sorted(found.convert.files) == sorted(
        f"{s}.{kind}" for s in ("t1", "t1ce", "t2", "flair") for kind in ("json", "nii.gz")
    )
    assert all(found.convert.measures[f"slices_{s}"] == 6 for s in ("t1", "t1ce", "t2", "flair"))


def test_voxels_and_affine_are_those_of_the_slices(tmp_path, ingest):
    """A known value at a known place in the patient comes out there, in RAS+ axes."""
    rng = np.random.default_rng(1)
    stack = rng.integers(0, 4000, (7, 24, 20))
    angle = np.deg2rad(20)
    row, column = (1.0, 0.0, 0.0), (0.0, float(np.cos(angle)), float(-np.sin(angle)))
    normal = np.cross(row, column)
    for k in range(7):
        data = dicom_slice(
            k, pixels=stack[k], position=tuple(np.round(4.0 * k * normal + [-30, -20, 5], 6)),
            ImageOrientationPatient=[*row, *np.round(column, 7)], PixelSpacing=[0.8, 0.6], **T1,
        )  # fmt: skip
        data.save_as(tmp_path / f"{k}", enforce_file_format=True)
    found = ingest(tmp_path)
    image = nib.load(found.images / "t1.nii.gz")
    assert nib.aff2axcodes(image.affine) == ("R", "A", "S")
    assert image.header.get_zooms() == pytest.approx((0.6, 0.8, 4.0), abs=1e-5)
    assert int(image.header["sform_code"]) == int(image.header["qform_code"]) == 1
    np.testing.assert_allclose(image.get_qform(), image.affine, atol=1e-4)
    assert image.get_data_dtype() == np.int16
    values = np.asanyarray(image.dataobj)
    for j, i, k in ((0, 0, 0), (23, 19, 6), (5, 11, 3)):
        lps = np.array([-30, -20, 5]) + np.array(row) * 0.6 * i + np.array(column) * 0.8 * j
        ras = (lps + 4.0 * k * normal) * [-1, -1, 1]
        voxel = np.round(np.linalg.solve(image.affine, [*ras, 1]))[:3].astype(int)
        assert values[tuple(voxel)] == stack[k, j, i]


def test_same_input_gives_the_same_bytes(study, ingest):
    first, second = ingest(study), ingest(study)
    assert first.convert.files == second.convert.files
    assert first.index.measures == second.index.measures
    assert first.series.equals(second.series)


def test_rescale_slope_is_applied(tmp_path, ingest):
    for k in range(5):
        pixels = np.full((24, 20), 100 * k) + np.arange(20)
        data = dicom_slice(k, pixels=pixels, RescaleSlope=2.5, RescaleIntercept=-10, **T1)
        data.save_as(tmp_path / f"{k}", enforce_file_format=True)
    values = nib.load(ingest(tmp_path).images / "t1.nii.gz").get_fdata()
    assert values.min() == pytest.approx(-10)
    assert values.max() == pytest.approx(419 * 2.5 - 10)


def test_sidecar_has_the_acquisition_in_dicom_units(study, ingest):
    found = ingest(study).sidecar("flair")
    assert (found["RepetitionTime"], found["EchoTime"], found["InversionTime"]) == (9000, 100, 2500)
    assert (found["Rows"], found["Columns"], found["SpacingBetweenSlices"]) == (24, 20, 5)
    assert found["Manufacturer"] == "Siemens"
    assert found["ScanningSequence"] == ["SE", "IR"]


def test_more_slices_win_and_the_rest_says_why(tmp_path, ingest):
    write_series(tmp_path, 1, n=6, **T2)
    write_series(tmp_path, 2, n=9, **T2)
    write_series(tmp_path, 3, n=12, ImageType=["DERIVED", "SECONDARY", "MPR"], **T2)
    rows = ingest(tmp_path).series
    by_count = dict(
        zip(rows["slices"], zip(rows["status"], rows["reason"], strict=True), strict=True)
    )
    assert by_count["9"][0] == "chosen"
    assert by_count["6"][1].startswith("another series has more slices")
    assert by_count["12"][1].startswith("another series is original")


def test_series_with_a_missing_slice_gives_way_to_a_whole_one(tmp_path, ingest):
    write_series(tmp_path, 1, n=12, **T2)
    (tmp_path / "1_005").unlink()
    write_series(tmp_path, 2, n=6, **T2)
    rows = ingest(tmp_path).series.set_index("slices")
    assert rows.loc["11", "status"] == "refused"
    assert "1 slice missing" in rows.loc["11", "reason"]
    assert rows.loc["6", "status"] == "chosen"


def test_refused_sequence_leaves_its_reason_for_the_selection(tmp_path, ingest):
    write_series(tmp_path, 1, **T1)
    write_series(tmp_path, 2, n=12, **T2)
    (tmp_path / "2_005").unlink()
    found = ingest(tmp_path)
    assert found.index.ok
    assert "1 slice missing" in found.index.measures["why_no_t2"]
    assert "1 slice missing" in found.convert.measures["why_no_t2"]
    assert sorted(found.convert.files) == ["t1.json", "t1.nii.gz"]


def test_cut_off_slice_of_a_needed_series_excludes_the_case(tmp_path, ingest):
    write_series(tmp_path, 1, **T1)
    path = tmp_path / "1_003"
    path.write_bytes(path.read_bytes()[:-100])
    found = ingest(tmp_path)
    assert found.index.reason == "t1: 1 of 6 slice files cut off (5 readable)"
    assert found.convert.reason.startswith("left at index: t1: 1 of 6")
    assert list(found.images.iterdir()) == []


def test_damaged_header_among_the_slices_excludes_the_case(tmp_path, ingest):
    write_series(tmp_path, 1, **T1)
    path = tmp_path / "1_000"  # an end slice: the rest has no gap that would tell
    path.write_bytes(path.read_bytes()[:300])
    found = ingest(tmp_path)
    assert not found.index.ok
    assert "damaged DICOM files lie among its slices" in found.index.reason


def test_slice_split_off_by_a_damaged_header_excludes_the_case(tmp_path, ingest):
    write_series(tmp_path, 1, **T1)
    path = tmp_path / "1_005"
    uid = b"1.2.826.0.1.3680043.2.1"
    raw = path.read_bytes()
    at = raw.rindex(uid + b"\0")
    path.write_bytes(raw[:at] + b"1.2.826.0.1.3680043.9.1" + raw[at + len(uid) :])
    assert "1 detached slice" in ingest(tmp_path).index.reason


def test_override_decides(tmp_path, ingest):
    write_series(
        tmp_path, 1, SeriesDescription="stealth", **{k: v for k, v in T1.items() if k[0] != "S"}
    )
    write_series(tmp_path, 2, n=9, **T1)
    rows = find_series(tmp_path, SETTINGS.min_confidence, {}).decisions
    ids = {row.identity.volume.header["SeriesNumber"]: row.identity.volume.series for row in rows}
    found = ingest(tmp_path, overrides=f"P1 {ids[1.0]} t1ce\nP1 {ids[2.0]} t1\nother abc t2\n")
    assert found.convert.ok
    assert sorted(found.convert.files) == ["t1.json", "t1.nii.gz", "t1ce.json", "t1ce.nii.gz"]
    assert set(found.series["reason"]) == {"named in the table of overrides"}
    ignored = ingest(tmp_path, overrides=f"P1 {ids[2.0]} ignore\nP1 {ids[1.0]} t1\n")
    assert ignored.sidecar("t1")["Slices"] == 6


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("P1 abc t3\n", "row 2: sequence: found 't3', expected one of t1ce, t1, t2, flair, ignore"),
        ("P1 abc t1\nP1 abc t2\n", "row 3"),
        ("P1 abc t1\nP1 def t1\n", "row 3"),
        ("P1 abc t1\n", "series 'abc' is not among the series of case 'P1'"),
    ],
)
def test_wrong_override_stops_with_its_row(tmp_path, ingest, lines, named):
    write_series(tmp_path, 1, **T1)
    with pytest.raises(InputError, match="overrides") as caught:
        ingest(tmp_path, overrides=lines)
    assert named in str(caught.value)


def test_mask_with_the_headers_of_the_image_is_found_by_its_pixels(tmp_path, ingest):
    write_series(tmp_path, 1, **T1CE)
    for k in range(9):  # more slices than the image, the same names and timing
        mask = np.zeros((24, 20), int)
        mask[5:9, 5:9] = k > 3
        data = dicom_slice(k, pixels=mask, series="1.2.826.0.1.3680043.2.7", **T1CE)
        data.save_as(tmp_path / f"m{k}", enforce_file_format=True)
    rows = ingest(tmp_path).series.set_index("slices")
    assert (rows.loc["9", "sequence"], rows.loc["9", "status"]) == ("mask", "not used")
    assert (rows.loc["6", "sequence"], rows.loc["6", "status"]) == ("t1ce", "chosen")


def test_two_patients_in_one_folder_are_refused(tmp_path, ingest):
    write_series(tmp_path, 1, PatientID="1", **T1)
    write_series(tmp_path, 2, PatientID="2", StudyInstanceUID="1.2.9", **T2)
    assert "2 visits" in ingest(tmp_path).index.reason or (
        "2 different patients" in ingest(tmp_path).index.reason
    )


def test_two_complete_visits_are_not_guessed_and_one_is_taken_whole(tmp_path, ingest):
    for visit, date in ((1, "20200101"), (2, "20200601")):
        study = {"StudyInstanceUID": f"1.2.{visit}", "StudyDate": date, "PatientID": "1"}
        write_series(tmp_path, 10 * visit, **study, **T1)
        write_series(tmp_path, 10 * visit + 1, **study, **T2)
    assert "2 visits that are equally complete" in ingest(tmp_path).index.reason
    write_series(tmp_path, 22, **study, **FLAIR)
    found = ingest(tmp_path)
    assert found.index.ok
    assert found.index.measures["sequences"] == "flair,t1,t2"
    assert len(set(found.series[found.series["status"] == "chosen"]["study"])) == 1


def test_no_image_at_all(tmp_path, ingest):
    (tmp_path / "x").write_text("nothing")
    assert ingest(tmp_path).index.reason == "no DICOM image among 1 files"
    found = ingest(tmp_path / "Meier_Hans")
    assert "does not exist" in found.index.reason
    assert "Meier" not in found.index.reason
    assert found.series.empty


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"BodyPartExamined": "PHANTOM"}, "a phantom"),
        ({"PatientName": "ACR^Phantom"}, "a phantom"),
        ({"PatientName": "FRUIT", "PatientID": "FRUIT"}, "a fruit"),
        ({"StudyDescription": "Pineapple"}, "a fruit"),
        ({"BodyPartExamined": "LSPINE"}, "another part of the body"),
        ({"ProtocolName": "KNEE"}, "another part of the body"),
    ],
)
def test_what_is_no_head_is_not_used(tmp_path, ingest, tags, reason):
    write_series(tmp_path, 1, **T1, **tags)
    (row,) = ingest(tmp_path).series.to_dict("records")
    assert (row["sequence"], row["status"]) == ("not a head", "not used")
    assert reason in row["reason"]


def test_surname_that_is_a_fruit_is_a_patient_with_a_remark(tmp_path, ingest):
    write_series(tmp_path, 1, PatientName="Kohl^Anna", BodyPartExamined="BRAIN", **T1)
    found = ingest(tmp_path)
    assert found.status() == {"t1": "chosen"}
    assert "fruit" in found.index.warnings[0]


def test_folder_that_changed_between_the_stages(study, ingest, tmp_path):
    from radnec.ingest.convert import convert_case

    found = ingest(study)
    shutil.rmtree(study / "a")
    source = CaseSource("dicom", str(study), {})
    convert_case(
        case="P1", source=source, series=found.out / "series" / "P1.tsv",
        index_record=found.out / "index" / "P1.json", settings=SETTINGS,
        images=tmp_path / "i", record=tmp_path / "r.json",
    )  # fmt: skip
    assert "has changed since it was indexed" in Record.read(tmp_path / "r.json").reason


def test_every_missing_sequence_has_its_reason(tmp_path, ingest):
    """Refused, ambiguous, not there: distinguished, with the line that settles it."""
    write_series(tmp_path, 1, n=12, **T2)
    (tmp_path / "1_005").unlink()
    write_series(tmp_path, 2, **T1 | {"SeriesDescription": "stealth t1"})
    write_series(tmp_path, 3, **T1 | {"SeriesDescription": "localizer"})
    found = ingest(tmp_path)
    assert found.index.ok
    ids = dict(zip(found.series["sequence"], found.series["series"], strict=True))
    why = {name: found.convert.measures[f"why_no_{name}"] for name in ("t1", "t1ce", "t2", "flair")}
    assert why["t2"].startswith(f"series {ids['t2']} is refused: 1 slice missing")
    assert why["t1"] == why["t1ce"]
    assert f"the line 'P1 {ids['ambiguous']} t1" in why["t1"]
    assert why["flair"].startswith("no series is one (found: 1 ambiguous, 1 localizer, 1 t2)")
    settled = ingest(tmp_path, overrides=f"P1 {ids['ambiguous']} ignore\n")
    assert settled.convert.measures["why_no_t1"].startswith("no series is one")


def test_t1_of_whose_contrast_agent_nothing_is_said_carries_a_warning(tmp_path, ingest):
    study = {"StudyInstanceUID": "1.2.3"}
    write_series(tmp_path, 1, **study, **T1)
    told = "t1: no header says whether contrast agent was given; taken for native"
    assert told in ingest(tmp_path).index.warnings
    write_series(tmp_path, 2, AcquisitionTime="103000", **study, **T1CE)
    after = ingest(tmp_path)
    assert after.status() == {"t1": "chosen", "t1ce": "chosen"}
    assert told not in after.index.warnings


def test_t1ce_by_the_order_of_two_equal_series_alone_carries_a_warning(tmp_path, ingest):
    study = {"StudyInstanceUID": "1.2.3"}
    write_series(tmp_path, 1, AcquisitionTime="100000", **study, **T1)
    write_series(tmp_path, 2, AcquisitionTime="101000", **study, **T2)
    write_series(tmp_path, 3, AcquisitionTime="102000", **study, **T1)
    told = "t1ce: the later of two equal T1 series; no header says that agent was given"
    found = ingest(tmp_path)
    assert found.status() == {"t1": "chosen", "t1ce": "chosen", "t2": "chosen"}
    assert found.index.warnings == [told]
    shutil.rmtree(tmp_path)
    write_series(tmp_path, 1, AcquisitionTime="100000", **study, **T1)
    write_series(tmp_path, 2, AcquisitionTime="102000", **study, **T1CE)
    assert ingest(tmp_path).index.warnings == []


def test_acr_alone_is_a_patient_with_a_remark(tmp_path, ingest):
    """Accredited sites name the protocols of their patients by the college."""
    write_series(tmp_path, 1, **T1 | {"SeriesDescription": "T1 ACR nativ"})
    found = ingest(tmp_path)
    assert found.status() == {"t1": "chosen"}
    assert any("quality checks" in text for text in found.index.warnings)
