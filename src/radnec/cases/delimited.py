"""Text files of tables: cells apart by tabs, commas or semicolons."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from pathlib import Path

from radnec.cases.encoding import UTF8, decode
from radnec.cases.sheet import Row, Sheet, written_cell
from radnec.core.errors import InputError

_FORMS = {"\t": "", ",": "CSV with commas", ";": "CSV with semicolons"}
# Excel writes and understands a first line that names the delimiter.
_NAMED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


def read_delimited(data: bytes, path: Path, columns: Collection[str]) -> Sheet:
    """Read a text file whose delimiter its header tells.

    Parameters
    ----------
    data
        The file's bytes.
    path
        The file, for messages.
    columns
        Names of columns that the table can have: the delimiter is the one that splits the
        header into most of them.

    Raises
    ------
    InputError
        If the file is no text, its encoding is ambiguous, or a quotation mark is not closed.
    """
    text, encoding = decode(data, path)
    lines = io.StringIO(text, newline=None).readlines()
    skipped = 1 if lines and _NAMED.fullmatch(lines[0]) else 0
    while skipped < len(lines) and not lines[skipped].strip():
        skipped += 1
    header = lines[skipped] if skipped < len(lines) else ""
    delimiter = max(_FORMS, key=lambda mark: _score(header, mark, columns))
    forms = [_FORMS[delimiter], "" if encoding == UTF8 else encoding]
    return Sheet(
        source=str(path),
        form=", ".join(filter(None, forms)),
        rows=tuple(_rows(text, delimiter, skipped, path)),
    )


def _score(header: str, delimiter: str, columns: Collection[str]) -> tuple[int, int]:
    names = [name.strip().strip('"').strip().casefold() for name in header.split(delimiter)]
    return len({*names} & {*columns}), len(names)


def _rows(text: str, delimiter: str, skipped: int, path: Path) -> list[Row]:
    # Python's csv reads lines that end as the file's do; `newline=""` keeps those inside quotes.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    first = 1
    try:
        for cells in reader:
            if first > skipped:
                rows.append(Row(first, tuple(written_cell(cell) for cell in cells)))
            first = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"{path} row {first}: {error}, expected a quotation mark only around a whole cell, "
            "written twice inside it"
        ) from None
    return rows
