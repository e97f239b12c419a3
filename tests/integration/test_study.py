"""The whole chain, once, from simulated DICOM to the report."""

from __future__ import annotations

import gzip
import json

import nibabel as nib
import numpy as np
import pydicom
import pytest

from radnec.core.tables import read_tsv


@pytest.fixture
def results(finished):
    return finished.folder / "results" / "trial"


def test_every_promised_result_is_there(results):
    for path in (
        "cohort/series.tsv",
        "cohort/cases.tsv",
        "nifti/S0/t1ce.nii.gz",
        "nifti/S0/t1ce.json",
        "registered/S0/t1.mat",
        "brain/S0/mask.nii.gz",
        "normalised/S0/t2.nii.gz",
        "split/split.tsv",
        "predictions/resnet10/fused.tsv",
        "report.html",
    ):
        assert (results / path).is_file(), path
    assert list((results / "models" / "resnet10" / "t1ce").glob("*/weights.safetensors"))
    for number in range(1, 7):
        for ending in ("tsv", "md"):
            assert (results / "tables" / f"table{number}.{ending}").stat().st_size > 0
    for number in range(1, 6):
        assert (results / "figures" / f"figure{number}.svg").stat().st_size > 0


def test_the_cases_made_to_fail_are_exactly_the_excluded_ones(results):
    table = read_tsv(results / "cohort" / "cases.tsv", dtype=str).fillna("").set_index("case")
    assert set(table.index[table["status"] == "excluded"]) == {"S6", "S7", "S8", "S9"}
    assert "fewer than 32 slices" in table.loc["S6", "reason"]
    assert "missing sequence: t2" in table.loc["S7", "reason"]
    assert "t1ce" in table.loc["S8", "reason"]
    assert table.loc["S9", ["stage", "reason"]].tolist() == [
        "eligibility",
        "no pathological diagnosis",
    ]


def test_probabilities_sum_to_one_and_cover_the_test_set(results):
    split = read_tsv(results / "split" / "split.tsv", dtype=str)
    table = read_tsv(results / "predictions" / "resnet10" / "fused.tsv")
    assert sorted(table["case"]) == sorted(split.loc[split["set"] == "test", "case"])
    np.testing.assert_allclose(table["p_necrosis"] + table["p_recurrence"], 1.0)


def test_a_finished_study_has_nothing_to_do(finished):
    assert finished.plan() == {}


def test_no_fake_identity_outside_the_raw_dicom(results):
    """Names, ids, birth dates: read from the DICOM itself, then searched in every byte."""
    import pydicom

    planted = set()
    for folder in sorted((results / "phantom" / "dicom").iterdir()):
        first = next(path for path in sorted(folder.rglob("IM*")) if path.is_file())
        header = pydicom.dcmread(first, stop_before_pixels=True, force=True)
        for tag in ("PatientName", "PatientID", "PatientBirthDate", "AccessionNumber"):
            value = str(header.get(tag, ""))
            planted.add(value)
            planted |= {part for part in value.split("^") if len(part) > 5}
    planted.discard("")
    assert len(planted) > 20
    needles = [value.encode() for value in planted]
    searched = 0
    for path in results.rglob("*"):
        if not path.is_file() or (results / "phantom" / "dicom") in path.parents:
            continue
        content = path.read_bytes()
        if path.suffix == ".gz":
            content += gzip.decompress(content)
        searched += 1
        assert not [value for value in needles if value in content], path
    assert searched > 100


def test_pages_tables_and_figures_say_phantom_and_research_use(results):
    for path in [
        *(results / "tables").glob("*.md"),
        *(results / "figures").glob("*.svg"),
        results / "report.html",
        *results.glob("models/*/*/*/card.md"),
    ]:
        text = path.read_text(encoding="utf-8").lower()
        assert "phantom" in text, path
        assert "research use" in text, path
    for path in (results / "tables").glob("table*.tsv"):
        assert set(read_tsv(path)["cohort"]) == {"physics phantom"}


def test_the_next_patient_gets_what_the_study_gave_the_same_case(finished, results, tmp_path):
    from radnec.cli.main import main

    table = read_tsv(results / "predictions" / "resnet10" / "fused.tsv").set_index("case")
    case = table.index[0]
    dicom = results / "phantom" / "dicom" / case
    arguments = ["predict", "--study", str(results), "--model", "resnet10/fused"]
    arguments += ["--dicom", str(dicom), "--output", str(tmp_path / "out"), "--device", "cpu"]
    arguments += ["--write-dicom", "--pseudonym", "next1"]
    assert main(arguments) == 0
    made = tmp_path / "out" / "map.nii.gz"
    study_map = results / "explain" / "resnet10" / "fused" / "maps" / "reference" / made.name
    study_map = study_map.with_name(f"{case}.nii.gz")
    assert np.abs(nib.load(made).get_fdata() - nib.load(study_map).get_fdata()).max() < 1e-4
    for name in ("report", "map", "brain", "summary"):
        written = pydicom.dcmread(tmp_path / "out" / "dicom" / f"{name}.dcm")
        assert written.PatientID == "next1"
    found = json.loads((tmp_path / "out" / "prediction.json").read_text())
    assert found["p_necrosis"] == pytest.approx(table.loc[case, "p_necrosis"], abs=1e-6)
    assert found["p_necrosis"] + found["p_recurrence"] == pytest.approx(1.0)
    assert "phantom" in found["notice"] and "Research use only" in found["notice"]


def test_an_unknown_model_is_refused_by_name(results, tmp_path, capsys):
    from radnec.cli.main import main

    arguments = ["predict", "--study", str(results), "--model", "vgg19/fused", "--dicom", "x"]
    assert main([*arguments, "--output", str(tmp_path)]) == 1
    assert "resnet10/fused" in capsys.readouterr().err
