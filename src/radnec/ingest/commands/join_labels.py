"""Labels from a second table, joined to a drafted cases table by folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.tables import read_tsv


def join_labels(cases: pd.DataFrame, table: Path) -> pd.DataFrame:
    """Return the draft with the labels of a table filled in.

    Parameters
    ----------
    cases
        The draft, with the column ``x_folder``.
    table
        Tab-separated (or, ending in .csv, comma-separated), with the columns ``folder`` and
        ``label``. A folder is named by its path below the drafted folder, or by the name of one
        of the folders on that path; a name that several visits share labels them all.

    Raises
    ------
    InputError
        If a column is missing, a folder has no images or is there twice, or a case would get
        two different labels; each row is named.
    """
    if not table.is_file():
        raise InputError(f"{table}: no such file, expected a table with columns folder and label")
    if table.suffix.lower() == ".csv":
        labels = pd.read_csv(table, dtype=str)
    else:
        labels = read_tsv(table, dtype=str)
    labels = labels.fillna("")
    if missing := {"folder", "label"} - set(labels.columns):
        raise InputError(
            f"{table}: no column {' or '.join(sorted(missing))} among "
            f"{', '.join(map(str, labels.columns))}, expected folder and label"
        )
    joined, faults = cases.copy(), []
    for number, (folder, label) in enumerate(
        zip(labels["folder"], labels["label"], strict=True), start=2
    ):
        wanted = Path(folder.strip().rstrip("/")) if folder.strip() else None
        mine = [
            wanted is not None
            and (Path(place) == wanted or (len(wanted.parts) == 1 and wanted.name in _parts(place)))
            for place in joined["x_folder"]
        ]
        if not any(mine):
            faults.append(
                f"{table} row {number}: folder: found {folder!r}, expected one of the drafted "
                f"folders, such as {joined['x_folder'].iloc[0]!r}"
            )
            continue
        before = set(joined.loc[mine, "label"]) - {"", label}
        if before:
            faults.append(
                f"{table} row {number}: folder {folder!r} has the label {label!r} here and "
                f"{', '.join(sorted(before))!r} above, expected one label a case"
            )
        joined.loc[mine, "label"] = label
    if faults:
        raise InputError("\n".join(faults))
    return joined


def _parts(place: str) -> tuple[str, ...]:
    return Path(place).parts
