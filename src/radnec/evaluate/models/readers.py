"""The table of readers: what radiologists or surgeons said of the test cases."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.labels import CLASSES
from radnec.core.tables import read_tsv


def read_readers(path: Path, tested: Collection[str]) -> pd.DataFrame:
    """Read the table of readers and keep the tested cases.

    Parameters
    ----------
    path
        TSV, one row a case and reader: ``case``, ``reader`` (a pseudonym), and at least one of
        ``score`` (any number, higher for necrosis) and ``call`` (necrosis or recurrence).
    tested
        Test cases of the study; readers may have read others too.

    Returns
    -------
    DataFrame
        Columns case, reader, score (NaN where none), call (empty where none).

    Raises
    ------
    InputError
        Naming file, row, value found and value expected.
    """
    table = read_tsv(path, dtype=str).fillna("")
    missing = [name for name in ("case", "reader") if name not in table]
    if missing or not {"score", "call"} & set(table.columns):
        raise InputError(
            f"{path}: columns found: {', '.join(map(str, table.columns))}; expected case, reader, "
            "and score or call"
        )

    def refuse(wrong: pd.Series, column: str, expected: str) -> None:
        if wrong.any():
            at = int(wrong.to_numpy().argmax())
            row = table.iloc[at]
            raise InputError(
                f"{path} row {at + 2} (case {row['case']!r}): {column}: found {row[column]!r}, "
                f"expected {expected}"
            )

    for name in ("score", "call"):
        if name not in table:
            table[name] = ""
    numbers = pd.to_numeric(table["score"].replace("", None), errors="coerce")
    refuse((table["score"] != "") & numbers.isna(), "score", "a number")
    refuse(~table["call"].isin([*CLASSES, ""]), "call", " or ".join(CLASSES))
    refuse((table["score"] == "") & (table["call"] == ""), "call", "a call or a score")
    refuse(table.duplicated(["case", "reader"]), "reader", "one row a case and reader")
    refuse(table["reader"] == "", "reader", "a pseudonym")
    found = table[["case", "reader"]].assign(score=numbers, call=table["call"])
    kept = found[found["case"].isin(list(tested))].reset_index(drop=True)
    if kept.empty:
        raise InputError(f"{path}: found no test case of the study among {len(found)} rows")
    return kept
