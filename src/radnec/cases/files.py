"""One reader for the tables that people write, in whatever format they have them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from radnec.cases.delimited import read_delimited
from radnec.cases.sheet import Sheet
from radnec.cases.workbook import read_workbook
from radnec.core.errors import InputError

# What a file is, its first bytes tell: names such as cases.xls lie often enough.
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_sheet(path: Path, columns: Collection[str], *, sheet: str) -> Sheet:
    """Read a table: tab-separated text, CSV with commas or semicolons, or an Excel workbook.

    Parameters
    ----------
    columns
        Names of columns that the table can have.
    sheet
        Name of the sheet to read where a workbook has several.

    Raises
    ------
    InputError
        If the file cannot be read, naming what was found and what to do.
    """
    data = path.read_bytes()
    if data.startswith(_OLE):
        raise InputError(
            f"{path}: found an old (.xls) or password-protected Excel file, expected .xlsx "
            "without a password, or 'CSV UTF-8': open it and save it as one of these"
        )
    if data.startswith(_ZIP):
        if b"mimetypeapplication/vnd.oasis.opendocument" in data[:200]:
            raise InputError(
                f"{path}: found an OpenDocument file, expected .xlsx or CSV: open it and save it "
                "as one of these"
            )
        return read_workbook(data, path, sheet)
    return read_delimited(data, path, columns)
