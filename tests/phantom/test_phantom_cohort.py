import argparse

import pandas as pd
import pytest

from radnec.core.errors import InputError
from radnec.phantom.cohort import draft_cases
from radnec.phantom.command import add_commands


def test_large_cohort_follows_table_1() -> None:
    table = draft_cases(3000, 7, "raw", 0.4)
    assert (table.label == "necrosis").mean() == pytest.approx(0.4)
    assert table.age.mean() == pytest.approx(46.87, abs=1)
    assert (table.sex == "male").mean() == pytest.approx(131 / 234, abs=0.03)
    shares = table.primary_diagnosis.value_counts(normalize=True)
    # Ying et al. 2025, Table 1: 85, 49, 90 and 10 of 234.
    assert shares["glioma_grade_2"] == pytest.approx(85 / 234, abs=0.03)
    assert shares["glioma_grade_4"] == pytest.approx(90 / 234, abs=0.03)
    assert shares["unknown"] == pytest.approx(10 / 234, abs=0.02)


def test_diagnosis_of_the_new_lesion_agrees_with_label_and_primary() -> None:
    table = draft_cases(200, 3, "raw", 0.4)
    necrosis = table.label == "necrosis"
    assert (table.recurrent_diagnosis[necrosis] == "necrosis").all()
    known = table[~necrosis & (table.primary_diagnosis != "unknown")]
    assert (known.recurrent_diagnosis >= known.primary_diagnosis).all()


def test_each_reason_for_exclusion_has_one_case_and_none_two() -> None:
    table = draft_cases(20, 11, "raw/", 0.4)
    reasons = pd.DataFrame(
        {
            "few": table.x_phantom_defect == "few_slices",
            "missing": table.x_phantom_defect == "missing_sequence",
            "truncated": table.x_phantom_defect == "truncated_file",
            "pathology": table.pathology == "no",
            "radiotherapy": table.radiotherapy == "no",
            "primary": table.primary_glioma == "yes",
        }
    )
    assert (reasons.sum() == 1).all()
    assert reasons.sum(axis=1).max() == 1
    assert list(table.dicom[:2]) == ["raw/P001", "raw/P002"]


def test_small_cohorts_have_only_usable_cases() -> None:
    assert (draft_cases(9, 1, "raw", 0.4).x_phantom_defect == "none").all()
    assert (draft_cases(19, 1, "raw", 0.4).x_phantom_defect != "none").sum() == 3
    assert (draft_cases(19, 1, "raw", 0.4).pathology == "yes").all()


def test_seed_decides() -> None:
    assert draft_cases(30, 5, "raw", 0.4).equals(draft_cases(30, 5, "raw", 0.4))
    assert not draft_cases(30, 5, "raw", 0.4).equals(draft_cases(30, 6, "raw", 0.4))


def test_no_cases_are_refused() -> None:
    with pytest.raises(InputError, match="phantom cases is 0, expected at least 1"):
        draft_cases(0, 1, "raw", 0.4)


def test_command_writes_the_table(tmp_path) -> None:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    output = tmp_path / "cases.tsv"
    options = ["--cases", "12", "--seed", "4", "--necrosis", "0.4", "--dicom-root", "raw"]
    chosen = parser.parse_args(["phantom-cases", *options, "--output", str(output)])
    chosen.run(chosen)
    written = pd.read_csv(output, sep="\t", keep_default_na=False)
    pd.testing.assert_frame_equal(written, draft_cases(12, 4, "raw", 0.4), check_dtype=False)


def test_share_of_necrosis_is_that_of_the_paper_or_as_asked() -> None:
    assert (draft_cases(240, 2, "raw", 42 / 240).label == "necrosis").sum() == 42
    with pytest.raises(InputError, match=r"share of necrosis is 1\.5, expected 0 to 1"):
        draft_cases(10, 1, "raw", 1.5)


def test_clinical_fields_carry_some_signal_and_mgmt_has_gaps() -> None:
    table = draft_cases(2000, 7, "raw", 0.4)
    necrosis = (table.label == "necrosis").to_numpy()
    months = table.x_months_since_radiotherapy.astype(float).to_numpy()
    later = (months[necrosis][:, None] > months[~necrosis]).mean()
    # Log-normal, medians 14 and 8: P = Phi(log(14 / 8) / (0.7 * sqrt 2)).
    assert later == pytest.approx(0.714, abs=0.03)
    tested = table[table.x_mgmt != ""]
    assert len(tested) / len(table) == pytest.approx(0.9, abs=0.03)
    shares = (tested.x_mgmt == "methylated").groupby(tested.label).mean()
    assert shares["necrosis"] == pytest.approx(0.65, abs=0.04)
    assert shares["recurrence"] == pytest.approx(0.3, abs=0.04)


def test_true_masks_lie_beside_the_studies() -> None:
    table = draft_cases(2, 7, "results/demo/phantom/dicom/", 0.4, lesions=True)
    assert list(table.lesion) == [
        "results/demo/phantom/truth/P001/lesion.nii.gz",
        "results/demo/phantom/truth/P002/lesion.nii.gz",
    ]
    assert "lesion" not in draft_cases(2, 7, "raw", 0.4)
