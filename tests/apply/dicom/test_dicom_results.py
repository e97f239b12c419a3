"""Results as DICOM: where they lie, what they say, what they must not say, who accepts them."""

from __future__ import annotations

import copy
import dataclasses
import shutil
import subprocess
from pathlib import Path

import highdicom
import nibabel as nib
import numpy as np
import pydicom
import pytest
from answers import answer
from ingest_builders import T1CE, dicom_slice

from radnec.apply.dicom.source import SourceSeries, find_source
from radnec.apply.dicom.write import write_dicom
from radnec.apply.picture import draw_summary
from radnec.cases.sources import CaseSource
from radnec.core.errors import InputError
from radnec.ingest.convert import convert_case
from radnec.ingest.index import index_case
from radnec.ingest.settings import IngestSettings

SERIES = "1.2.826.0.1.3680043.2.77"
# An oblique stack: rows and columns turned about all three axes.
TURN = np.linalg.qr(np.array([[0.98, -0.15, 0.1], [0.12, 0.95, 0.3], [-0.14, -0.27, 0.95]]))[0]
TURN = TURN * np.sign(np.diag(TURN))
SPACING = (0.8, 1.1)  # between rows, between columns
STEP = 5.0
CORNER = np.array([-40.0, -55.0, -20.0])
MARK = (9, 4, 3)  # row, column, slice of one bright voxel
ROWS, COLUMNS, SLICES = 24, 20, 7
SECRETS = {
    "PatientName": "Zyxwolf^Quillon",
    "PatientID": "MRN-4711-SECRET",
    "PatientBirthDate": "19510203",
    "AccessionNumber": "ACC998877",
    "ReferringPhysicianName": "Vandermolen^Otto",
    "InstitutionName": "Klinik Immergruen",
    "StudyDescription": "Kopf Quillon",
}
EACH = {"r1f1_seed1": 0.25, "r1f2_seed1": 0.35}
ANSWER = answer(
    p_necrosis=0.3, p_recurrence=0.7, predicted="recurrence", p_necrosis_of_each_network=EACH
)


@dataclasses.dataclass
class Patient:
    """DICOM of one series, and what the stages and the network made of it."""

    dicom: Path
    series: Path
    heat: Path
    mask: Path
    picture: Path
    source: SourceSeries

    def write(self, output: Path, **changed: object) -> dict[str, pydicom.Dataset]:
        arguments = {
            "picture": self.picture,
            "heat": self.heat,
            "mask": self.mask,
            "mask_method": "hd-bet",
            "mask_version": "2.0.1",
            "pseudonym": None,
            **changed,
        }
        source = arguments.pop("source", self.source)
        files = write_dicom(ANSWER, source, output=output, **arguments)
        return {path.stem: pydicom.dcmread(path) for path in files}


def place_of(row: float, column: float, k: float) -> np.ndarray:
    """Position of a voxel in the patient (LPS, mm): DICOM PS3.3, equation C.7.6.2.1-1."""
    along_row, along_column, normal = TURN[:, 0], TURN[:, 1], TURN[:, 2]
    return (
        CORNER
        + along_row * SPACING[1] * column
        + along_column * SPACING[0] * row
        + normal * STEP * k
    )


@pytest.fixture(scope="module")
def patient(tmp_path_factory) -> Patient:
    folder = tmp_path_factory.mktemp("patient")
    rng = np.random.default_rng(5)
    for k in range(SLICES):
        pixels = rng.integers(10, 200, (ROWS, COLUMNS))
        if k == MARK[2]:
            pixels[MARK[0], MARK[1]] = 3000
        data = dicom_slice(k, pixels=pixels, series=SERIES, **T1CE, **SECRETS)
        data.ImagePositionPatient = list(place_of(0, 0, k))
        data.ImageOrientationPatient = [*TURN[:, 0], *TURN[:, 1]]
        data.PixelSpacing = list(SPACING)
        data.FrameOfReferenceUID = "1.2.826.0.1.3680043.2.5"
        data.PositionReferenceIndicator = ""
        (folder / "dicom").mkdir(exist_ok=True)
        data.save_as(folder / "dicom" / f"{SLICES - k}", enforce_file_format=True)
    source = CaseSource("dicom", str(folder / "dicom"), {})
    settings = IngestSettings(converter="dicom2nifti", min_confidence=0.7)
    series = folder / "series.tsv"
    index_case(
        case="P", source=source, min_confidence=0.7, overrides=None, series=series,
        record=folder / "index.json",
    )  # fmt: skip
    convert_case(
        case="P", source=source, series=series, index_record=folder / "index.json",
        settings=settings, images=folder / "nifti", record=folder / "convert.json",
    )  # fmt: skip
    reference = folder / "nifti" / "t1ce.nii.gz"
    image = nib.Nifti1Image.from_filename(reference)
    values = np.asarray(image.dataobj, dtype=np.float32)
    # As if the map's peak were at the bright voxel, and the brain were what is above 100.
    nib.save(nib.Nifti1Image(values / values.max(), image.affine), folder / "heat.nii.gz")
    nib.save(nib.Nifti1Image((values > 100).astype(np.uint8), image.affine), folder / "mask.nii.gz")
    found = find_source(folder / "dicom", series, "t1ce")
    heat, mask, picture = (folder / name for name in ("heat.nii.gz", "mask.nii.gz", "page.png"))
    draw_summary(ANSWER, reference, heat, "t1ce", picture)
    return Patient(folder / "dicom", series, heat, mask, picture, found)


@pytest.fixture(scope="module")
def written(patient, tmp_path_factory) -> tuple[Path, dict[str, pydicom.Dataset]]:
    output = tmp_path_factory.mktemp("written") / "dicom"
    return output, patient.write(output)


def position_of_frame(data: pydicom.Dataset, frame: int) -> np.ndarray:
    group = data.PerFrameFunctionalGroupsSequence[frame]
    return np.array(group.PlanePositionSequence[0].ImagePositionPatient, dtype=float)


def test_source_is_the_chosen_series(patient) -> None:
    assert len(patient.source.images) == SLICES
    assert {str(image.SeriesInstanceUID) for image in patient.source.images} == {SERIES}
    with pytest.raises(InputError, match="no longer in this folder"):
        find_source(patient.dicom, patient.series, "flair")


def test_map_lies_where_the_scan_does(written) -> None:
    data = written[1]["map"]
    values = np.frombuffer(data.FloatPixelData, dtype="<f4").reshape(
        data.NumberOfFrames, data.Rows, data.Columns
    )
    frame, row, column = np.unravel_index(values.argmax(), values.shape)
    shared = data.SharedFunctionalGroupsSequence[0]
    orientation = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    between_rows, between_columns = map(float, shared.PixelMeasuresSequence[0].PixelSpacing)
    found = (
        position_of_frame(data, frame)
        + orientation[:3] * between_columns * column
        + orientation[3:] * between_rows * row
    )
    assert found == pytest.approx(place_of(*MARK), abs=1e-3)
    assert values.max() == pytest.approx(1.0)
    assert data.FrameOfReferenceUID == "1.2.826.0.1.3680043.2.5"
    assert data.ContentQualification == "RESEARCH"


def test_mask_has_the_same_voxels(patient, written) -> None:
    brain = highdicom.seg.segread(written[0] / "brain.dcm")
    expected = int(np.asarray(nib.Nifti1Image.from_filename(patient.mask).dataobj).sum())
    assert int(brain.pixel_array.sum()) == expected
    volume = brain.get_volume(combine_segments=True)
    # Voxel by voxel in the patient: every voxel of the mask is one of the scan's above 100.
    inside = np.argwhere(volume.array > 0)
    places = volume.map_indices_to_reference(inside)
    steps = np.linalg.solve(
        np.stack([TURN[:, 1] * SPACING[0], TURN[:, 0] * SPACING[1], TURN[:, 2] * STEP], axis=1),
        (places - CORNER).T,
    ).T
    assert np.abs(steps - steps.round()).max() < 1e-3
    pixels = {
        k: pydicom.dcmread(patient.dicom / f"{SLICES - k}").pixel_array for k in range(SLICES)
    }
    assert all(pixels[k][row, column] > 100 for row, column, k in steps.round().astype(int))


def test_report_holds_the_answer_and_refers_to_the_series(written) -> None:
    report = highdicom.sr.srread(written[0] / "report.dcm")
    (group,) = report.content.get_image_measurement_groups()
    found = {
        (one.name.value, one.derivation.meaning): one.value for one in group.get_measurements()
    }
    assert found["p_necrosis", "Mean"] == pytest.approx(0.3)
    assert found["p_recurrence", "Mean"] == pytest.approx(0.7)
    assert found["p_necrosis", "Minimum"] == pytest.approx(0.25)
    assert found["p_necrosis", "Maximum"] == pytest.approx(0.35)
    # Standard deviation of 0.25 and 0.35 with n - 1 = 1: 0.1 / sqrt(2).
    assert found["p_necrosis", "Standard Deviation"] == pytest.approx(0.0707107, abs=1e-6)
    assert found["p_recalibrated", "Mean"] == pytest.approx(0.31)
    said = {one.name.value: one.value.meaning for one in group.get_qualitative_evaluations()}
    assert said == {
        "answer": "Glioma recurrence", "call": "Undecided", "like_study": "No",
    }  # fmt: skip
    texts = [str(item.TextValue) for item in report.ContentSequence if "TextValue" in item]
    assert ANSWER["notice"] in texts
    assert any("UNLIKE THE STUDY, timing and thickness" in text for text in texts)
    referred = {
        str(image.ReferencedSOPInstanceUID)
        for study in report.CurrentRequestedProcedureEvidenceSequence
        for series in study.ReferencedSeriesSequence
        for image in series.ReferencedSOPSequence
    }
    assert referred == {f"{SERIES}.{k + 1}" for k in range(SLICES)}
    assert report.VerificationFlag == "UNVERIFIED"


def test_same_study_own_series_and_the_same_again(patient, written, tmp_path) -> None:
    first = written[1]
    assert {str(data.StudyInstanceUID) for data in first.values()} == {"1.2.826.0.1.3680043.2"}
    uids = {name: str(data.SOPInstanceUID) for name, data in first.items()}
    assert len({str(data.SeriesInstanceUID) for data in first.values()} - {SERIES}) == 4
    again = patient.write(tmp_path / "again")
    assert {name: str(data.SOPInstanceUID) for name, data in again.items()} == uids


def test_summary_is_a_picture_in_colour(written) -> None:
    data = written[1]["summary"]
    pixels = data.pixel_array
    assert pixels.shape[2] == 3
    # Both colours of the bar are on it: vermilion and blue of Okabe and Ito (2008).
    for colour in ((213, 94, 0), (0, 114, 178)):
        assert (np.abs(pixels.astype(int) - colour).max(axis=2) <= 2).sum() > 1000


def test_identifiers_of_the_source_and_only_there(written) -> None:
    for data in written[1].values():
        assert data.PatientID == SECRETS["PatientID"]
        assert str(data.PatientName) == SECRETS["PatientName"]


def test_pseudonym_leaves_nothing_of_the_patient(patient, tmp_path) -> None:
    written = patient.write(tmp_path / "pseudonym", pseudonym="subject-12")
    for name, data in written.items():
        raw = (tmp_path / "pseudonym" / f"{name}.dcm").read_bytes()
        for secret in [*SECRETS.values(), "Zyxwolf", "Quillon", SERIES, "1.2.826.0.1.3680043.2"]:
            assert secret.encode() not in raw, (name, secret)
        assert data.PatientID == "subject-12"
    assert len({str(data.StudyInstanceUID) for data in written.values()}) == 1


def test_without_frame_of_reference_nothing_claims_a_place(patient, tmp_path, caplog) -> None:
    images = copy.deepcopy(patient.source.images)
    for image in images:
        del image.FrameOfReferenceUID
    written = patient.write(tmp_path / "out", source=SourceSeries("t1ce", images))
    assert set(written) == {"report", "summary"}
    assert "no Frame of Reference UID" in caplog.text


@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="needs dciodvfy (Debian's dicom3tools)")
def test_valid_for_dciodvfy(written) -> None:
    for path in sorted(written[0].glob("*.dcm")):
        done = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
        errors = [line for line in done.stderr.splitlines() if line.startswith("Error")]
        assert not errors, (path.name, errors)


@pytest.mark.skipif(not shutil.which("dsrdump"), reason="needs dsrdump (dcmtk)")
def test_report_is_read_by_dcmtk(written) -> None:
    command = ["dsrdump", str(written[0] / "report.dcm")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Probability of radiation necrosis" in shown
    assert "Research use only" in shown
