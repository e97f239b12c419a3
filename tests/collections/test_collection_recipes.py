"""Recipes for public collections, on mocks of what public code reads of each."""

from __future__ import annotations

import shutil
from pathlib import Path

import collection_mocks as mocks
import pandas as pd
import pytest
import yaml

from radnec.cases.table import load_cases, read_cases
from radnec.cli.main import main
from radnec.collections.command import NAMES
from radnec.collections.layout import find_visits
from radnec.collections.recipes import RECIPES
from radnec.config.load import load_config
from radnec.core.errors import InputError


def cohort(name: str, folder: Path, *more: str) -> tuple[pd.DataFrame, dict[str, object]]:
    """Run the command; return the table, read as a study reads it, and the overlay."""
    output = folder / "out" / "cases.tsv"
    assert main(["cohort", name, str(folder), "-o", str(output), *more]) == 0
    return read_cases(output).set_index("case"), yaml.safe_load(
        output.with_suffix(".yaml").read_text()
    )


def refusal(capsys: pytest.CaptureFixture[str], name: str, folder: Path, *more: str) -> str:
    output = folder / "out" / "cases.tsv"
    assert main(["cohort", name, str(folder), "-o", str(output), *more]) == 1
    assert not output.exists()
    return capsys.readouterr().err


def labels(folder: Path, *rows: str) -> str:
    path = folder / "labels.tsv"
    path.write_text("\n".join(["folder\tlabel", *rows]) + "\n")
    return str(path)


def test_all_recipes_can_be_named() -> None:
    assert sorted(RECIPES) == sorted(NAMES)


def test_mu_glioma_post(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = mocks.mu_glioma_post(tmp_path)
    output = folder / "out" / "cases.tsv"
    assert main(["cohort", "mu-glioma-post", str(folder), "-o", str(output)]) == 0
    said = capsys.readouterr().out
    table = pd.read_csv(output, sep="\t", dtype=str, keep_default_na=False).set_index("case")
    assert list(table.index) == [
        "PatientID_0003_Timepoint_1",
        "PatientID_0003_Timepoint_2",
        "PatientID_0004_Timepoint_1",
    ]
    assert set(table["label"]) == {""}
    second = table.loc["PatientID_0003_Timepoint_2"]
    assert Path(second["t1ce"]).name == "PatientID_0003_Timepoint_2_brain_t1c.nii.gz"
    assert Path(second["t1"]).name == "PatientID_0003_Timepoint_2_brain_t1n.nii.gz"
    assert Path(second["t2"]).name == "PatientID_0003_Timepoint_2_brain_t2w.nii.gz"
    assert Path(second["flair"]).name == "PatientID_0003_Timepoint_2_brain_t2f.nii.gz"
    assert Path(second["lesion"]).name == "PatientID_0003_Timepoint_2_tumorMask.nii.gz"
    assert second["patient"] == "PatientID_0003"
    # By hand from the mock: MRI on day 110, radiotherapy from day 30 to 72; the first on day 20.
    assert second["x_days_since_radiotherapy"] == "38"
    assert list(table["radiotherapy"]) == ["no", "yes", ""]
    assert list(table["age"]) == ["61", "61", "45.5"]
    assert list(table["sex"]) == ["male", "male", "female"]
    assert list(table["primary_diagnosis"]) == [
        "glioma_grade_4",
        "glioma_grade_4",
        "glioma_grade_3",
    ]
    assert "the table of patients without images, left out: 1, such as PatientID_0009" in said
    assert "no labels: its clinical table has the day of the first progression" in said
    with pytest.raises(
        InputError, match="label: found an empty cell, expected recurrence or necrosis"
    ):
        load_cases(output, {})


def test_labels_are_joined_and_the_rest_is_left_out(tmp_path: Path) -> None:
    folder = mocks.mu_glioma_post(tmp_path)
    given = labels(folder, "PatientID_0003/Timepoint_2\tnecrosis", "PatientID_0004\trecurrence")
    table, overlay = cohort("mu-glioma-post", folder, "--labels", given)
    assert dict(table["label"]) == {
        "PatientID_0003_Timepoint_2": "necrosis",
        "PatientID_0004_Timepoint_1": "recurrence",
    }
    assert overlay["registration"] == {"method": "given"}
    assert overlay["skull_strip"] == {"backend": "none"}
    assert overlay["lesion"] == {"labels": [1, 3]}
    checked = load_cases(folder / "out" / "cases.tsv", {}).rows
    assert list(checked["patient"]) == ["PatientID_0003", "PatientID_0004"]


def test_the_overlay_is_a_configuration(tmp_path: Path) -> None:
    folder = mocks.mu_glioma_post(tmp_path)
    cohort("mu-glioma-post", folder, "--labels", labels(folder, "PatientID_0004\tnecrosis"))
    config = load_config([folder / "out" / "cases.yaml"])
    assert config.registration.method == "given"
    assert config.skull_strip.backend == "none"


def test_ucsd_ptgbm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = mocks.ucsd_ptgbm(tmp_path)
    given = labels(folder, "UCSD-PTGBM-0001_01\tnecrosis", "UCSD-PTGBM-0176_01\trecurrence")
    table, overlay = cohort("ucsd-ptgbm", folder, "--labels", given)
    assert list(table.index) == ["UCSD-PTGBM-0001_01", "UCSD-PTGBM-0176_01"]
    assert list(table["patient"]) == ["UCSD-PTGBM-0001", "UCSD-PTGBM-0176"]
    assert Path(table["t1ce"].iloc[0]).name == "UCSD-PTGBM-0001_01_T1post.nii.gz"
    assert Path(table["t1"].iloc[0]).name == "UCSD-PTGBM-0001_01_T1pre.nii.gz"
    assert Path(table["lesion"].iloc[0]).name == "UCSD-PTGBM-0001_01_BraTS_tumor_seg.nii.gz"
    assert list(table["x_days_since_radiotherapy"]) == ["120", ""]
    assert list(table["radiotherapy"]) == ["yes", ""]
    assert list(table["age"]) == ["58", ""]  # ">89" is no age
    assert (
        "visits with an empty age, since it is missing or cannot be read as one: 1"
        in capsys.readouterr().out
    )
    # A ball of 3.9 litres is a head: nothing is said that would leave the skull in.
    assert overlay["registration"] == {"method": "given"}
    assert "skull_strip" not in overlay


def test_lumiere_near_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = mocks.lumiere(tmp_path)
    table, overlay = cohort("lumiere", folder, "--near-label")
    # PD, PD; PD, (unrated), PR. PD then SD, then an operation, and then nothing decide nothing.
    assert dict(table["label"]) == {
        "Patient-001_week-044": "recurrence",
        "Patient-002_week-010": "necrosis",
    }
    assert (
        table.loc["Patient-002_week-010", "x_label_from"] == "PD at week-010, then PR at week-020-1"
    )
    assert Path(table.loc["Patient-001_week-044", "t1ce"]).name == "CT1.nii.gz"
    assert list(table["sex"]) == ["female", "male"]
    assert list(table["age"]) == ["51", "52"]
    assert "registration" not in overlay
    said = capsys.readouterr().out
    assert "the label is near the diagnosis and is not it" in said
    assert "1 necrosis, 1 recurrence" in said


def test_lumiere_has_no_label_unless_a_near_one_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mocks.lumiere(tmp_path)
    output = folder / "cases.tsv"
    assert main(["cohort", "lumiere", str(folder), "-o", str(output)]) == 0
    table = pd.read_csv(output, sep="\t", dtype=str, keep_default_na=False)
    assert set(table["label"]) == {""}
    assert list(table["x_rano"]).count("PD") == 6
    said = capsys.readouterr().out
    assert "or --near-label" in said
    assert "rows of the table of ratings without images, left out: 3" in said


def test_a_collection_without_a_near_label_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refusal(capsys, "ucsd-ptgbm", mocks.ucsd_ptgbm(tmp_path), "--near-label")
    assert "ucsd-ptgbm has no near label" in error


@pytest.mark.parametrize("gone", ["Age at diagnosis", mocks.MU_COLUMNS[9], mocks.MU_COLUMNS[12]])
def test_a_missing_column_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], gone: str
) -> None:
    at = mocks.MU_COLUMNS.index(gone)
    columns = [f"{name} 2" if n == at else name for n, name in enumerate(mocks.MU_COLUMNS)]
    error = refusal(capsys, "mu-glioma-post", mocks.mu_glioma_post(tmp_path, columns=columns))
    assert f"found no column {gone.strip()!r} among 'Patient_ID', 'Sex at Birth'" in error
    assert "MU-Glioma-Post_ClinicalData-July2025.xlsx sheet 'MU Glioma Post'" in error


def test_a_renamed_column_of_ratings_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refusal(capsys, "lumiere", mocks.lumiere(tmp_path, rating="Rating"), "--near-label")
    assert "LUMIERE-ExpertRating-v202211.csv: found no column 'Rating (according to RANO" in error


def test_a_renamed_clinical_table_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mocks.mu_glioma_post(tmp_path, table="clinical.xlsx")
    error = refusal(capsys, "mu-glioma-post", folder)
    assert "no such file, expected one file MU-Glioma-Post_ClinicalData*.xlsx below it" in error


def test_two_clinical_tables_are_refused_and_one_can_be_chosen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mocks.mu_glioma_post(tmp_path)
    other = folder / "old"
    other.mkdir()
    name = "MU-Glioma-Post_ClinicalData-July2025.xlsx"
    shutil.copy(folder / name, other / name)
    assert f"{folder / name} and {other / name}" in refusal(capsys, "mu-glioma-post", folder)
    given = labels(folder, "PatientID_0003\tnecrosis")
    table, _ = cohort("mu-glioma-post", folder, "--clinical", str(other), "--labels", given)
    assert len(table) == 2


def test_a_patient_twice_in_the_table_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mocks.mu_glioma_post(tmp_path, rows=[*mocks.MU_ROWS, mocks.MU_ROWS[0]])
    error = refusal(capsys, "mu-glioma-post", folder)
    assert "row 5: PatientID_0003 is there a second time" in error


def test_a_renamed_image_is_an_empty_cell_with_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mocks.mu_glioma_post(tmp_path)
    old = next(folder.rglob("PatientID_0004_Timepoint_1_brain_t1c.nii.gz"))
    old.rename(old.with_name("PatientID_0004_Timepoint_1_brain_T1Gd.nii.gz"))
    table, _ = cohort(
        "mu-glioma-post", folder, "--labels", labels(folder, "PatientID_0004\tnecrosis")
    )
    row = table.loc["PatientID_0004_Timepoint_1"]
    assert row["t1ce"] == ""
    assert row["x_note"] == "no PatientID_0004_Timepoint_1_brain_t1c.nii.gz"
    assert (
        "visits that lack images (column x_note): 1, such as PatientID_0004/Timepoint_1"
        in capsys.readouterr().out
    )


def test_images_of_another_layout_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refusal(capsys, "ucsd-ptgbm", mocks.mu_glioma_post(tmp_path))
    assert "found no visit with images, expected folders UCSD-PTGBM-XXXX_YY with" in error


def test_a_copy_of_a_visit_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = mocks.ucsd_ptgbm(tmp_path)
    one = folder / "UCSD-PTGBM" / "UCSD-PTGBM-0001_01"
    shutil.copytree(one, folder / "again" / one.name)
    assert "found UCSD-PTGBM-0001_01 twice" in refusal(capsys, "ucsd-ptgbm", folder)


def test_a_label_without_images_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mocks.mu_glioma_post(tmp_path)
    error = refusal(
        capsys, "mu-glioma-post", folder, "--labels", labels(folder, "PatientID_0009\tnecrosis")
    )
    assert "row 2: folder: found 'PatientID_0009'" in error


def test_a_folder_without_images_is_told_and_is_no_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mocks.ucsd_ptgbm(tmp_path)
    (folder / "UCSD-PTGBM" / "UCSD-PTGBM-0300_01").mkdir()
    visits, empty = find_visits(folder, RECIPES["ucsd-ptgbm"].layout)
    assert len(visits) == 3
    assert empty == ["UCSD-PTGBM-0300_01"]
