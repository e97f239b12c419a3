"""What of a table was read otherwise than it was written, in one line."""

from __future__ import annotations

from collections import Counter

from radnec.cases.sheet import Sheet

_EXAMPLES = 3


class Changes:
    """Counts of what was normalised."""

    def __init__(self) -> None:
        self._values: dict[str, Counter[tuple[str, str]]] = {}
        self._columns: list[str] = []
        self._empty_rows = 0
        self._stripped = 0
        self._numbers: Counter[str] = Counter()

    def column(self, written: str, name: str) -> None:
        """Note the name of a column."""
        if written != name:
            self._columns.append(f"{written!r} as {name}")

    def value(self, column: str, written: str, value: str) -> None:
        """Note a cell."""
        if written != value:
            self._values.setdefault(column, Counter())[written, value] += 1

    def stripped(self, cells: int) -> None:
        """Note cells with blanks around their text."""
        self._stripped += cells

    def empty_row(self) -> None:
        """Note a row with nothing in it."""
        self._empty_rows += 1

    def number(self, column: str) -> None:
        """Note an id that a workbook holds as a number."""
        self._numbers[column] += 1

    def summary(self, sheet: Sheet) -> str:
        """Return one line about the table; empty where it was read as it is written."""
        parts = [f"read as {sheet.form}"] if sheet.form else []
        if self._empty_rows:
            parts.append(f"empty rows left out: {self._empty_rows}")
        if self._stripped:
            parts.append(f"cells without the blanks around them: {self._stripped}")
        if self._columns:
            parts.append(f"columns: {', '.join(self._columns)}")
        parts += [self._of_column(name, seen) for name, seen in self._values.items()]
        parts += [
            f"{name}: {count} numbers read as text, without leading zeros if they had any"
            for name, count in self._numbers.items()
        ]
        return f"{sheet.source}: {'; '.join([*parts, *sheet.notes])}" if parts else ""

    @staticmethod
    def _of_column(name: str, seen: Counter[tuple[str, str]]) -> str:
        shown = [
            f"{written!r} as {value} ({count})"
            for (written, value), count in seen.most_common(_EXAMPLES)
        ]
        more = [f"and {len(seen) - _EXAMPLES} other values"] if len(seen) > _EXAMPLES else []
        return f"{name}: {', '.join([*shown, *more])}"
