"""The table of overrides: what a person decided about single series.

Columns case, series and sequence, apart by tabs or spaces, so that the line in a reason for
exclusion can be pasted as it stands; what follows a # is a remark.
"""

from __future__ import annotations

from pathlib import Path

from radnec.core.errors import InputError
from radnec.core.sequences import SEQUENCES

COLUMNS = ["case", "series", "sequence"]
IGNORE = "ignore"


def load_overrides(path: Path) -> dict[str, dict[str, str]]:
    """Return, for each case of the table, series to sequence (or ``ignore``).

    Raises
    ------
    InputError
        If the table lacks a column, or a row has too few or too many cells, names an unknown
        sequence, a series twice, or two series for one sequence; names file, row (counted as
        an editor counts lines), value found and value expected.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError) as error:
        raise InputError(
            f"config: series_overrides: {path} is not a readable text ({type(error).__name__}), "
            f"expected a table with the columns {', '.join(COLUMNS)}, or null"
        ) from None
    rows = [(number, line.partition("#")[0].split()) for number, line in enumerate(lines, start=1)]
    rows = [(number, cells) for number, cells in rows if cells]
    header = rows.pop(0)[1] if rows else []
    if header != COLUMNS:
        raise InputError(f"{path}: found columns {header}, expected {COLUMNS}")
    found: dict[str, dict[str, str]] = {}
    for number, cells in rows:
        if len(cells) != len(COLUMNS):
            raise InputError(f"{path} row {number}: found {cells}, expected {', '.join(COLUMNS)}")
        case, series, sequence = cells[0], cells[1], cells[2].lower()
        if sequence not in (*SEQUENCES, IGNORE):
            raise InputError(
                f"{path} row {number}: sequence {cells[2]!r}, expected one of "
                f"{', '.join(SEQUENCES)}, {IGNORE}"
            )
        known = found.setdefault(case, {})
        if series in known or (sequence != IGNORE and sequence in known.values()):
            raise InputError(
                f"{path} row {number}: case {case!r} has series {series!r} or sequence "
                f"{sequence!r} in an earlier row too, expected each once a case"
            )
        known[series] = sequence
    return found


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
        raise InputError(f"{path}: found cases {unknown}, expected case ids of the cases table")
    return {
        case: "\n".join(f"{series} {sequence}" for series, sequence in sorted(lines.items()))
        for case, lines in table.items()
    }
