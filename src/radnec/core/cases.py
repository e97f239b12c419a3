"""The table of cases: read, checked row by row, and turned into sources of images."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd

from radnec.core.config import validate
from radnec.core.errors import InputError
from radnec.core.labels import CLASSES
from radnec.core.sequences import SEQUENCES
from radnec.core.settings import canonical_json
from radnec.core.tables import read_tsv


@dataclasses.dataclass(frozen=True)
class CaseSource:
    """Where the images of one case come from.

    Attributes
    ----------
    kind
        The door: a folder of DICOM, NIfTI files named one by one, or a BIDS subject.
    path
        The DICOM folder, or the root of the BIDS dataset; empty for NIfTI files.
    files
        For ``nifti``: sequence to path. For ``bids``: ``subject`` and, if any, ``session``.
    """

    kind: Literal["dicom", "nifti", "bids"]
    path: str
    files: dict[str, str]

    def to_json(self) -> str:
        """Return the canonical JSON."""
        return canonical_json(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Build the source from its canonical JSON."""
        return cls(**json.loads(text))


def load_cases(
    path: Path, schema: Path, label_map: dict[str, str], *, may_be_empty: bool = False
) -> pd.DataFrame:
    """Read and check the table of cases.

    Parameters
    ----------
    schema
        JSON schema of one row.
    label_map
        For tables that write the label as a code: code to class, such as
        ``{"0": "recurrence", "1": "necrosis"}``; empty where the classes are written out.
    may_be_empty
        Whether a table without rows is one: the published study can be recomputed without
        any cohort, so the workflow refuses it only when cases are asked for.

    Returns
    -------
    DataFrame
        One row a case, indexed by case id, all cells text, an empty cell is ``""``;
        `label` is one of the two classes, `patient` is filled with the case id where empty.

    Raises
    ------
    InputError
        Naming the file, row, value found and value expected, for every faulty row.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"config: cases: {path} not found, expected a TSV with one row a case")
    table = read_tsv(path, dtype=str).fillna("")
    if not may_be_empty:
        require_rows(table, path)
    faults: list[str] = []
    for number, row in enumerate(table.to_dict("records"), start=2):
        where = f"{path} row {number} ({row.get('case', '')!r})"
        # An empty cell is an absent value, so the schema needs to speak of written ones only.
        written = {str(name): value for name, value in row.items() if value != ""}
        try:
            validate(written, schema, what=where)
            _check_doors(written, where)
        except InputError as error:
            faults.append(str(error))
    if not faults:
        faults += _repeated(table, path)
        table["label"], wrong = _read_labels(table, label_map, path)
        faults += wrong
    if faults:
        raise InputError("\n".join(faults))
    if "patient" not in table:
        table["patient"] = ""
    table["patient"] = table["patient"].where(table["patient"] != "", table["case"])
    return table.set_index("case", drop=False)


def require_rows(cases: pd.DataFrame, path: Path) -> None:
    """Refuse a table without cases.

    Raises
    ------
    InputError
        If there is no row.
    """
    if cases.empty:
        raise InputError(f"{path}: no rows, expected one row a case (see config/README.md)")


def source_of(row: dict[str, Any], bids_root: str | None) -> CaseSource:
    """Return the source of a checked row of the table."""
    if row.get("dicom"):
        return CaseSource("dicom", row["dicom"], {})
    if row.get("bids_subject"):
        files = {"subject": row["bids_subject"]}
        if row.get("bids_session"):
            files["session"] = row["bids_session"]
        return CaseSource("bids", bids_root or "", files)
    return CaseSource("nifti", "", {s: row[s] for s in SEQUENCES if row.get(s)})


def _check_doors(row: dict[str, str], where: str) -> None:
    doors: list[str] = [name for name in ("dicom", "bids_subject") if name in row]
    if any(sequence in row for sequence in SEQUENCES):
        doors.append("NIfTI columns")
    if len(doors) != 1:
        raise InputError(
            f"{where}: found {' and '.join(doors) or 'no images'}, expected exactly one of: "
            f"dicom, bids_subject, or NIfTI paths in {', '.join(SEQUENCES)}"
        )


def _repeated(table: pd.DataFrame, path: Path) -> list[str]:
    # Folded case: on some file systems P1 and p1 would be one folder.
    folded = table["case"].str.casefold()
    rows = {
        name: [str(i + 2) for i in group.index]
        for name, group in table.groupby(folded)
        if len(group) > 1
    }
    return [
        f"{path} rows {', '.join(numbers)}: case id {table['case'][int(numbers[0]) - 2]!r} "
        "found more than once, expected unique ids (upper and lower case count as the same)"
        for numbers in rows.values()
    ]


def _read_labels(
    table: pd.DataFrame, label_map: dict[str, str], path: Path
) -> tuple[pd.Series, list[str]]:
    words = {name: name for name in CLASSES}
    known = {str(code).casefold(): name for code, name in label_map.items()} or words
    folded = table["label"].str.strip().str.casefold()
    expected = ", ".join(sorted(known))
    faults = []
    for number, (found, key) in enumerate(zip(table["label"], folded, strict=True), start=2):
        if key in known:
            continue
        mixed = " (words and codes mixed in one table?)" if label_map and key in words else ""
        if not label_map and key in ("0", "1"):
            mixed = " (codes need label_map in the configuration)"
        faults.append(
            f"{path} row {number} ({table['case'][number - 2]!r}): label: found {found!r}, "
            f"expected one of: {expected}{mixed}"
        )
    return folded.map(known), faults
