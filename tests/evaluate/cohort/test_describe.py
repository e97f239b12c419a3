"""Tables 1 and 2 from files: the published counts come out as published."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest
from evaluate_helpers import NOTICE

from radnec.core.notices import notice
from radnec.core.tables import read_tsv
from radnec.evaluate.cohort.describe import describe_cohort, describe_scanners
from radnec.evaluate.cohort.scanners import NOT_STATED, read_scanners

GRADES = ("glioma_grade_2", "glioma_grade_3", "glioma_grade_4")
PUBLISHED = {
    "sex": [("male", 102, 29), ("female", 74, 29)],
    "primary_diagnosis": [
        *zip(GRADES, (65, 37, 67), (20, 12, 23), strict=True),
        ("unknown", 7, 3),
    ],
    "recurrent_diagnosis": [
        *zip(GRADES, (4, 42, 97), (4, 9, 36), strict=True),
        ("necrosis", 33, 9),
    ],
}


def published_cases() -> pd.DataFrame:
    columns = {
        name: [x for k in (1, 2) for level in levels for x in [level[0]] * level[k]]
        for name, levels in PUBLISHED.items()
    }
    table = pd.DataFrame({"case": [f"P{k:03d}" for k in range(234)], **columns})
    table["age"] = [str(40 + k % 20) for k in range(234)]
    table["label"] = [
        "necrosis" if value == "necrosis" else "recurrence"
        for value in table["recurrent_diagnosis"]
    ]
    return table


def write_study(folder, cases, sets, fold="holdout"):
    cases.to_csv(folder / "given.tsv", sep="\t", index=False)
    status = cases[["case", "label"]].assign(
        patient=cases.get("patient", cases["case"]), status="included", stage="", reason=""
    )
    status.to_csv(folder / "cohort.tsv", sep="\t", index=False)
    split = cases[["case", "label"]].assign(patient=cases["case"], fold=fold, set=sets)
    split.to_csv(folder / "split.tsv", sep="\t", index=False)


def describe(folder, **options):
    describe_cohort(
        cases_table=folder / "given.tsv",
        cohort=folder / "cohort.tsv",
        split=folder / "split.tsv",
        notice=options.get("notice", NOTICE),
        output=folder / "table1.tsv",
    )
    return read_tsv(folder / "table1.tsv")


def test_published_counts_and_p_values(tmp_path):
    write_study(tmp_path, published_cases(), ["train"] * 176 + ["test"] * 58)
    table = describe(tmp_path)
    assert list(table.columns[:6]) == [
        "characteristic",
        "level",
        "train",
        "test",
        "total",
        "p_value",
    ]
    for name, levels in PUBLISHED.items():
        mine = table[table["characteristic"] == name]
        found = list(
            zip(mine["level"], mine["train"].astype(int), mine["test"].astype(int), strict=True)
        )
        assert found == levels
    heads = table.dropna(subset=["p_value"]).set_index("characteristic")["p_value"]
    assert round(heads["sex"], 3) == 0.290
    assert round(heads["primary_diagnosis"], 3) == 0.969
    assert round(heads["recurrent_diagnosis"], 3) == 0.191
    assert table.loc[table["characteristic"] == "n", "total"].astype(int).item() == 234


def test_forms_for_people_and_the_notice(tmp_path):
    write_study(tmp_path, published_cases(), ["train"] * 176 + ["test"] * 58)
    table = describe(tmp_path, notice=notice(True))
    assert set(table["cohort"]) == {"physics phantom"}
    for name in ("table1.md", "table1.tex"):
        text = (tmp_path / name).read_text()
        assert "physics phantom" in text
        assert "Research use only" in text
        assert "0.29" in text


def test_excluded_cases_are_not_described(tmp_path):
    cases = published_cases()
    write_study(tmp_path, cases, ["train"] * 176 + ["test"] * 58)
    status = read_tsv(tmp_path / "cohort.tsv")
    status.loc[:99, "status"] = "excluded"
    status.to_csv(tmp_path / "cohort.tsv", sep="\t", index=False)
    table = describe(tmp_path)
    assert table.loc[table["characteristic"] == "n", "total"].astype(int).item() == 134


def test_missing_columns_and_values_are_stated(tmp_path):
    cases = published_cases().drop(columns=["age", "primary_diagnosis"])
    cases.loc[:4, "sex"] = ""
    write_study(tmp_path, cases, ["train"] * 176 + ["test"] * 58)
    table = describe(tmp_path).set_index("characteristic")
    assert table.loc["age_years_mean", "notes"] == "not defined: the table of cases has no age"
    assert "has no primary_diagnosis" in table.loc["primary_diagnosis", "notes"]
    assert table.loc["sex", "notes"].iloc[0] == "5 cases without this value, not tested"


def test_patients_with_several_cases_are_counted(tmp_path):
    cases = published_cases()
    cases["patient"] = [f"Q{k // 2}" for k in range(234)]
    write_study(tmp_path, cases, ["train"] * 176 + ["test"] * 58)
    row = describe(tmp_path).set_index("characteristic").loc["patients"]
    assert (int(row["train"]), int(row["test"]), int(row["total"])) == (88, 29, 117)
    assert "not independent" in row["notes"]


def test_cross_validation_has_no_two_sets(tmp_path):
    write_study(tmp_path, published_cases(), ["train"] * 176 + ["test"] * 58, fold="r0f0")
    table = describe(tmp_path)
    assert table["train"].isna().all()
    assert table["p_value"].isna().all()
    assert table["total"].notna().any()
    assert "Cross-validation" in (tmp_path / "table1.md").read_text()


def write_sidecars(folder, case, **fields):
    (folder / case).mkdir(parents=True)
    for sequence in ("t1ce", "t2"):
        (folder / case / f"{sequence}.json").write_text(json.dumps(fields))


def scanner_study(tmp_path):
    philips = {
        "Manufacturer": "Philips Medical Systems",
        "SliceThickness": 5.0,
        "SpacingBetweenSlices": 6.0,
        "AcquisitionMatrix": [272, 0, 0, 179],
        "PercentPhaseFieldOfView": 100,
    }
    ge = {"Manufacturer": "GE MEDICAL SYSTEMS", "SliceThickness": 5.5, "Rows": 288, "Columns": 192}
    write_sidecars(tmp_path / "nifti", "A", **philips)
    write_sidecars(tmp_path / "nifti", "B", **philips, ManufacturerModelName="Achieva")
    write_sidecars(tmp_path / "nifti", "C", **ge)
    write_sidecars(tmp_path / "nifti", "D")
    write_sidecars(tmp_path / "nifti", "E", **ge)
    cases = pd.DataFrame({"case": list("ABCDE"), "label": "recurrence", "patient": list("ABCDE")})
    cases["status"] = ["included"] * 4 + ["excluded"]
    cases.to_csv(tmp_path / "cohort.tsv", sep="\t", index=False)


def test_scanners_of_the_included_cases(tmp_path):
    scanner_study(tmp_path)
    describe_scanners(
        cohort=tmp_path / "cohort.tsv",
        nifti=tmp_path / "nifti",
        notice=NOTICE,
        output=tmp_path / "table2.tsv",
    )
    table = read_tsv(tmp_path / "table2.tsv").set_index("manufacturer")
    philips = table.loc["Philips Medical Systems"]
    assert (philips["slice_thickness_mm"], philips["slice_spacing_mm"]) == (5.0, 6.0)
    assert philips["matrix"] == "272x179"
    assert (philips["n_cases"], philips["n_images"]) == (2, 4)
    ge = table.loc["GE MEDICAL SYSTEMS"]
    assert ge["matrix"] == "288x192"
    assert math.isnan(ge["field_of_view_percent"])
    assert "field_of_view_percent" in ge["notes"]
    assert table.loc[NOT_STATED, "n_cases"] == 1
    assert (tmp_path / "table2.md").is_file()
    assert (tmp_path / "table2.tex").is_file()


@pytest.mark.parametrize("value", [None, "", "five", [5.0, 6.0], True])
def test_a_sidecar_value_that_is_no_number_is_missing(tmp_path, value):
    write_sidecars(tmp_path, "A", Manufacturer="X", SliceThickness=value)
    assert math.isnan(read_scanners(["A"], tmp_path)["slice_thickness_mm"].iloc[0])
