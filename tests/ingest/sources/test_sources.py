"""Cases that come as NIfTI files or as a BIDS dataset, and the drafted tables."""

import json

import nibabel as nib
import numpy as np
import pytest
from ingest_builders import FLAIR, T1, T2, write_series

from radnec.cases.sources import CaseSource
from radnec.cli.main import main
from radnec.core.tables import read_tsv
from radnec.ingest.commands.draft import sequence_of_name


def write_nifti(path, *, shape=(20, 24, 6), axes="LPS", seed=0, spacing=(0.7, 0.9, 5.0)):
    path.parent.mkdir(parents=True, exist_ok=True)
    target = nib.orientations.axcodes2ornt(axes)
    ras = nib.orientations.axcodes2ornt("RAS")
    data = np.random.default_rng(seed).integers(0, 900, shape).astype(np.int16)
    canonical = nib.Nifti1Image(data, np.diag([*spacing, 1.0]))
    turned = canonical.as_reoriented(nib.orientations.ornt_transform(ras, target))
    nib.save(turned, path)
    return data


@pytest.mark.parametrize("axes", ["RAS", "LPS", "PIR", "ASL"])
def test_nifti_door_turns_to_ras_without_resampling(tmp_path, ingest, axes):
    data = write_nifti(tmp_path / "x.nii.gz", axes=axes)
    found = ingest(CaseSource("nifti", "", {"t1ce": str(tmp_path / "x.nii.gz")}))
    image = nib.load(found.images / "t1ce.nii.gz")
    assert nib.aff2axcodes(image.affine) == ("R", "A", "S")
    np.testing.assert_array_equal(np.asanyarray(image.dataobj), data)
    assert found.convert.measures["slices_t1ce"] == 6
    assert found.status() == {"t1ce": "chosen"}


def test_nifti_with_a_trailing_axis_of_one(tmp_path, ingest):
    image = nib.Nifti1Image(np.random.default_rng(0).random((8, 9, 10, 1)), np.eye(4))
    nib.save(image, tmp_path / "x.nii")
    found = ingest(CaseSource("nifti", "", {"t2": str(tmp_path / "x.nii")}))
    assert nib.load(found.images / "t2.nii.gz").shape == (8, 9, 10)


def _broken(path):
    write_nifti(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _four(path):
    nib.save(nib.Nifti1Image(np.zeros((4, 4, 4, 3), np.int16), np.eye(4)), path)


def _nan(path):
    nib.save(nib.Nifti1Image(np.full((4, 4, 4), np.nan, np.float32), np.eye(4)), path)


def _flat(path):
    image = nib.Nifti1Image(np.zeros((4, 4, 4), np.int16), np.eye(4))
    image.set_sform(None, 0)
    image.set_qform(None, 0)
    nib.save(image, path)


def _text(path):
    path.write_text("no image")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_broken, "t1: the NIfTI file is cut off or damaged"),
        (_four, "t1: an image of 4x4x4x3 voxels, expected three dimensions"),
        (_nan, "t1: the NIfTI file has voxels that are not finite numbers"),
        (_flat, "t1: the header does not say how the image lies"),
        (_text, "t1: not a readable NIfTI file"),
    ],
)
def test_nifti_that_cannot_be_used(tmp_path, ingest, make, reason):
    make(tmp_path / "x.nii.gz")
    found = ingest(CaseSource("nifti", "", {"t1": str(tmp_path / "x.nii.gz")}))
    assert reason in found.convert.reason
    assert list(found.images.iterdir()) == []


@pytest.fixture
def bids(tmp_path):
    root = tmp_path / "bids"
    anat = root / "sub-01" / "ses-a" / "anat"
    write_nifti(anat / "sub-01_ses-a_T1w.nii.gz", seed=1)
    write_nifti(anat / "sub-01_ses-a_ce-gadolinium_T1w.nii.gz", seed=2)
    write_nifti(anat / "sub-01_ses-a_run-1_T2w.nii.gz", seed=3)
    write_nifti(anat / "sub-01_ses-a_run-2_T2w.nii.gz", seed=4)
    write_nifti(anat / "sub-01_ses-a_FLAIR.nii.gz", seed=5)
    write_nifti(anat / "sub-01_ses-a_part-phase_T2w.nii.gz", seed=6)
    sidecar = {"RepetitionTime": 9, "EchoTime": 0.1, "InversionTime": 2.5, "FlipAngle": 150}
    (anat / "sub-01_ses-a_FLAIR.json").write_text(json.dumps(sidecar))
    (root / "dataset_description.json").write_text("{}")
    return root


def test_bids_door(bids, ingest):
    found = ingest(CaseSource("bids", str(bids), {"subject": "sub-01", "session": "a"}))
    assert sorted(found.status()) == ["flair", "t1", "t1ce", "t2"]
    for sequence, seed in {"t1": 1, "t1ce": 2, "t2": 4, "flair": 5}.items():
        expected = np.random.default_rng(seed).integers(0, 900, (20, 24, 6))
        image = nib.load(found.images / f"{sequence}.nii.gz")
        np.testing.assert_array_equal(np.asanyarray(image.dataobj), expected)
    # seconds in BIDS, milliseconds here
    assert found.sidecar("flair")["RepetitionTime"] == 9000
    assert found.sidecar("flair")["EchoTime"] == pytest.approx(100)


def test_bids_contrast_agent_in_the_sidecar(bids, ingest):
    anat = bids / "sub-01" / "ses-a" / "anat"
    (anat / "sub-01_ses-a_ce-gadolinium_T1w.nii.gz").unlink()
    (anat / "sub-01_ses-a_T1w.json").write_text('{"ContrastBolusIngredient": "GADOLINIUM"}')
    found = ingest(CaseSource("bids", str(bids), {"subject": "01"}))
    assert sorted(found.status()) == ["flair", "t1ce", "t2"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"subject": "02"}, "no such subject"),
        ({"subject": "01", "session": "b"}, "no such session"),
    ],
)
def test_bids_that_is_not_there(bids, ingest, files, reason):
    assert reason in ingest(CaseSource("bids", str(bids), files)).index.reason


def test_bids_with_several_sessions_wants_one_named(bids, ingest):
    write_nifti(bids / "sub-01" / "ses-b" / "anat" / "sub-01_ses-b_T1w.nii.gz")
    found = ingest(CaseSource("bids", str(bids), {"subject": "01"}))
    assert found.index.reason == "the subject has 2 sessions: name one in bids_session"


def test_cases_drafts_a_row_a_visit(tmp_path, capsys):
    for patient, visits in (("A", ("20200101", "20200301")), ("B", ("20200101",))):
        for date in visits:
            study = {
                "PatientID": patient,
                "StudyDate": date,
                "StudyInstanceUID": f"1.{ord(patient)}.{date}",
            }
            folder = tmp_path / "data" / patient / date
            for number, tags in enumerate((T1, T2, FLAIR), start=1):
                uid = f"{study['StudyInstanceUID']}.{number}"
                write_series(folder / f"s{number}", number, SeriesInstanceUID=uid, **study, **tags)
    output = tmp_path / "cases.tsv"
    assert main(["cases", str(tmp_path / "data"), "-o", str(output), "--processes", "1"]) == 0
    table = read_tsv(output, dtype=str).fillna("")
    assert list(table["case"]) == ["p001_1", "p001_2", "p002_1"]
    assert list(table["patient"]) == ["p001", "p001", "p002"]
    assert set(table["label"]) == {""}
    assert set(table["x_sequences"]) == {"t1,t2,flair"}
    assert list(table["dicom"]) == [
        str(tmp_path / "data" / place) for place in ("A/20200101", "A/20200301", "B/20200101")
    ]
    assert "3 cases" in capsys.readouterr().out


def test_cases_notes_visits_that_share_a_folder(tmp_path, capsys):
    for number, date in enumerate(("20200101", "20200301"), start=1):
        write_series(tmp_path, number, StudyDate=date, StudyInstanceUID=f"1.{number}", **T1)
    assert main(["cases", str(tmp_path), "--processes", "1"]) == 0
    assert capsys.readouterr().out.count("also holds 1 other visits") == 2


def test_cases_from_bids_and_from_nifti(bids, tmp_path, capsys):
    assert main(["cases", str(bids)]) == 0
    assert "sub-01\tses-a" in capsys.readouterr().out
    for name in ("x_T1pre", "x_T1post", "x_T2", "x_FLAIR", "x_tumor_seg"):
        write_nifti(tmp_path / "nifti" / "x" / f"{name}.nii.gz")
    assert main(["cases", str(tmp_path / "nifti")]) == 0
    header, row = capsys.readouterr().out.splitlines()
    cells = dict(zip(header.split("\t"), row.split("\t"), strict=True))
    assert cells["t1"].endswith("x_T1pre.nii.gz")
    assert cells["t1ce"].endswith("x_T1post.nii.gz")


@pytest.mark.parametrize("command", ["cases", "inspect"])
def test_folder_that_is_not_there(tmp_path, capsys, command):
    assert main([command, str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "sequence"),
    [
        ("BraTS-GLI-00001-000-t1c.nii.gz", "t1ce"),
        ("BraTS-GLI-00001-000-t1n.nii.gz", "t1"),
        ("BraTS-GLI-00001-000-t2w.nii.gz", "t2"),
        ("BraTS-GLI-00001-000-t2f.nii.gz", "flair"),
        ("BraTS-GLI-00001-000-seg.nii.gz", ""),
        ("BraTS20_Training_001_t1ce.nii", "t1ce"),
        ("sub_FLAIR.nii.gz", "flair"),
        ("p1_ADC.nii.gz", ""),
        ("p1_T1_mask.nii.gz", ""),
        ("something.nii.gz", ""),
    ],
)
def test_sequence_by_file_name(name, sequence):
    assert sequence_of_name(name) == sequence
