"""Table 1 of the whole cohort: every column adds up, tests as by another library."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from radnec.evaluate.cohort.whole import describe_whole

NOTICE = "Research use only: not a medical device, not for diagnosis or treatment."
AGES = {
    "included": [50, 61, 43, 39, 70, 66, 58, 47],
    "excluded": [71, 80, 66],
}


@pytest.fixture
def table(tmp_path: Path) -> pd.DataFrame:
    rows, cohort = [], []
    for status, ages in AGES.items():
        for at, age in enumerate(ages):
            name = f"{status[:2]}{at}"
            label = "necrosis" if at % 3 == 0 else "recurrence"
            sex = "" if at == 1 else ("male" if at % 2 else "female")
            rows.append((name, label, f"d/{name}", age, sex, "north" if at < 3 else "south"))
            cohort.append((name, label, status))
    names = ["case", "label", "dicom", "age", "sex", "site"]
    pd.DataFrame(rows, columns=names).to_csv(tmp_path / "cases.tsv", sep="\t", index=False)
    pd.DataFrame(cohort, columns=["case", "label", "status"]).to_csv(
        tmp_path / "cohort.tsv", sep="\t", index=False
    )
    output = tmp_path / "table1_whole.tsv"
    describe_whole(
        cases_table=tmp_path / "cases.tsv",
        cohort=tmp_path / "cohort.tsv",
        notice=NOTICE,
        output=output,
    )
    return pd.read_csv(output, sep="\t", keep_default_na=False, dtype=str)


def test_each_field_adds_up_to_the_number_of_cases(table) -> None:
    groups = ["included", "excluded", "site north", "site south"]
    total = table[table["characteristic"] == "n"].iloc[0]
    assert [int(total[name]) for name in groups] == [8, 3, 3, 5]
    for field in ("label", "sex", "primary_diagnosis"):
        rows = table[table["characteristic"] == field]
        for name in groups:
            assert rows[name].astype(int).sum() == int(total[name]), (field, name)
    missing = table[(table["characteristic"] == "sex") & (table["level"] == "missing")].iloc[0]
    assert (missing["included"], missing["excluded"]) == ("1", "1")
    # A field that no case has is missing in all.
    diagnosis = table[table["characteristic"] == "primary_diagnosis"]
    assert list(diagnosis["level"]) == ["missing"]


def test_excluded_are_compared_with_included(table) -> None:
    age = table[table["characteristic"] == "age_years_mean"].iloc[0]
    assert age["included"] == "54.25" and age["excluded"] == "72.33"
    welch = stats.ttest_ind(AGES["included"], AGES["excluded"], equal_var=False)
    assert float(age["p_value"]) == pytest.approx(welch.pvalue, abs=1e-6)
    # Labels: 3 of 8 and 1 of 3 are necrosis; with so few, Fisher's test.
    label = table[table["characteristic"] == "label"].iloc[0]
    assert float(label["p_value"]) == pytest.approx(
        stats.fisher_exact([[5, 2], [3, 1]]).pvalue, abs=1e-6
    )
    assert label["p_test"] == "Fisher exact"


def test_a_cohort_that_nobody_left_and_one_site(tmp_path) -> None:
    (tmp_path / "cases.tsv").write_text(
        "case\tlabel\tdicom\tsite\nA\tnecrosis\td/A\tnorth\nB\trecurrence\td/B\tnorth\n"
    )
    (tmp_path / "cohort.tsv").write_text(
        "case\tlabel\tstatus\nA\tnecrosis\tincluded\nB\trecurrence\tincluded\n"
    )
    output = tmp_path / "whole.tsv"
    describe_whole(
        cases_table=tmp_path / "cases.tsv",
        cohort=tmp_path / "cohort.tsv",
        notice=NOTICE,
        output=output,
    )
    text = output.with_suffix(".md").read_text()
    assert "| n " in text and "Site" not in text.splitlines()[2]
    assert "not defined" not in text and NOTICE in text
