"""The table of overrides: what a person decided about single series.

Columns case, series and sequence. In a text file they may stand apart by blanks as well, so that
the line in a reason for exclusion can be pasted as it stands; what follows a # is a remark.
"""

from __future__ import annotations

from pathlib import Path

from radnec.cases.faults import Faults
from radnec.cases.files import read_sheet
from radnec.cases.sheet import Row
from radnec.core.errors import InputError
from radnec.core.sequences import SEQUENCES

COLUMNS = ["case", "series", "sequence"]
IGNORE = "ignore"


def load_overrides(path: Path) -> dict[str, dict[str, str]]:
    """Return, for each case of the table, series to sequence (or ``ignore``).

    Parameters
    ----------
    path
        TSV, CSV, Excel workbook, or text with blanks between the cells.

    Raises
    ------
    InputError
        If the table lacks a column, or a row has too few or too many cells, names an unknown
        sequence, a series twice, or two series for one sequence; names file, row, value found
        and value expected, for every fault.
    """
    if not Path(path).is_file():
        raise InputError(
            f"config: series_overrides: {path} not found, expected a table with the columns "
            f"{', '.join(COLUMNS)}, or null"
        )
    sheet = read_sheet(Path(path), COLUMNS, sheet="overrides")
    rows = [(row, cells) for row in sheet.rows if (cells := _cells(row))]
    header = [name.casefold() for name in rows.pop(0)[1]] if rows else []
    if header != COLUMNS:
        raise InputError(f"{sheet.source}: found columns {header}, expected {COLUMNS}")
    found: dict[str, dict[str, str]] = {}
    faults = Faults(sheet.source)
    for row, cells in rows:
        if fault := _fault(row, cells, found):
            faults.add(row.number, "", fault)
            continue
        found.setdefault(cells[0], {})[cells[1]] = cells[2].lower()
    faults.raise_if_any()
    return found


def _cells(row: Row) -> list[str]:
    return " ".join(cell.text for cell in row.cells).partition("#")[0].split()


def _fault(row: Row, cells: list[str], found: dict[str, dict[str, str]]) -> str:
    for cell in row.cells:
        if reason := cell.fault or cell.fault_of_id:
            return f"found {cell.text!r}, expected text ({reason})"
    if len(cells) != len(COLUMNS):
        return f"found {cells}, expected {', '.join(COLUMNS)}"
    case, series, sequence = cells[0], cells[1], cells[2].lower()
    if sequence not in (*SEQUENCES, IGNORE):
        return f"sequence: found {cells[2]!r}, expected one of {', '.join(SEQUENCES)}, {IGNORE}"
    known = found.get(case, {})
    if series in known or (sequence != IGNORE and sequence in known.values()):
        return (
            f"case {case!r} has series {series!r} or sequence {sequence!r} in an earlier row "
            "too, expected each once a case"
        )
    return ""


def overrides_by_case(path: str | None, cases: set[str]) -> dict[str, str]:
    """Return, for each case named in the table, its lines as text that is equal when they are.

    The text is compared from run to run: only cases whose lines changed are indexed again.

    Raises
    ------
    InputError
        If the table cannot be used, or names a case that is not among `cases`.
    """
    if path is None:
        return {}
    table = load_overrides(Path(path))
    unknown = sorted(set(table) - cases)
    if unknown:
        # A spreadsheet drops the zeros before a number, and the people who type ids their capitals.
        plain = {name.lstrip("0").casefold(): name for name in cases}
        near = [plain[key] for name in unknown if (key := name.lstrip("0").casefold()) in plain]
        hint = f" ({', '.join(near)}? An id is text: zeros and capitals count)" if near else ""
        raise InputError(
            f"{path}: found cases {unknown}, expected case ids of the cases table{hint}"
        )
    return {
        case: "\n".join(f"{series} {sequence}" for series, sequence in sorted(lines.items()))
        for case, lines in table.items()
    }
