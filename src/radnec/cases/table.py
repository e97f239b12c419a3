"""The table of cases: read, normalised and checked row by row."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from radnec.cases import ids, values
from radnec.cases.changes import Changes
from radnec.cases.faults import Faults
from radnec.cases.files import read_sheet
from radnec.cases.header import read_header
from radnec.cases.row import COLUMNS, ID_COLUMNS, OWN, CaseRow
from radnec.cases.sheet import EMPTY, Cell, Sheet
from radnec.cases.sources import fault_of_source
from radnec.core.errors import InputError
from radnec.core.labels import CLASSES

_SHEET = "cases"


@dataclasses.dataclass(frozen=True)
class CasesTable:
    """A checked table of cases.

    Attributes
    ----------
    rows
        One row a case, indexed by case id; all cells text, an empty cell is ``""``.
    changes
        In one line what was read otherwise than it is written; empty where nothing was.
    """

    rows: pd.DataFrame
    changes: str


def load_cases(
    path: Path, label_map: Mapping[str, str], *, may_be_empty: bool = False, labelled: bool = True
) -> CasesTable:
    """Read and check the table of cases, its labels included.

    Parameters
    ----------
    path
        TSV, CSV or Excel workbook; see `radnec.cases.files.read_sheet`.
    label_map
        For tables that write the label as a code: code to class, such as
        ``{"0": "recurrence", "1": "necrosis"}``; empty where the classes are written out.
    may_be_empty
        Whether a table without rows is one: the published study can be recomputed without
        any cohort, so the workflow refuses it only when cases are asked for.
    labelled
        Whether every case has to have a label; not where only images are prepared.

    Returns
    -------
    CasesTable
        `label` is one of the two classes, or empty where it may be; `patient` is filled with
        the case id where empty.

    Raises
    ------
    InputError
        Naming the file, row, column, value found and value expected, for every fault.
    """
    table = _read(path, label_map, labelled=labelled)
    if not may_be_empty:
        require_rows(table.rows, path)
    return table


def read_cases(path: Path) -> pd.DataFrame:
    """Return the rows of a table that `load_cases` has checked, the labels as they are written.

    Raises
    ------
    InputError
        As `load_cases`, but not for labels and images.
    """
    return _read(path, None, labelled=False).rows


def require_rows(cases: pd.DataFrame, path: Path) -> None:
    """Refuse a table without cases.

    Raises
    ------
    InputError
        If there is no row.
    """
    if cases.empty:
        raise InputError(f"{path}: no rows, expected one row a case (see config/README.md)")


def _read(path: Path, label_map: Mapping[str, str] | None, *, labelled: bool) -> CasesTable:
    path = Path(path)
    if not path.is_file():
        raise InputError(
            f"config: cases: {path} not found, expected a table (TSV, CSV or .xlsx) with one row "
            "a case"
        )
    sheet = read_sheet(path, COLUMNS, sheet=_SHEET)
    changes, faults = Changes(), Faults(sheet.source)
    names, rows = _cells(sheet, changes, required=("case", "label") if labelled else ("case",))
    read: list[dict[str, str]] = []
    for number, cells in rows:
        row, wrong = _row(cells, changes)
        if label_map is not None:
            wrong += _finish(row, label_map)
            if labelled and not row.get("label"):
                wrong.append(_fault_of_value("label", ""))
            if not label_map and "label" in row:
                changes.value("label", cells["label"].text, row["label"])
        for message in filter(None, wrong):
            faults.add(number, cells["case"].text, message)
        read.append(row)
    faults.extend(_faults_between_rows(rows, sheet.source))
    faults.raise_if_any()
    return CasesTable(_frame(read, names), changes.summary(sheet))


def _cells(
    sheet: Sheet, changes: Changes, *, required: tuple[str, ...]
) -> tuple[list[str], list[tuple[int, dict[str, Cell]]]]:
    """Return the names of the columns, and each written row's number and cells by column."""
    written = list(sheet.written())
    names = read_header(
        written,
        sheet.source,
        columns=COLUMNS,
        required=required,
        name=values.column,
        own=OWN,
    )
    header = written[0]
    for cell, name in zip(header.cells, names, strict=False):
        changes.column(cell.text, name)
    rows = []
    for row in sheet.rows:
        if row.number <= header.number:
            continue
        if row.empty:
            changes.empty_row()
            continue
        cells = [*row.cells, *[EMPTY] * (len(names) - len(row.cells))]
        changes.stripped(sum(cell.stripped for cell in cells))
        rows.append((row.number, {n: c for n, c in zip(names, cells, strict=True) if n}))
    return [name for name in names if name], rows


def _row(cells: Mapping[str, Cell], changes: Changes) -> tuple[dict[str, str], list[str]]:
    """Return the normalised cells of a row, and what is wrong with it."""
    faults = [_fault_of_cell(name, cell) for name, cell in cells.items()]
    wrong = {name for name, fault in zip(cells, faults, strict=True) if fault}
    written = {name: cell.text for name, cell in cells.items() if cell.text}
    own = {name: text for name, text in written.items() if name.startswith(OWN)}
    known = {name: text for name, text in written.items() if name not in own}
    try:
        row = CaseRow.model_validate(known).model_dump(exclude_none=True)
    except ValidationError as error:
        row = dict(known)
        for one in error.errors(include_url=False):
            name = str(one["loc"][0])
            if name not in wrong:
                faults.append(_fault_of_value(name, written.get(name, "")))
    for name, text in row.items():
        changes.value(name, written[name], text)
        if name in ID_COLUMNS and cells[name].number:
            changes.number(name)
    return {**row, **own}, faults


def _fault_of_cell(name: str, cell: Cell) -> str:
    """Return why a cell of a workbook cannot be read; a column of one's own can hold anything."""
    fault = cell.fault or (cell.fault_of_id if name in ID_COLUMNS else "")
    if not fault or name.startswith(OWN):
        return ""
    expected = CaseRow.model_fields[name].description
    return f"{name}: found {cell.text!r}, expected {expected} ({fault})"


def _fault_of_value(name: str, text: str) -> str:
    expected = CaseRow.model_fields[name].description
    found = repr(text) if text else "an empty cell"
    hint = ids.suggestion(text) if name in ("case", "patient") else ""
    return f"{name}: found {found}, expected {expected}{hint}"


def _finish(row: dict[str, str], label_map: Mapping[str, str]) -> list[str]:
    """Replace the label by its class; return what is wrong with it and with the images."""
    faults = [fault_of_source(row)]
    text = row.get("label", "")
    words = {name: name for name in CLASSES}
    known = {str(code).casefold(): name for code, name in label_map.items()} or words
    key = text.casefold()
    if key in known:
        row["label"] = known[key]
    elif text:
        hint = " (words and codes mixed in one table?)" if label_map and key in words else ""
        if not label_map and key in ("0", "1"):
            hint = " (codes need label_map in the configuration)"
        faults.append(f"label: found {text!r}, expected one of: {', '.join(sorted(known))}{hint}")
    return faults


def _faults_between_rows(rows: list[tuple[int, dict[str, Cell]]], source: str) -> list[str]:
    columns = {
        name: [(number, cells[name]) for number, cells in rows if name in cells]
        for name in ID_COLUMNS
    }
    written = {
        name: [(number, cell.text) for number, cell in cells if cell.text]
        for name, cells in columns.items()
    }
    return [
        *ids.repeated(written["case"], source),
        *ids.spelled_twice(written["patient"], source),
        *(fault for name in columns for fault in ids.lost_zeros(name, columns[name], source)),
    ]


def _frame(rows: list[dict[str, str]], names: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=names, dtype=str).fillna("")
    for name in ("label", "patient"):
        if name not in table:
            table[name] = ""
    table["patient"] = table["patient"].where(table["patient"] != "", table["case"])
    return table.set_index("case", drop=False)
