"""Cases that come as NIfTI files or as a BIDS dataset, and the drafted tables."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from ingest_builders import FLAIR, T1, T2, write_series

from radnec.cases.sources import CaseSource
from radnec.cli.main import main
from radnec.core.tables import read_tsv
from radnec.ingest.commands.case_ids import ids_of_folders
from radnec.ingest.commands.draft import sequence_of_name
from radnec.ingest.sources.bids import bids_files


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
def test_nifti_source_turns_to_ras_without_resampling(tmp_path, ingest, axes):
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


def test_bids_source(bids, ingest):
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
        ("BrainMask_t1c.nii.gz", ""),
        ("P3_fla.nii.gz", "flair"),
        ("P3_T1_ohne_KM.nii.gz", "t1"),
        ("P3_T1_xyzzy_kontrast.nii.gz", ""),
        ("something.nii.gz", ""),
    ],
)
def test_sequence_by_file_name(name, sequence):
    assert sequence_of_name(name) == sequence


@pytest.mark.parametrize(("unit", "scale"), [("micron", 1000.0), ("meter", 0.001), ("mm", 1.0)])
def test_unit_of_a_nifti_file(tmp_path, ingest, unit, scale):
    affine = np.diag([0.9 * scale, 0.9 * scale, 4.0 * scale, 1.0])
    affine[:3, 3] = (-10 * scale, 20 * scale, 30 * scale)
    image = nib.Nifti1Image(np.random.default_rng(0).integers(0, 900, (8, 9, 10), np.int16), affine)
    image.header.set_xyzt_units(unit)
    nib.save(image, tmp_path / "x.nii.gz")
    found = ingest(CaseSource("nifti", "", {"t1": str(tmp_path / "x.nii.gz")}))
    made = nib.load(found.images / "t1.nii.gz")
    expected = [[0.9, 0, 0, -10], [0, 0.9, 0, 20], [0, 0, 4, 30], [0, 0, 0, 1]]
    np.testing.assert_allclose(made.affine, expected, rtol=1e-5)
    assert made.header.get_xyzt_units()[0] in ("mm", "unknown")


def test_unit_that_cannot_be_right_is_the_reason(tmp_path, ingest):
    image = nib.Nifti1Image(np.ones((8, 9, 10), np.int16), np.diag([1.0, 1.0, 3.0, 1.0]))
    image.header.set_xyzt_units("meter")
    nib.save(image, tmp_path / "x.nii.gz")
    reason = ingest(CaseSource("nifti", "", {"t1": str(tmp_path / "x.nii.gz")})).index.reason
    assert "1e+03 x 1e+03 x 3e+03 mm" in reason
    assert "declares metre" in reason


def _bids_of(root, files, sidecars):
    for name in files:
        write_nifti(root / "sub-01" / "anat" / f"sub-01_{name}.nii.gz")
    for place, values in sidecars.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    (root / "dataset_description.json").write_text("{}")


AGENT, MISSING = {"ContrastBolusIngredient": "GADOLINIUM"}, {"ContrastBolusIngredient": "n/a"}


@pytest.mark.parametrize(
    ("files", "sidecars", "expected"),
    [
        (["T1w"], {"sub-01/anat/sub-01_T1w.json": MISSING}, {"t1": "T1w"}),
        # inherited from the root, from the subject, and overruled nearer to the image
        (
            ["acq-a_T1w", "acq-b_T1w"],
            {"acq-b_T1w.json": AGENT},
            {"t1": "acq-a_T1w", "t1ce": "acq-b_T1w"},
        ),
        (["acq-a_T1w"], {"sub-01/sub-01_T1w.json": AGENT}, {"t1ce": "acq-a_T1w"}),
        (
            ["T1w"],
            {"T1w.json": AGENT, "sub-01/anat/sub-01_T1w.json": {"ContrastBolusIngredient": "NONE"}},
            {"t1": "T1w"},
        ),
        (["T1w"], {"T2w.json": AGENT, "acq-x_T1w.json": AGENT}, {"t1": "T1w"}),
        (["acq-pre_T1w", "acq-post_T1w"], {}, {"t1": "acq-pre_T1w", "t1ce": "acq-post_T1w"}),
        (["part-mag_T1w", "part-phase_T1w"], {}, {"t1": "part-mag_T1w"}),
        (["chunk-1_T1w", "chunk-2_T1w"], {}, {}),
        (["ce-none_T1w"], {}, {"t1": "ce-none_T1w"}),
        (["inv-1_T1w", "echo-1_T1w"], {}, {}),
    ],
)  # fmt: skip
def test_files_and_sidecars_of_bids(tmp_path, files, sidecars, expected):
    _bids_of(tmp_path, files, sidecars)
    found = bids_files(tmp_path, "sub-01", None)
    assert {name: path.name for name, path in found.items()} == {
        name: f"sub-01_{file}.nii.gz" for name, file in expected.items()
    }


def test_timing_is_inherited_from_the_root(tmp_path, ingest):
    _bids_of(tmp_path, ["T1w"], {"T1w.json": {"EchoTime": 0.004, "FlipAngle": "n/a"}})
    sidecar = ingest(CaseSource("bids", str(tmp_path), {"subject": "01"})).sidecar("t1")
    assert sidecar["EchoTime"] == pytest.approx(4)
    assert "FlipAngle" not in sidecar


def test_a_chunk_is_named_as_the_reason(tmp_path, ingest):
    _bids_of(tmp_path, ["chunk-1_T1w", "T2w"], {})
    found = ingest(CaseSource("bids", str(tmp_path), {"subject": "01"}))
    assert "chunk" in found.index.measures["why_no_t1"]


@pytest.mark.parametrize(
    ("folders", "ids"),
    [
        (["P001", "P002", "P004"], ["P001", "P002", "P004"]),
        (["P001/v1", "P001/v2", "P002/v1"], ["P001_v1", "P001_v2", "P002_v1"]),
        (
            ["UPENN-GBM-00001_11", "UPENN-GBM-00002_11"],
            ["UPENN-GBM-00001_11", "UPENN-GBM-00002_11"],
        ),
        (["sub-01", "sub-03"], ["sub-01", "sub-03"]),
        (["Mueller_Hans", "Meier_Anna"], None),
        (["Mueller1958", "Meier1961"], None),
        (["P001", "Meier2"], None),
        (["a/19580312", "b/19610909"], None),
        (["P 1", "P 2"], None),
        (["P1", "p1"], None),
    ],
)
def test_ids_are_the_names_of_folders_where_they_are_safe(folders, ids):
    assert ids_of_folders([Path(one) for one in folders], ["Schmidt^Eva"]) == ids


def test_no_id_holds_a_name_that_the_headers_hold():
    folders = [Path("study7-ab1"), Path("study7-ab2")]
    assert ids_of_folders(folders, ["Ab^Carl"]) is None
    assert ids_of_folders(folders, ["Schmidt^Eva"]) == ["study7-ab1", "study7-ab2"]


def _numbered(tmp_path):
    for number, name in enumerate(("P001", "P002", "P004"), start=1):
        study = {"PatientID": name, "StudyInstanceUID": f"1.{number}", "StudyDate": "20200101"}
        write_series(
            tmp_path / "data" / name / "s", number, SeriesInstanceUID=f"1.{number}.1", **study, **T1
        )
    return tmp_path / "data"


def test_drafted_ids_and_labels_by_folder(tmp_path):
    data, output = _numbered(tmp_path), tmp_path / "cases.tsv"
    labels = tmp_path / "labels.tsv"
    labels.write_text("folder\tlabel\nP004\tnecrosis\nP001\trecurrence\n")
    command = ["cases", str(data), "-o", str(output), "--processes", "1", "--labels", str(labels)]
    assert main(command) == 0
    table = read_tsv(output, dtype=str).fillna("")
    assert list(table["case"]) == list(table["patient"]) == ["P001", "P002", "P004"]
    assert list(table["x_folder"]) == ["P001/s", "P002/s", "P004/s"]
    assert list(table["label"]) == ["recurrence", "", "necrosis"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("folder\tlabel\nP003\tnecrosis\n", "row 2: folder: found 'P003'"),
        ("folder\tlabel\nP001\tnecrosis\nP001\trecurrence\n", "row 3: folder 'P001' has the label"),
        ("case\tlabel\nP001\tnecrosis\n", "no column folder"),
    ],
)
def test_labels_that_cannot_be_joined(tmp_path, capsys, text, fault):
    (tmp_path / "labels.tsv").write_text(text)
    data = _numbered(tmp_path)
    command = ["cases", str(data), "--processes", "1", "--labels", str(tmp_path / "labels.tsv")]
    assert main(command) == 1
    assert fault in capsys.readouterr().err
