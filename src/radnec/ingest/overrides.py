"""The table of overrides: what a person decided about single series.

Columns case, series and sequence, apart by tabs or spaces, so that the line in a reason for
exclusion can be pasted as it stands; lines that begin with # are remarks.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.sequences import SEQUENCES

COLUMNS = ("case", "series", "sequence")
IGNORE = "ignore"


def read_overrides(path: Path | None, case: str) -> dict[str, str]:
    """Return series to sequence (or ``ignore``) for one case.

    Raises
    ------
    InputError
        If the table lacks a column, or a row names an unknown sequence, the same series twice,
        or two series for one sequence; names file, row, value and expectation.
    """
    if path is None:
        return {}
    try:
        table = pd.read_csv(path, sep=r"\s+", comment="#", dtype=str, keep_default_na=False)
    except (FileNotFoundError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        kind = type(error).__name__
        raise InputError(
            f"{path}: not a readable table ({kind}), expected columns {', '.join(COLUMNS)}"
        ) from None
    table = table.fillna("")
    if missing := [name for name in COLUMNS if name not in table.columns]:
        raise InputError(
            f"{path}: column {missing[0]!r} not found, expected {', '.join(COLUMNS)} "
            f"(found {', '.join(map(str, table.columns))})"
        )
    found: dict[str, str] = {}
    for number, row in enumerate(table.to_dict("records"), start=2):
        sequence = row["sequence"].strip().lower()
        if sequence not in (*SEQUENCES, IGNORE):
            raise InputError(
                f"{path} row {number}: sequence {row['sequence']!r}, expected one of "
                f"{', '.join(SEQUENCES)}, {IGNORE}"
            )
        if row["case"] != case:
            continue
        if row["series"] in found or (sequence in found.values() and sequence != IGNORE):
            raise InputError(
                f"{path} row {number}: case {case!r} has series {row['series']!r} or sequence "
                f"{sequence!r} in an earlier row too, expected each once a case"
            )
        found[row["series"]] = sequence
    return found
