"""The header of a table: which column is which."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from radnec.cases.sheet import Row
from radnec.core.errors import InputError


def read_header(
    rows: Sequence[Row],
    source: str,
    *,
    columns: Collection[str],
    required: Collection[str],
    name: Callable[[str], str],
    own: str = "",
) -> list[str]:
    """Return the name of each column, empty for one in which nothing is written.

    Parameters
    ----------
    rows
        Those in which something is written; the first is the header.
    source
        The table, for messages.
    columns, required
        Names that there can be, and those that there have to be.
    name
        Brings a written name to the form of those.
    own
        What the names of further columns begin with; empty where there can be none.

    Raises
    ------
    InputError
        With every fault: a name that is unknown, written twice or missing; a column without one.
    """
    if not rows:
        raise InputError(f"{source}: found nothing in it, expected the columns {_listed(required)}")
    header, *below = rows
    width = max(len(row.cells) for row in rows)
    written = [cell.text for cell in header.cells] + [""] * (width - len(header.cells))
    names = [name(text) if text else "" for text in written]
    where = f"{source} row {header.number}"
    faults = []
    for place, text in enumerate(names):
        if text in columns or (own and text.startswith(own)):
            continue
        if text:
            faults.append(
                f"{where}: found the column {written[place]!r}, expected one of "
                f"{_listed(columns)}{_hint(text, columns, own)}"
            )
            continue
        filled = [r for r in below if len(r.cells) > place and r.cells[place].text]
        if filled:
            faults.append(
                f"{source} row {filled[0].number}: found {filled[0].cells[place].text!r} in "
                f"column {place + 1}, which has no name in row {header.number}: expected "
                f"{len(header.cells)} cells a row, or a name (a delimiter inside a value needs "
                "quotation marks around it)"
            )
    counts = Counter(filter(None, names))
    faults += [
        f"{where}: found the column {text!r} {count} times, expected it once"
        for text, count in counts.items()
        if count > 1
    ]
    missing = [text for text in required if text not in counts]
    if missing:
        found = ", ".join(map(repr, filter(None, written)))
        faults.append(
            f"{where}: found the columns {found}, expected {_listed(missing)} among them (tabs, "
            "commas or semicolons between the names)"
        )
    if faults:
        raise InputError("\n".join(faults))
    return names


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)


def _hint(text: str, columns: Collection[str], own: str) -> str:
    near = difflib.get_close_matches(text.replace("_", ""), columns, n=1, cutoff=0.75)
    if near:
        return f" ({near[0]}?)"
    return f" (a column of your own begins with {own})" if own else ""
