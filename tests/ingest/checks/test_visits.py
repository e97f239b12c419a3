"""Second visits are found by the headers, and no header is told to anybody."""

from __future__ import annotations

import logging

import pytest
from ingest_builders import T1, write_series

from radnec.core.errors import InputError
from radnec.ingest.checks.visits import refuse_split_patients


@pytest.fixture
def check(tmp_path):
    """Cases by name with what their headers say; patients as the table names them."""

    def run(headers, **patients):
        folders = {}
        for number, (case, header) in enumerate(headers.items()):
            folders[case] = write_series(
                tmp_path / case, 1, StudyInstanceUID=f"1.2.{number}", **header, **T1
            )
        named = {case: patients.get(case, case) for case in headers}
        refuse_split_patients(folders=folders, patients=named)

    return run


def said(number, name="Doe^Jane", born="19600101"):
    return {"PatientID": number, "PatientName": name, "PatientBirthDate": born}


def test_a_second_visit_stops_the_study_and_names_cases_alone(check):
    headers = {"A": said("4711"), "B": said("815"), "C": said("4711", name="DOE^JANE")}
    with pytest.raises(InputError, match="cases 'A' and 'C'; expected a column patient") as found:
        check(headers)
    assert "4711" not in str(found.value) and "Doe" not in str(found.value)
    check(headers, A="P1", C="P1")


@pytest.mark.parametrize("other", [said("4711", name="Roe^Max"), said("4711", born="19700101")])
def test_the_same_number_at_two_centres_is_no_second_visit(check, other):
    check({"A": said("4711"), "B": other})


def test_what_is_missing_says_nothing_against_it(check):
    with pytest.raises(InputError, match="'A' and 'B'"):
        check({"A": said("4711"), "B": said("4711", name="", born="")})


def test_the_table_has_the_last_word(check, caplog):
    with caplog.at_level(logging.WARNING):
        check({"A": said("4711"), "B": said("4711")}, A="P1", B="P2")
    assert "cases A and B: one patient by their headers" in caplog.text
    assert "4711" not in caplog.text


def test_what_an_anonymiser_writes_into_all_is_no_patient(check, caplog):
    with caplog.at_level(logging.WARNING):
        check({f"C{k}": said("ANON", name="", born="") for k in range(6)})
    assert "6 cases" in caplog.text and "ANON" not in caplog.text


def test_without_identity_or_folder_there_is_nothing_to_compare(check, tmp_path):
    check({"A": said(""), "B": said("")})
    refuse_split_patients(folders={"A": tmp_path / "gone"}, patients={"A": "A"})
