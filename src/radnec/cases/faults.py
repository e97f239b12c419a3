"""What is wrong with a table, collected: all faults are reported at once, and each only once."""

from __future__ import annotations

from radnec.core.errors import InputError

_SHOWN = 5


class Faults:
    """Faults of the rows of one table.

    Parameters
    ----------
    source
        The table, as messages name it.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._rows: dict[str, list[tuple[int, str]]] = {}
        self._others: list[str] = []

    def add(self, row: int, case: str, message: str) -> None:
        """Note what is wrong in a row, such as ``sex: found 'x', expected male or female``."""
        self._rows.setdefault(message, []).append((row, case))

    def extend(self, messages: list[str]) -> None:
        """Note messages that name their rows themselves."""
        self._others += messages

    def raise_if_any(self) -> None:
        """Raise every fault, in the order of the rows; rows with the same one share a line.

        Raises
        ------
        InputError
            If there is any.
        """
        lines = [self._line(message, rows) for message, rows in self._rows.items()]
        if lines or self._others:
            raise InputError("\n".join([*lines, *self._others]))

    def _line(self, message: str, rows: list[tuple[int, str]]) -> str:
        if len(rows) == 1:
            number, case = rows[0]
            named = f" ({case!r})" if case else ""
            return f"{self._source} row {number}{named}: {message}"
        shown = ", ".join(str(number) for number, _ in rows[:_SHOWN])
        more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
        return f"{self._source} rows {shown}{more}: {message}"
