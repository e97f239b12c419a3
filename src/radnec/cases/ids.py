"""Ids of cases and patients: what they could have been where they cannot be used."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from radnec.cases.sheet import Cell

_EXPONENT = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+")
_LENGTH = 64


def suggestion(text: str) -> str:
    """Return what to do about an id that cannot be a name of files, as the end of a message."""
    if _EXPONENT.fullmatch(text):
        return (
            " (a spreadsheet's way to show a long number, whose last digits are lost: format the "
            "column as Text and write the id anew)"
        )
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", plain).strip("_-")[:_LENGTH]
    return f"; {plain!r} would do" if plain else ""


def repeated(ids: Iterable[tuple[int, str]], source: str) -> list[str]:
    """Return a message for each id that stands in more than one row.

    Parameters
    ----------
    ids
        Row and id. On some file systems P1 and p1 would be one folder, so they are one id.
    source
        The table, for the messages.
    """
    rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, name in ids:
        rows[name.casefold()].append((number, name))
    faults = []
    for same in rows.values():
        if len(same) == 1:
            continue
        numbers = ", ".join(str(number) for number, _ in same)
        names = list(dict.fromkeys(name for _, name in same))
        shown = " and ".join(map(repr, names))
        faults.append(
            f"{source} rows {numbers}: case: found {shown} "
            + (
                "more than once, expected unique ids"
                if len(names) == 1
                else "which differ only in capitals, expected ids that are different as names of "
                "folders on every computer"
            )
        )
    return faults


def spelled_twice(patients: Iterable[tuple[int, str]], source: str) -> list[str]:
    """Return a message for each patient whose pseudonym is written in capitals and in small.

    Taken for two patients, their cases could part into training and test.
    """
    spellings: dict[str, dict[str, int]] = defaultdict(dict)
    for number, name in patients:
        spellings[name.casefold()].setdefault(name, number)
    return [
        f"{source} rows {', '.join(map(str, names.values()))}: patient: found "
        f"{' and '.join(map(repr, names))}, expected one spelling for one patient"
        for names in spellings.values()
        if len(names) > 1
    ]


def lost_zeros(name: str, cells: Iterable[tuple[int, Cell]], source: str) -> list[str]:
    """Return a message where a workbook's column has ids as numbers beside ids with zeros ahead.

    Parameters
    ----------
    name
        The column.
    cells
        Row and cell.
    source
        The table, for the message.
    """
    written = [(number, cell) for number, cell in cells if cell.text]
    numbers = [(number, cell.text) for number, cell in written if cell.number]
    zeros = [cell.text for _, cell in written if not cell.number and re.match("0[0-9]", cell.text)]
    if not numbers or not zeros:
        return []
    rows = ", ".join(str(number) for number, _ in numbers)
    return [
        f"{source} row{'s'[: len(numbers) > 1]} {rows}: {name}: found the number {numbers[0][1]} "
        f"beside the text {zeros[0]!r}, expected text in the whole column: Excel drops the leading "
        "zeros of numbers; format the column as Text and write these ids anew"
    ]
