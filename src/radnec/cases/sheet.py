"""A table as it was written: cells of text, and where each stands in its file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator


@dataclasses.dataclass(frozen=True)
class Cell:
    """One written cell.

    Attributes
    ----------
    text
        What it says, without blanks around; empty for an empty cell.
    number
        Whether a spreadsheet holds a number there: leading zeros, if there were any, are gone.
    fault
        Why the text cannot be what the person wrote, such as a date made by the spreadsheet.
    fault_of_id
        As `fault`, but only where the cell is an id: a number that the spreadsheet shows in
        another form than it holds.
    stripped
        Whether blanks around the text were taken off.
    """

    text: str
    number: bool = False
    fault: str = ""
    fault_of_id: str = ""
    stripped: bool = False


EMPTY = Cell("")

# Blanks beside those that `str.strip` knows: of no width, and the byte order mark.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


def written_cell(text: str) -> Cell:
    """Return a cell of text, without blanks around."""
    bare = text
    while (shorter := bare.strip().strip(_INVISIBLE)) != bare:
        bare = shorter
    return Cell(bare, stripped=bool(bare) and bare != text) if text else EMPTY


@dataclasses.dataclass(frozen=True)
class Row:
    """One written row.

    Attributes
    ----------
    number
        As the person counts it: the line of a text file, the row of a sheet, from 1.
    """

    number: int
    cells: tuple[Cell, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is written in it."""
        return not any(cell.text for cell in self.cells)


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A table as it was written, the row of its header included.

    Attributes
    ----------
    source
        What messages name: the file, and the sheet of a workbook.
    form
        The format in words where it is worth a line, such as ``CSV with semicolons, Latin-1``;
        empty for tab-separated UTF-8.
    rows
        In order; empty rows included.
    notes
        What the person may not expect to be read, such as hidden rows.
    """

    source: str
    form: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def written(self) -> Iterator[Row]:
        """Return the rows in which something is written."""
        return (row for row in self.rows if not row.empty)
