"""Excel workbooks: the sheet of the table, its cells as the text that the person sees."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from radnec.cases.sheet import EMPTY, Cell, Row, Sheet, written_cell
from radnec.core.errors import InputError

_AS_TEXT = "format the column as Text and write the value anew"
_DATES = (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)
_ZEROS = re.compile(r"0+")
# A double holds no more decimal digits of every number; Excel keeps no more of any.
_DIGITS = 15


def read_workbook(data: bytes, path: Path, name: str) -> Sheet:
    """Read the sheet of a workbook (.xlsx) that holds the table.

    Parameters
    ----------
    data
        The file's bytes.
    path
        The file, for messages.
    name
        Name of the sheet that is read where several hold something; in any case.

    Raises
    ------
    InputError
        If the file is no workbook, no sheet or several could be meant, or cells are merged.
    """
    # Not at the top: jobs that read text files need not wait for it.
    from openpyxl import load_workbook

    try:
        values = load_workbook(io.BytesIO(data), data_only=True)
        formulas = load_workbook(io.BytesIO(data))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path}: found a file that cannot be read as an Excel workbook ({error}), expected "
            ".xlsx, or save the table as 'CSV UTF-8'"
        ) from None
    sheet = _sheet(values.worksheets, path, name)
    source = f"{path} sheet {sheet.title!r}" if len(values.worksheets) > 1 else str(path)
    if merged := sorted(str(area) for area in sheet.merged_cells.ranges):
        raise InputError(
            f"{source}: found merged cells {', '.join(merged)}, expected a value in each cell: "
            "unmerge them and fill each row"
        )
    rows = [
        Row(number, tuple(_cell(value, formula) for value, formula in zip(row, other, strict=True)))
        for number, (row, other) in enumerate(
            zip(sheet.iter_rows(), formulas[sheet.title].iter_rows(), strict=True), start=1
        )
    ]
    hidden = [
        row.number for row in rows if not row.empty and sheet.row_dimensions[row.number].hidden
    ]
    notes = [f"{len(hidden)} hidden rows are read too (first: row {hidden[0]})"] if hidden else []
    return Sheet(source, "Excel workbook", tuple(rows), tuple(notes))


def _sheet(sheets: list[Any], path: Path, name: str) -> Any:
    filled = [
        sheet
        for sheet in sheets
        if any(cell.value is not None for row in sheet.iter_rows() for cell in row)
    ]
    if not filled:
        raise InputError(f"{path}: found no sheet with anything in it, expected a table")
    chosen = [sheet for sheet in filled if sheet.title.strip().casefold() == name]
    if len(filled) > 1 and len(chosen) != 1:
        raise InputError(
            f"{path}: found the sheets {', '.join(repr(one.title) for one in filled)}, expected "
            f"one sheet, or one that is called {name!r}"
        )
    return chosen[0] if len(filled) > 1 else filled[0]


def _cell(cell: Any, formula: Any) -> Cell:
    value = cell.value
    if value is None:
        if formula.data_type == "f":
            return Cell(
                str(formula.value),
                fault="a formula whose value is not stored: open the workbook in Excel and save it",
            )
        return EMPTY
    if cell.data_type == "e":
        return Cell(str(value), fault="an error of a formula")
    if isinstance(value, _DATES):
        return Cell(
            str(value),
            fault=f"Excel holds a date or a time there and not what was typed: {_AS_TEXT}",
        )
    if isinstance(value, bool):
        return Cell(str(value).upper(), fault_of_id=f"Excel holds a truth value there: {_AS_TEXT}")
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    return written_cell(str(value))


def _number(value: int | float, form: str) -> Cell:
    text = str(int(value)) if value == int(value) else repr(float(value))
    if len(text.lstrip("-")) > _DIGITS and value == int(value):
        return Cell(
            text,
            number=True,
            fault=f"Excel keeps {_DIGITS} digits of a number, those behind are lost: {_AS_TEXT}",
        )
    if value == int(value) and _ZEROS.fullmatch(form):
        # Shown with leading zeros: what is shown is what was meant.
        return Cell(text.zfill(len(form)))
    fault = ""
    if "E" in form.upper().replace("GENERAL", "") or re.search(r'["\\]', form):
        fault = f"Excel holds this number and shows it in the format {form}: {_AS_TEXT}"
    return Cell(text, number=True, fault_of_id=fault)
