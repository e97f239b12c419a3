"""Which patients are to be answered for: a table of them, or a folder of their studies."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from pathlib import Path

from radnec.cases.sources import CaseSource, fault_of_source, source_of
from radnec.core.errors import InputError
from radnec.core.tables import read_tsv

_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclasses.dataclass(frozen=True)
class Patient:
    """A patient to be answered for.

    Attributes
    ----------
    case
        The pseudonym under which the results stand.
    mask
        Brain mask on the grid of the reference, if there is one already.
    fault
        Why the patient cannot be looked at, as far as that is known beforehand.
    """

    case: str
    source: CaseSource
    mask: Path | None = None
    fault: str = ""


def read_patients(path: Path, *, threads: int = 1) -> list[Patient]:
    """Return the patients of a table, or of the visits below a folder.

    Parameters
    ----------
    path
        A TSV with the columns ``case`` and ``dicom``, or ``t1ce``, ``t1``, ``t2``, ``flair`` with
        NIfTI files; and, if wanted, ``mask``. The table of cases of a study is one: other columns
        are not looked at. Or a folder, of which each visit below it becomes a patient as
        `radnec cases` would list it.
    threads
        Processes that read headers below a folder.

    Raises
    ------
    InputError
        If there are none, or a row is wrong: names them all.
    """
    if path.is_dir():
        return _of_folder(path, threads)
    if not path.is_file():
        raise InputError(f"--cases: {path} not found, expected a table (TSV) or a folder")
    rows = read_tsv(path, dtype=str).fillna("")
    if "case" not in rows or rows.empty:
        raise InputError(f"{path}: expected a column 'case' and one row a patient")
    known = Counter(str(case).casefold() for case in rows["case"])
    patients, faults = [], []
    for number, row in enumerate(rows.to_dict("records"), start=2):
        cells = {str(name): str(value).strip() for name, value in row.items()}
        case = cells["case"]
        wrong = fault_of_source(cells)
        if not _CASE.fullmatch(case):
            wrong = f"case: found {case!r}, expected letters, digits, '_' or '-', at most 64"
        elif known[case.casefold()] > 1:
            wrong = f"case: {case!r} is in more than one row, expected each once"
        elif cells.get("bids_subject"):
            wrong = "bids_subject: expected a folder in the column dicom, or NIfTI files"
        if wrong:
            faults.append(f"{path} row {number}: {wrong}")
            continue
        mask = Path(cells["mask"]) if cells.get("mask") else None
        patients.append(Patient(case, source_of(cells, None), mask))
    if faults:
        raise InputError("\n".join(faults))
    return patients


def _of_folder(folder: Path, threads: int) -> list[Patient]:
    from radnec.ingest.commands.draft import draft_cases
    from radnec.ingest.settings import IngestSettings

    rows = draft_cases(folder, IngestSettings().min_confidence, threads=threads).to_dict("records")
    return [
        Patient(
            str(row["case"]),
            source_of({str(name): str(value) for name, value in row.items()}, str(folder)),
            fault=str(row.get("x_note", "")),
        )
        for row in rows
    ]
