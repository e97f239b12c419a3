"""Two visits of one patient under two pseudonyms: found in the headers before the split."""

from __future__ import annotations

import dataclasses
import itertools
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import pydicom
from pydicom.errors import InvalidDicomError

from radnec.core.errors import InputError
from radnec.ingest.checks.privacy import sealed

log = logging.getLogger(__name__)

# So many files of a folder are opened in search of one with an identity.
_FILES = 50
_MOST_VISITS = 5
"""An identity of more cases than this is what an anonymiser writes into every file."""


@dataclasses.dataclass(frozen=True)
class _Identity:
    """What a header says of the patient; held in memory only, never written, not even hashed."""

    name: str
    birth_date: str

    def agrees(self, other: _Identity) -> bool:
        """Return whether nothing that both state differs."""
        return all(
            not mine or not theirs or mine == theirs
            for mine, theirs in ((self.name, other.name), (self.birth_date, other.birth_date))
        )


def refuse_split_patients(*, folders: Mapping[str, Path], patients: Mapping[str, str]) -> None:
    """Check that no patient has two pseudonyms, who could then be in training and test.

    Two cases are of one patient where PatientID is equal and neither PatientName nor
    PatientBirthDate, where both have one, differs (two centres may both have a patient 001).
    Headers are compared in memory; neither they nor hashes of them, which short identifiers
    would not survive, are written anywhere.

    Parameters
    ----------
    folders
        DICOM folder of each case that has one. A case whose folder is gone is passed over.
    patients
        Pseudonym of each case, the case itself where the table names none.

    Raises
    ------
    InputError
        Naming both cases of every pair for which the table names no patient. Where it names
        different ones, its word holds, and the pair is a warning; so is an identity of more than
        five cases, which is what an anonymiser writes into all.
    """
    known: dict[str, list[tuple[str, _Identity]]] = {}
    with sealed("comparing the patients of the cases"):
        for case in sorted(folders):
            if found := _identity(folders[case]):
                known.setdefault(found[0], []).append((case, found[1]))
    faults = []
    for members in known.values():
        if len(members) > _MOST_VISITS:
            log.warning(
                "%d cases, of which %s is one, have the same PatientID: taken for one that an "
                "anonymiser wrote; second visits cannot be found among them",
                len(members),
                members[0][0],
            )
            continue
        for (one, first), (two, second) in itertools.combinations(members, 2):
            if patients[one] == patients[two] or not first.agrees(second):
                continue
            if patients[one] == one and patients[two] == two:
                faults.append(f"cases {one!r} and {two!r}")
            else:
                log.warning("cases %s and %s: one patient by their headers, not by table", one, two)
    if faults:
        raise InputError(
            "one patient by the DICOM headers, but two in the table of cases, could be in training "
            f"and test: {'; '.join(faults)}; expected a column patient with the same pseudonym "
            "for both (or different ones, if they are different patients)"
        )


def _identity(folder: Path) -> tuple[str, _Identity] | None:
    """Return PatientID and identity of the first file that has one; None without."""
    for path in itertools.islice(_files(folder), _FILES):
        tags = ["PatientID", "PatientName", "PatientBirthDate"]
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags)
        except (InvalidDicomError, OSError):
            continue
        if number := str(header.get("PatientID") or "").strip():
            name = "".join(filter(str.isalnum, str(header.get("PatientName") or ""))).casefold()
            return number, _Identity(name, str(header.get("PatientBirthDate") or "").strip())
    return None


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
