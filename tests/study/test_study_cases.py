"""Which cases a study looks at, and the texts by which a job tells that its case changed."""

from __future__ import annotations

import json
import os

import pandas as pd
import pytest

from radnec.study.cases import StudyCases, read_included_cases

ROWS = {
    "P1": {"case": "P1", "label": "necrosis", "patient": "P1", "age": "50", "dicom": "raw/P1"},
    "P2": {"case": "P2", "label": "recurrence", "patient": "A", "age": "", "bids_subject": "02"},
    "P3": {"case": "P3", "label": "recurrence", "patient": "A", "pathology": "no", "t1": "c.nii"},
}


def changed(case: str, **cells: str) -> dict[str, dict[str, str]]:
    return {name: row | (cells if name == case else {}) for name, row in ROWS.items()}


def cases_of(rows: dict[str, dict[str, str]]) -> StudyCases:
    return StudyCases(rows, bids_root="dataset")


def test_a_case_that_a_criterion_excludes_is_not_looked_at():
    assert cases_of(ROWS).eligible == ["P1", "P2"]
    assert cases_of(changed("P3", pathology="")).eligible == ["P1", "P2", "P3"]


def test_a_table_gives_the_same_cases_as_its_rows():
    table = pd.DataFrame(list(ROWS.values())).fillna("").set_index("case", drop=False)
    cases = StudyCases.from_table(table, bids_root="dataset")
    assert cases.eligible == ["P1", "P2"]
    assert [cases.source(case) for case in ROWS] == [cases_of(ROWS).source(c) for c in ROWS]


def test_each_kind_of_source_is_recorded_with_what_identifies_it():
    cases = cases_of(ROWS)
    assert json.loads(cases.source("P1")) == {"kind": "dicom", "path": "raw/P1", "files": {}}
    assert json.loads(cases.source("P2")) == {
        "kind": "bids",
        "path": "dataset",
        "files": {"subject": "02"},
    }
    assert json.loads(cases.source("P3")) == {
        "kind": "nifti",
        "path": "",
        "files": {"t1": "c.nii"},
    }


def test_images_are_present_when_every_path_of_the_row_exists(tmp_path):
    first, second = tmp_path / "t1.nii", tmp_path / "t2.nii"
    cases = cases_of({"N": {"case": "N", "t1": str(first), "t2": str(second), "flair": ""}})
    first.touch()
    assert not cases.images_present("N")
    second.touch()
    assert cases.images_present("N")


def test_the_selection_depends_on_cases_labels_patients_and_criteria_alone():
    digest = cases_of(ROWS).selection_digest()
    assert cases_of(changed("P1", age="51", dicom="moved/P1")).selection_digest() == digest
    others = [
        changed("P1", label="recurrence"),
        changed("P2", patient="B"),
        changed("P1", radiotherapy="no"),
        {name: ROWS[name] for name in ("P2", "P1", "P3")},
        {name: ROWS[name] for name in ("P1", "P2")},
    ]
    digests = {cases_of(rows).selection_digest() for rows in others}
    assert len(digests | {digest}) == len(others) + 1


def test_texts_are_those_that_finished_studies_recorded():
    """As version 0.1.0 made them: another text would select and index every case again."""
    cases = cases_of(ROWS)
    assert cases.selection_digest() == "23ecc002fd225f74"
    assert cases.source("P1") == '{"files":{},"kind":"dicom","path":"raw/P1"}'
    assert cases.column_of_split({"design": "stratified"}) == "{}"


def test_the_split_is_the_tables_own_where_the_design_asks_for_it():
    rows = {name: row | {"set": "test" if name == "P2" else "train"} for name, row in ROWS.items()}
    given = cases_of(rows).column_of_split({"design": "given"})
    assert json.loads(given) == {"P1": "train", "P2": "test", "P3": "train"}
    assert cases_of(rows).column_of_split({"design": "kfold"}) == "{}"


def test_the_mask_of_a_case_is_optional():
    assert cases_of(changed("P1", mask="m.nii.gz")).mask("P1") == "m.nii.gz"
    assert cases_of(changed("P1", mask="")).mask("P1") == ""
    assert cases_of(ROWS).mask("P1") == ""


@pytest.fixture
def selected(tmp_path):
    path = tmp_path / "selected.tsv"
    path.write_text(
        "case\tlabel\tstatus\treason\n"
        "007\tnecrosis\tincluded\t\n"
        'P2\tnecrosis\texcluded\tno "t2"\n'
        "NA\trecurrence\tincluded\t\n"
    )
    return path


def test_included_cases_keep_their_ids_as_text_and_their_order(selected):
    assert read_included_cases(str(selected), selected.stat().st_mtime_ns) == ["007", "NA"]


def test_a_selection_is_read_again_only_when_it_was_written_again(selected):
    written = selected.stat().st_mtime_ns
    first = read_included_cases(str(selected), written)
    selected.write_text("case\tstatus\nP9\tincluded\n")
    os.utime(selected, ns=(written + 1, written + 1))
    assert read_included_cases(str(selected), written) is first
    assert read_included_cases(str(selected), selected.stat().st_mtime_ns) == ["P9"]
