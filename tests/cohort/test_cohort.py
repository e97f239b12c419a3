from __future__ import annotations

import json

import pandas as pd
import pytest

from radnec.cohort.collect import collect_cohort, collect_series, included_cases
from radnec.cohort.eligibility import ineligible
from radnec.cohort.select import SelectionSettings, required_sequences, select_cases
from radnec.core.errors import InputError
from radnec.core.records import Record
from radnec.core.tables import read_tsv, write_tsv

SETTINGS = SelectionSettings(min_slices=32, required_sequences=("t1", "t1ce"))


def record(folder, case, stage, *, slices=None, reason="", warnings=(), why_no=None):
    slices = slices or {}
    why_no = why_no or {}
    path = folder / stage / f"{case}.json"
    Record(
        case,
        stage,
        "excluded" if reason else "ok",
        reason,
        list(warnings),
        {f"{name}.nii.gz": "0" for name in slices},
        {f"slices_{name}": count for name, count in slices.items()}
        | {f"why_no_{name}": why for name, why in why_no.items()},
    ).write(path)
    return path


def select(tmp_path, rows, records, used=("t1",), settings=SETTINGS):
    table = pd.DataFrame(rows).fillna("")
    table["patient"] = table["case"]
    select_cases(
        table=table,
        records=records,
        required=required_sequences(settings, used),
        min_slices=settings.min_slices,
        selected=tmp_path / "s.tsv",
    )
    return read_tsv(tmp_path / "s.tsv", dtype=str).fillna("").set_index("case")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, ""),
        ({"pathology": "yes", "radiotherapy": "yes", "primary_glioma": "no"}, ""),
        ({"pathology": "no", "radiotherapy": "no"}, "no pathological diagnosis"),
        ({"radiotherapy": "no"}, "no history of radiotherapy"),
        ({"primary_glioma": "yes"}, "primary glioma"),
        ({"pathology": ""}, ""),
    ],
)
def test_the_papers_criteria(row, reason):
    assert ineligible(row) == reason


def test_every_case_is_listed_with_its_stage_and_reason(tmp_path):
    whole = {"t1": 32, "t1ce": 33, "t2": 40}
    records = {
        "ok": record(tmp_path, "ok", "convert", slices=whole),
        "few": record(tmp_path, "few", "convert", slices={**whole, "t1ce": 31}),
        "gone": record(tmp_path, "gone", "convert", slices={"t1": 32, "t2": 32}),
        "torn": record(tmp_path, "torn", "convert", reason="left at index: no readable series"),
        # t2 is neither required nor read by a network, so it may be short.
        "short_t2": record(tmp_path, "short_t2", "convert", slices={**whole, "t2": 5}),
    }
    rows = [{"case": case, "label": "necrosis"} for case in records]
    rows.append({"case": "primary", "label": "recurrence", "primary_glioma": "yes"})
    found = select(tmp_path, rows, records)
    listed = {case: (r.status, r.stage, r.reason) for case, r in found.iterrows()}
    assert listed == {
        "ok": ("included", "", ""),
        "few": ("excluded", "select", "fewer than 32 slices: t1ce has 31"),
        "gone": ("excluded", "select", "missing sequence: t1ce"),
        "torn": ("excluded", "index", "no readable series"),
        "short_t2": ("included", "", ""),
        "primary": ("excluded", "eligibility", "primary glioma"),
    }


def test_a_sequence_that_a_network_reads_is_required_too(tmp_path):
    records = {"a": record(tmp_path, "a", "convert", slices={"t1": 40, "t1ce": 40})}
    found = select(tmp_path, [{"case": "a", "label": "necrosis"}], records, used=("t1", "flair"))
    assert found.loc["a", "reason"] == "missing sequence: flair"


def test_reason_says_why_each_sequence_is_missing(tmp_path):
    either = "series ab12 may be t1 or t1ce: add the line 'a ab12 t1'"
    why = {"t1": either, "t1ce": either, "t2": "1 slice missing", "flair": "not needed"}
    records = {"a": record(tmp_path, "a", "convert", slices={}, why_no=why)}
    found = select(tmp_path, [{"case": "a", "label": "necrosis"}], records, used=("t1", "t2"))
    assert found.loc["a", "reason"] == (
        f"missing sequence: t1ce, t1, t2. t1ce, t1: {either}. t2: 1 slice missing"
    )


def test_a_case_without_any_sequence_leaves_even_where_none_is_required(tmp_path):
    why = {"t1": "not certain enough", "t1ce": "no series", "t2": "no series", "flair": "no series"}
    records = {
        "a": record(tmp_path, "a", "convert", slices={}, why_no=why),
        "b": record(tmp_path, "b", "convert", slices={"flair": 40}),
    }
    rows = [{"case": case, "label": ""} for case in "ab"]
    anything = SelectionSettings(min_slices=32, required_sequences=())
    found = select(tmp_path, rows, records, used=(), settings=anything)
    assert found.loc["a", "reason"] == (
        "no usable sequence. t1ce, t2, flair: no series. t1: not certain enough"
    )
    assert found.loc["b", "status"] == "included"


def collect(tmp_path, records, by_hand=None):
    cases = ["a", "b", "c"]
    write_tsv(
        pd.DataFrame(
            {
                "case": cases,
                "label": "necrosis",
                "patient": cases,
                "status": ["included", "included", "excluded"],
                "stage": ["", "", "select"],
                "reason": ["", "", "missing sequence: t1"],
                "sequences": "t1",
            }
        ),
        tmp_path / "selected.tsv",
    )
    collect_cohort(
        selected=tmp_path / "selected.tsv",
        records=records,
        excluded_by_hand=by_hand or {},
        cohort=tmp_path / "cases.tsv",
    )
    return read_tsv(tmp_path / "cases.tsv", dtype=str).fillna("").set_index("case")


def test_the_first_stage_that_excludes_is_named_and_warnings_are_joined(tmp_path):
    records = [
        record(tmp_path, "a", "register", warnings=["moved 12 mm"]),
        record(tmp_path, "b", "register", reason="not registered"),
        record(tmp_path, "a", "strip", warnings=["small mask"]),
        record(tmp_path, "b", "strip", reason="left at register: not registered"),
    ]
    table = collect(tmp_path, records)
    assert table.loc["a", ["status", "warnings"]].tolist() == [
        "included",
        "moved 12 mm; small mask",
    ]
    assert table.loc["b", ["status", "stage", "reason"]].tolist() == [
        "excluded",
        "register",
        "not registered",
    ]
    assert table.loc["c", "reason"] == "missing sequence: t1"
    assert list(included_cases(tmp_path / "cases.tsv")["case"]) == ["a"]


def test_a_person_excludes_with_a_reason_and_only_known_cases(tmp_path):
    table = collect(tmp_path, [], {"a": "motion"})
    assert table.loc["a", ["status", "stage", "reason"]].tolist() == ["excluded", "qc", "motion"]
    with pytest.raises(InputError, match=r"qc\.exclude: found \['z'\]"):
        collect(tmp_path, [], {"z": "motion"})


def test_an_empty_cohort_has_its_table_and_stops_what_needs_a_case(tmp_path):
    table = collect(tmp_path, [], {"a": "motion", "b": "motion"})
    assert list(table["status"]) == ["excluded"] * len(table)
    with pytest.raises(InputError, match=r"no case is left.*motion"):
        included_cases(tmp_path / "cases.tsv")


def test_series_of_all_cases_are_joined(tmp_path):
    for case in "ab":
        write_tsv(pd.DataFrame({"case": [case], "series": ["s1"]}), tmp_path / f"{case}.tsv")
    collect_series(tables=[tmp_path / "a.tsv", tmp_path / "b.tsv"], series=tmp_path / "all.tsv")
    assert list(read_tsv(tmp_path / "all.tsv")["case"]) == ["a", "b"]


def test_settings_come_from_their_section():
    text = json.dumps({"min_slices": 10, "required_sequences": ["t1"]})
    assert SelectionSettings.from_json(text).required_sequences == ("t1",)
