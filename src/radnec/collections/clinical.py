"""The clinical tables of a collection: the columns that a recipe needs, by their own names."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from radnec.cases.files import read_sheet
from radnec.cases.row import Age, Sex
from radnec.core.errors import InputError


@dataclasses.dataclass(frozen=True)
class ClinicalTable:
    """What a recipe reads of one file.

    Attributes
    ----------
    pattern
        The file's name; ``*`` for a part that changes with the release.
    sheet
        The sheet of a workbook, in small letters; empty for a text file.
    key
        The column, or columns, that tell the rows apart.
    columns
        The recipe's name of a column to its header in the file. Capitals and blanks of headers
        do not matter; anything else does.
    """

    pattern: str
    sheet: str
    key: tuple[str, ...]
    columns: Mapping[str, str]


Row = Mapping[str, str]
Rows = Mapping[tuple[str, ...], Row]


def read_clinical(folder: Path, table: ClinicalTable) -> Rows:
    """Return the rows of a clinical table by their key, in the order of the file.

    Raises
    ------
    InputError
        If there is no such file or more than one, a column is missing, or a key is there twice.
    """
    path = _find(folder, table.pattern)
    sheet = read_sheet(path, [*table.columns.values()], sheet=table.sheet)
    written = list(sheet.written())
    header = [cell.text for cell in written[0].cells] if written else []
    places = _places(header, table.columns, sheet.source)
    rows: dict[tuple[str, ...], Row] = {}
    for row in written[1:]:
        cells = [cell.text for cell in row.cells]
        one = {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
        key = tuple(one[name] for name in table.key)
        if not all(key):
            continue
        if key in rows:
            raise InputError(
                f"{sheet.source} row {row.number}: {' '.join(key)} is there a second time, "
                f"expected one row for each {' and '.join(table.columns[k] for k in table.key)}"
            )
        rows[key] = one
    return rows


def age_or_empty(text: str) -> str:
    """Return an age in years as the table of cases has it; empty where it is no age."""
    return _or_empty(_AGE, text)


def sex_or_empty(text: str) -> str:
    """Return ``male`` or ``female``; empty where the cell says neither."""
    return _or_empty(_SEX, text)


def whole_days(text: str) -> int | None:
    """Return a number of days; None where the cell is empty or holds no number."""
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        return None


_AGE: TypeAdapter[str] = TypeAdapter(Age)
_SEX: TypeAdapter[str] = TypeAdapter(Sex)


def _or_empty(kind: TypeAdapter[str], text: str) -> str:
    try:
        return kind.validate_python(text)
    except ValidationError:
        return ""


def _find(folder: Path, pattern: str) -> Path:
    # Excel keeps a file ~$name.xlsx beside a workbook that is open.
    found = sorted(path for path in folder.rglob(pattern) if not path.name.startswith("~$"))
    if len(found) == 1:
        return found[0]
    what = " and ".join(map(str, found)) or "no such file"
    raise InputError(
        f"{folder}: found {what}, expected one file {pattern} below it, the collection's clinical "
        "table under the name with which it is published"
    )


def _places(header: Iterable[str], columns: Mapping[str, str], source: str) -> dict[str, int]:
    names = [_plain(text) for text in header]
    places, missing = {}, []
    for name, written in columns.items():
        at = [place for place, one in enumerate(names) if one == _plain(written)]
        if len(at) > 1:
            raise InputError(f"{source}: found {len(at)} columns {written!r}, expected one")
        if at:
            places[name] = at[0]
        else:
            missing.append(written)
    if missing:
        raise InputError(
            f"{source}: found no column {' and no column '.join(map(repr, missing))} among "
            f"{', '.join(repr(text) for text in header if text) or 'none at all'}; expected the "
            "columns with which the collection was published when this recipe was written"
        )
    return places


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
