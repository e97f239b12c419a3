from __future__ import annotations

import pytest

from radnec.cases.overrides import load_overrides, overrides_by_case
from radnec.core.errors import InputError

HEADER = "case\tseries\tsequence\n"


def test_overrides_are_compared_case_by_case(tmp_path):
    path = tmp_path / "overrides.tsv"
    path.write_text("case\tseries\tsequence\nA\ts1\tt1\nB\ts2\tt2\nA\ts3\tt1ce\n")
    before = overrides_by_case(str(path), {"A", "B"})
    path.write_text("case\tseries\tsequence\nA\ts1\tt1\nB\ts2\tflair\nA\ts3\tt1ce\n")
    after = overrides_by_case(str(path), {"A", "B"})
    assert before["A"] == after["A"] and before["B"] != after["B"]
    with pytest.raises(InputError, match=r"\['B'\]"):
        overrides_by_case(str(path), {"A"})


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tabs_blanks_and_remarks(tmp_path, end):
    path = tmp_path / "overrides.tsv"
    lines = ["# by A. Reader", "case  series  sequence", "", "A\ts1\tt1", "A   s2  T1CE  # agent"]
    path.write_bytes(b"\xef\xbb\xbf" + end.join([*lines, "  # B", "B s1 ignore"]).encode())
    assert load_overrides(path) == {"A": {"s1": "t1", "s2": "t1ce"}, "B": {"s1": "ignore"}}
    assert set(overrides_by_case(str(path), {"A", "B"})) == {"A", "B"}


def test_remarks_and_spacing_change_nothing_for_the_cases(tmp_path):
    path = tmp_path / "overrides.tsv"
    path.write_text(HEADER + "A\ts1\tt1\nA\ts2\tt2\n")
    before = overrides_by_case(str(path), {"A"})
    path.write_text("# looked at again\n" + HEADER + "A s2 t2\nA s1 t1 # sure\n")
    assert overrides_by_case(str(path), {"A"}) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("series\tcase\tsequence\n", r"found columns \['series', 'case', 'sequence'\]"),
        ("", r"found columns \[\], expected"),
        (HEADER + "A\ts1\n", r"row 2: found \['A', 's1'\], expected case, series, sequence"),
        (HEADER + "# remark\nA s1 t1 t2\n", "row 3: found"),
        (
            HEADER + "A s1 t3\n",
            "row 2: sequence: found 't3', expected one of t1ce, t1, t2, flair, ignore",
        ),
        (HEADER + "A s1 t1\nA s1 t2\n", "row 3: case 'A' has series 's1'"),
        (HEADER + "A s1 t1\nA s2 t1\n", "row 3: case 'A' has series 's2' or sequence 't1'"),
    ],
)
def test_a_faulty_table_is_refused_with_row_and_value(tmp_path, text, expected):
    path = tmp_path / "overrides.tsv"
    path.write_text(text)
    with pytest.raises(InputError, match=expected):
        load_overrides(path)


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(
        InputError, match=r"series_overrides: .*gone\.tsv not found, expected a table"
    ):
        overrides_by_case(str(tmp_path / "gone.tsv"), {"A"})
    assert overrides_by_case(None, {"A"}) == {}
