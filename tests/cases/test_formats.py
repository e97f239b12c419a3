"""The same cases in every format, encoding and spelling that is read."""

from __future__ import annotations

import datetime
import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from radnec.cases.overrides import load_overrides
from radnec.cases.table import load_cases
from radnec.core.errors import InputError

COLUMNS = ["case", "label", "dicom", "age", "sex", "radiotherapy", "primary_diagnosis", "x_site"]
CLEAN = [
    ["007", "necrosis", "scans/a b", "52", "male", "yes", "glioma_grade_4", "north"],
    ["1e5", "recurrence", "scans/b", "61.5", "female", "no", "glioma_grade_2", ""],
    ["NA", "recurrence", "scans/c", "", "male", "yes", "unknown", "1.50"],
    ["null", "necrosis", "scans/d", "8", "", "", "", "TRUE"],
]
SPELLED = [
    ["007", " Necrosis", "scans/a b ", "052Y", "M", "Yes", "Glioma grade 4", "north"],
    ["1e5", "RECURRENCE", "scans/b", "61,5", "f", "FALSE", "glioma-grade-2", ""],
    ["NA ", "recurrence", "\u00a0scans/c", "", "Male", "1", "Unknown", " 1.50"],
    ["null", "necrosis", "scans/d", "8 years", "", "", "", "TRUE"],
    *[[""] * len(COLUMNS)] * 3,
]
HEADER = ["Case", "LABEL ", "Dicom", " age", "Sex", "Radiotherapy", "Primary Diagnosis", "x_site"]


def frame(rows=CLEAN, columns=COLUMNS):
    return pd.DataFrame(rows, columns=columns, dtype=object)


def as_text(path, *, separator="\t", encoding="utf-8", rows=CLEAN, columns=COLUMNS, **options):
    """Written by pandas, which knows nothing of our reader."""
    frame(rows, columns).to_csv(path, sep=separator, index=False, encoding=encoding, **options)


def as_workbook(path, rows=CLEAN, columns=COLUMNS, **options):
    frame(rows, columns).to_excel(path, index=False, **options)


def typed_workbook(path):
    """As Excel's people type it: numbers, truth values, an id shown with zeros."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADER)
    for row in SPELLED[:4]:
        sheet.append(row)
    sheet["A2"], sheet["A2"].number_format = 7, "000"
    sheet["D2"], sheet["D3"], sheet["D5"] = 52, 61.5, 8.0
    sheet["F2"], sheet["F3"] = True, False
    book.create_sheet("empty")
    book.save(path)


def beside_other_sheets(path):
    with pd.ExcelWriter(path) as writer:
        pd.DataFrame({"a": [1]}).to_excel(writer, sheet_name="Notes")
        frame().to_excel(writer, sheet_name="Cases", index=False)


def by_libreoffice(path):
    """A byte order mark, quotation marks around every cell, lines that end as on Windows."""
    as_text(path, separator=";", encoding="utf-8-sig", quoting=1, lineterminator="\r\n")


def with_excels_first_line(path):
    as_text(path, separator=";")
    path.write_text("sep=;\n" + path.read_text())


def short_and_blank_lines(path):
    as_text(path)
    lines = [line.rstrip("\t") for line in path.read_text().splitlines()]
    path.write_text("\n" + "\n".join([*lines[:2], "", *lines[2:]]) + "\n\n\t\t\n")


VARIANTS = {
    "TSV": as_text,
    "TSV with trailing blanks and spellings": lambda p: as_text(p, rows=SPELLED, columns=HEADER),
    "CSV with commas": lambda p: as_text(p, separator=","),
    "CSV with commas and spellings": lambda p: as_text(
        p, separator=",", rows=SPELLED, columns=HEADER
    ),
    "CSV with semicolons": lambda p: as_text(p, separator=";", rows=SPELLED, columns=HEADER),
    "semicolons, quoted, byte order mark, CRLF": by_libreoffice,
    "sep=; in the first line": with_excels_first_line,
    "UTF-16 with mark": lambda p: as_text(p, encoding="utf-16"),
    "UTF-16 little-endian without mark": lambda p: as_text(p, encoding="utf-16-le"),
    "UTF-16 big-endian without mark": lambda p: as_text(p, encoding="utf-16-be"),
    "UTF-32": lambda p: as_text(p, encoding="utf-32"),
    "old Macintosh line ends": lambda p: as_text(p, lineterminator="\r"),
    "blank and short lines": short_and_blank_lines,
    "workbook of text": as_workbook,
    "workbook with spellings": lambda p: as_workbook(p, SPELLED, HEADER),
    "workbook of numbers and truth values": typed_workbook,
    "workbook with several sheets": beside_other_sheets,
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_gives_the_same_cases(tmp_path, variant):
    # The name says nothing: what a file is, its bytes tell.
    path = tmp_path / "cases.xlsx"
    VARIANTS[variant](path)
    found = load_cases(path, {}).rows.drop(columns="patient")
    expected = frame().set_index("case", drop=False)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


@pytest.mark.parametrize(
    ("encoding", "site", "expected"),
    [
        ("latin-1", "Universitätsklinikum Köln", "Latin-1"),
        ("latin-1", "Hôpital de la Pitié-Salpêtrière", "Latin-1"),
        ("latin-1", "Höß, Größe 5 µm ± 1°", "Latin-1"),
        ("gb18030", "北京天坛医院", "GB18030"),
        ("gb18030", "上海华山医院(神经外科)", "GB18030"),
        ("gb18030", "男", "GB18030"),
        ("utf-16", "北京 Köln", "UTF-16"),
        ("utf-8", "北京 Köln Иванов", ""),
    ],
)
def test_an_encoding_that_is_unambiguous_is_read_and_told(tmp_path, encoding, site, expected):
    rows = [[*row[:-1], site] for row in CLEAN]
    as_text(tmp_path / "cases.tsv", encoding=encoding, rows=rows)
    table = load_cases(tmp_path / "cases.tsv", {})
    assert set(table.rows["x_site"]) == {site}
    assert expected in table.changes and bool(table.changes) == bool(expected)


@pytest.mark.parametrize(
    ("encoding", "site"),
    [
        ("cp1251", "Больница Иванова"),
        ("cp1251", "БОЛЬНИЦА ИВАНОВА"),
        ("koi8-r", "Больница Иванова"),
        ("euc_kr", "서울대학교병원 김철수"),
        ("shift_jis", "東京大学病院 田中"),
        ("euc_jp", "東京大学病院 田中"),
        ("big5", "臺北榮民總醫院 陳"),
        ("cp1253", "Παπαδόπουλος"),
        ("gb18030", "李"),  # one character is no evidence
    ],
)
def test_an_ambiguous_encoding_is_refused_with_the_way_out(tmp_path, encoding, site):
    rows = [[*row[:-1], site] for row in CLEAN]
    as_text(tmp_path / "cases.tsv", encoding=encoding, rows=rows)
    with pytest.raises(InputError, match=r"cases\.tsv row 2: found the bytes .* save the table as"):
        load_cases(tmp_path / "cases.tsv", {})


def workbook(change):
    """A writer of a workbook of the clean cases in which something was changed."""

    def write(path):
        as_workbook(path)
        book = openpyxl.load_workbook(path)
        change(book, book.active)
        book.save(path)

    return write


def cells(**values):
    def change(book, sheet):
        for place, value in values.items():
            value, form = value if isinstance(value, tuple) else (value, None)
            sheet[place] = value
            if form:
                sheet[place].number_format = form

    return workbook(change)


def text(row, columns="case\tlabel\tdicom\tage\tsex\tradiotherapy"):
    return lambda path: path.write_text(f"{columns}\n{row}\n")


ID = "expected an id of 1 to 64 letters, digits, '_' or '-' that starts with a letter or digit"
AGE = "expected age in years, a number from 0 to 120, or an empty cell"
REFUSED = {
    "sex by code": (
        text("A\tnecrosis\td\t52\t1\tyes"),
        "row 2 ('A'): sex: found '1', expected male",
    ),
    "sex that is neither": (text("A\tnecrosis\td\t52\tO\tyes"), "sex: found 'O', expected male"),
    "maybe": (
        text("A\tnecrosis\td\t52\tM\tmaybe"),
        "radiotherapy: found 'maybe', expected yes or no",
    ),
    "2 for no": (text("A\tnecrosis\td\t52\tM\t2"), "radiotherapy: found '2', expected yes or no"),
    "age in months": (
        text("A\tnecrosis\td\t018M\tM\tyes"),
        "age: found '018M', expected age in years",
    ),
    "999 for unknown": (
        text("A\tnecrosis\td\t999\tM\tyes"),
        "age: found '999', expected age in years",
    ),
    "a range": (text("A\tnecrosis\td\t50-55\tM\tyes"), "age: found '50-55', expected age in years"),
    "an id with blanks": (
        text("P 01/2\tnecrosis\td\t\t\t"),
        f"case: found 'P 01/2', {ID}; 'P_01_2' would do",
    ),
    "an id with accents": (text("Müller\tnecrosis\td\t\t\t"), "'Muller' would do"),
    "an id in full width": (text("\uff30\uff11\tnecrosis\td\t\t\t"), "'P1' would do"),
    "an id as a long number": (text("1,23E+11\tnecrosis\td\t\t\t"), "format the column as Text"),
    "an unclosed quotation": (
        text('A\tnecrosis\t"d\t\t\t'),
        "row 2: unexpected end of data, expected a quotation mark only around a whole cell",
    ),
    "a semicolon inside a value": (
        text("A;necrosis;d;e;52", "case;label;dicom;age"),
        "row 2: found '52' in column 5, which has no name in row 1: expected 4 cells a row",
    ),
    "a missing column": (
        text("A\td", "case\tdicom"),
        "row 1: found the columns 'case', 'dicom', expected label among them",
    ),
    "no header": (
        text("A\tnecrosis\td", "P1\trecurrence\tc"),
        "row 1: found the column 'P1', expected one of case, label",
    ),
    "a column twice": (
        text("A\tnecrosis\td\te", "case\tlabel\tdicom\tDICOM"),
        "row 1: found the column 'dicom' 2 times, expected it once",
    ),
    "a misspelt column": (
        text("A\tnecrosis\td\te", "case\tlabel\tdicom\tT1 ce"),
        "row 1: found the column 'T1 ce', expected one of case, label",
    ),
    "a patient in two spellings": (
        lambda path: path.write_text(
            "case\tlabel\tdicom\tpatient\na\tnecrosis\td\tQ1\nb\tnecrosis\te\tq1\n"
        ),
        "rows 2, 3: patient: found 'Q1' and 'q1', expected one spelling",
    ),
    "a date as id": (
        cells(A2=datetime.date(2024, 5, 1)),
        f"case: found '2024-05-01 00:00:00', {ID} (Excel holds a date",
    ),
    "a date as age": (
        cells(D3=datetime.datetime(1961, 5, 1)),
        "row 3 ('1e5'): age: found '1961-05-01 00:00:00', expected age in years",
    ),
    "1e5 as a number": (
        cells(A3=(100000, "0.00E+00")),
        "row 3 ('100000'): case: found '100000', expected an id",
    ),
    "an id with letters by its format": (cells(A3=(12, '"P"000')), 'shows it in the format "P"000'),
    "a number of 17 digits": (cells(A3=12345678901234567), "Excel keeps 15 digits of a number"),
    "a number beside zeros": (
        cells(A3=12),
        "row 3: case: found the number 12 beside the text '007', expected text in the whole "
        "column: Excel drops the leading zeros",
    ),
    "a formula never computed": (
        cells(D2="=40+12"),
        f"age: found '=40+12', {AGE} (a formula whose value is not stored",
    ),
    "an error of a formula": (
        cells(D2="#REF!"),
        f"age: found '#REF!', {AGE} (an error of a formula)",
    ),
    "merged cells": (
        workbook(lambda book, sheet: sheet.merge_cells("B2:B3")),
        "found merged cells B2:B3, expected a value in each cell",
    ),
    "two sheets": (
        workbook(lambda book, sheet: book.create_sheet("more").append(["x"])),
        "found the sheets 'Sheet1', 'more', expected one sheet, or one that is called 'cases'",
    ),
    "an empty workbook": (
        lambda path: openpyxl.Workbook().save(path),
        "found no sheet with anything in it",
    ),
    "an old Excel file": (
        lambda path: path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)),
        "found an old (.xls) or password-protected Excel file, expected .xlsx",
    ),
    "an archive": (
        lambda path: path.write_bytes(b"PK\x03\x04" + bytes(99)),
        "cannot be read as an Excel workbook",
    ),
    "a picture": (
        lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        "found bytes that are no text, expected a table",
    ),
    "half a UTF-16 character": (
        lambda path: path.write_bytes("case\t".encode("utf-16") + b"a"),
        "found UTF-16 by its first bytes",
    ),
    "an empty file": (
        lambda path: path.write_bytes(b""),
        "found nothing in it, expected the columns case, label",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_meant_is_refused_with_place_value_and_expectation(tmp_path, what):
    write, expected = REFUSED[what]
    path = tmp_path / "cases.xlsx"
    write(path)
    with pytest.raises(InputError) as caught:
        load_cases(path, {})
    message = str(caught.value)
    assert expected in message and message.startswith(str(path))
    lines = message.splitlines()
    assert len(lines) == len(set(lines)), "each message once"


def test_every_fault_is_told_at_once_and_shared_ones_once(tmp_path):
    path = tmp_path / "cases.tsv"
    rows = [f"P{i}\tnecrosis\td/{i}\t{50 + i}\t1\tyes" for i in range(8)]
    rows += ["P 9\tedema\t\t60\tM\tyes", "p0\tnecrosis\td/10\t60\tM\tja"]
    text("\n".join(rows))(path)
    with pytest.raises(InputError) as caught:
        load_cases(path, {})
    lines = [line.removeprefix(f"{path} ") for line in str(caught.value).splitlines()]
    assert [re.match(r"rows? [0-9, ]+(and \d+ more)?", line)[0].strip() for line in lines] == [
        "rows 2, 3, 4, 5, 6 and 3 more",
        *["row 10"] * 3,
        "row 11",
        "rows 2, 11",
    ]


def test_rows_are_counted_as_the_file_has_them(tmp_path):
    path = tmp_path / "cases.tsv"
    path.write_text('\ncase\tlabel\tdicom\tx_note\n\na\tnecrosis\td\t"two\nlines"\nb\tedema\te\n')
    with pytest.raises(InputError, match=r"row 6 \('b'\): label: found 'edema'"):
        load_cases(path, {})


def test_what_was_normalised_is_told_in_one_line(tmp_path):
    as_text(tmp_path / "cases.csv", separator=";", rows=SPELLED, columns=HEADER)
    changes = load_cases(tmp_path / "cases.csv", {}).changes
    assert "\n" not in changes
    for part in (
        "read as CSV with semicolons",
        "empty rows left out: 3",
        "cells without the blanks around them: 5",
        "'Primary Diagnosis' as primary_diagnosis",
        "sex: 'M' as male (1)",
        "age: '052Y' as 52 (1)",
    ):
        assert part in changes
    as_text(tmp_path / "cases.tsv")
    assert load_cases(tmp_path / "cases.tsv", {}).changes == ""


def test_numbers_as_ids_and_hidden_rows_are_told(tmp_path):
    def change(book, sheet):
        for row, number in enumerate((7, 8, 9, 10), start=2):
            sheet[f"A{row}"] = number
        sheet.row_dimensions[4].hidden = True

    workbook(change)(tmp_path / "cases.xlsx")
    table = load_cases(tmp_path / "cases.xlsx", {})
    assert list(table.rows.index) == ["7", "8", "9", "10"]
    assert "case: 4 numbers read as text, without leading zeros if they had any" in table.changes
    assert "1 hidden rows are read too (first: row 4)" in table.changes


def test_labels_as_codes_come_out_of_a_workbook(tmp_path):
    rows = [[case, int(label == "necrosis"), *others] for case, label, *others in CLEAN]
    as_workbook(tmp_path / "cases.xlsx", rows)
    table = load_cases(tmp_path / "cases.xlsx", {"0": "recurrence", "1": "necrosis"})
    assert list(table.rows["label"]) == [row[1] for row in CLEAN]


@pytest.mark.parametrize("form", ["tsv", "semicolons", "utf-16", "latin-1", "xlsx"])
def test_overrides_are_read_by_the_same_reader(tmp_path, form):
    path = tmp_path / "overrides"
    table = pd.DataFrame(
        [["007", "s1", "T1"], ["NA", "s2", "ignore"]], columns=["Case", "series", "Sequence"]
    )
    if form == "xlsx":
        table.to_excel(path.with_suffix(".xlsx"), index=False)
        path = path.with_suffix(".xlsx")
    else:
        stream = io.StringIO()
        table.to_csv(stream, sep=";" if form == "semicolons" else "\t", index=False)
        remark = "# by Dr. Müller\n" if form == "latin-1" else ""
        encoding = form if form in ("utf-16", "latin-1") else "utf-8"
        path.write_bytes((remark + stream.getvalue()).encode(encoding))
    assert load_overrides(path) == {"007": {"s1": "t1"}, "NA": {"s2": "ignore"}}


def test_the_project_s_own_tables_are_read_as_they_are_written():
    root = Path(__file__).parents[2] / "config"
    demo = load_cases(root / "demo_cases.tsv", {})
    written = pd.read_csv(root / "demo_cases.tsv", sep="\t", dtype=str, keep_default_na=False)
    assert demo.changes == ""
    pd.testing.assert_frame_equal(
        demo.rows.drop(columns="patient").reset_index(drop=True), written, check_dtype=False
    )
    assert load_cases(root / "cases.tsv", {}, may_be_empty=True).rows.empty
