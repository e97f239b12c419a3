"""A draft of the cases table from a folder: one row a visit, the label left to fill."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.sequences import SEQUENCES
from radnec.ingest.commands.case_ids import ids_of_folders
from radnec.ingest.identification.folder import choose_series
from radnec.ingest.identification.types import CHOSEN
from radnec.ingest.identification.vocabulary import meanings
from radnec.ingest.reading.grouping import sessions_of
from radnec.ingest.reading.scan import Scan, scan
from radnec.ingest.reading.types import Slice
from radnec.ingest.reading.volume import patient_of


def draft_cases(folder: Path, min_confidence: float, *, threads: int = 1) -> pd.DataFrame:
    """Draft a cases table from what lies below a folder.

    A BIDS dataset gives a row a subject and session; DICOM a row a patient and visit; NIfTI
    files a row a folder, with the sequences that their names say.

    Returns
    -------
    DataFrame
        Columns case, label (empty), patient, those of the images, and x_folder, x_sequences and
        x_note to help with the labels. An id is the folder's own name where no name of a patient
        can be in it (see `case_ids`), else a number; x_folder says which folder it stands for.

    Raises
    ------
    InputError
        If the folder does not exist, or holds no images.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder, expected one with images below it")
    if any(folder.glob("sub-*")) and (folder / "dataset_description.json").is_file():
        rows = _bids_rows(folder)
    else:
        found = scan(folder, threads=threads)
        rows = _dicom_rows(folder, found, min_confidence) if found.slices else _nifti_rows(folder)
    if not rows:
        raise InputError(f"{folder}: no DICOM, NIfTI or BIDS image found below it")
    return pd.DataFrame(rows).fillna("")


def _dicom_rows(root: Path, found: Scan, min_confidence: float) -> list[dict[str, str]]:
    sessions = sessions_of(found.slices)
    visits: dict[tuple[str, str, str], list[Slice]] = defaultdict(list)
    for one in found.slices:
        patient = patient_of(one.header)
        session = sessions[str(one.header.get("StudyInstanceUID", ""))]
        visits[patient, str(one.header.get("StudyDate", "")), session].append(one)
    folders = {key: {str(Path(s.path).parent) for s in slices} for key, slices in visits.items()}
    first: dict[str, str] = {}
    for key in visits:
        first[key[0]] = min(first.get(key[0], "\U0010ffff"), *folders[key])
    patients = {name: i for i, name in enumerate(sorted(first, key=first.__getitem__), start=1)}
    ordered = sorted(visits, key=lambda key: (patients[key[0]], *key))
    owns = {key: Path(os.path.commonpath(folders[key])) for key in visits}
    named = ids_of_folders(
        [_below(owns[key], root) for key in ordered],
        sorted({str(one.header.get("PatientName", "")) for one in found.slices}),
    )
    people = _people(named, [key[0] for key in ordered], [_below(owns[k], root) for k in ordered])
    rows, count = [], dict.fromkeys(patients, 0)
    for place, key in enumerate(ordered):
        count[key[0]] += 1
        name = f"p{patients[key[0]]:03d}"
        own = owns[key]
        beside = sum(
            any(Path(other).is_relative_to(own) for other in folders[k]) for k in visits if k != key
        )
        chosen = {
            d.sequence
            for d in choose_series(Scan(visits[key]), min_confidence).decisions
            if d.status == CHOSEN
        }
        rows.append(
            {
                "case": named[place] if named else f"{name}_{count[key[0]]}",
                "label": "",
                "patient": people[place] if people else name,
                "dicom": str(own),
                "x_folder": str(_below(own, root)),
                "x_sequences": ",".join(s for s in SEQUENCES if s in chosen),
                "x_note": f"the folder also holds {beside} other visits: move them apart"
                if beside
                else "",
            }
        )
    return rows


def _below(own: Path, root: Path) -> Path:
    return own.relative_to(root) if own.is_relative_to(root) else own


def _people(
    ids: list[str] | None, patients: Sequence[str], places: Sequence[Path]
) -> list[str] | None:
    """Return the patient of each id: its top folder, where that is one for each patient."""
    if ids is None:
        return None
    tops = [place.parts[0] for place in places]
    pairs = set(zip(patients, tops, strict=True))
    alone = len(pairs) == len(set(patients)) == len(set(tops))
    return tops if alone else None


def _bids_rows(folder: Path) -> list[dict[str, str]]:
    rows = []
    for subject in sorted(folder.glob("sub-*")):
        sessions = sorted(path.name for path in subject.glob("ses-*")) or [""]
        for session in sessions:
            rows.append(
                {
                    "case": f"{subject.name}_{session}" if session else subject.name,
                    "label": "",
                    "patient": subject.name,
                    "bids_subject": subject.name,
                    "bids_session": session,
                    "x_folder": str(Path(subject.name, session)),
                }
            )
    return rows


_NO_IMAGES = frozenset(
    {"mask", "adc", "diffusion", "perfusion", "bolus", "susceptibility", "map", "subtraction"}
)
# Endings of the BraTS releases that are no words: native, contrast, T2, FLAIR.
_BRATS = {"t1n": "t1", "t1c": "t1ce", "t2w": "t2", "t2f": "flair"}


def _nifti_rows(folder: Path) -> list[dict[str, str]]:
    by_folder: dict[Path, dict[str, str]] = defaultdict(dict)
    notes: dict[Path, set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("*.nii*")):
        sequence = sequence_of_name(path.name)
        if sequence in by_folder[path.parent]:
            notes[path.parent].add(f"more than one file for {sequence}")
        elif sequence:
            by_folder[path.parent][sequence] = str(path)
    rows = []
    visits = [place for place in sorted(by_folder) if by_folder[place]]
    places = [place.relative_to(folder) for place in visits]
    ids = ids_of_folders(places, ()) or [f"p{n:03d}" for n in range(1, len(visits) + 1)]
    tops = _people(ids, [place.parts[0] if place.parts else "" for place in places], places)
    for number, place in enumerate(visits):
        files = {name: by_folder[place].get(name, "") for name in SEQUENCES}
        person = tops[number] if tops and ids[number].startswith(tops[number]) else ids[number]
        row = {"case": ids[number], "label": "", "patient": person, **files}
        row |= {"x_folder": str(places[number]), "x_note": "; ".join(sorted(notes[place]))}
        rows.append(row)
    return rows


def sequence_of_name(name: str) -> str:
    """Return which sequence the name of a NIfTI file says it is; empty when it says none."""
    stem = name.removesuffix(".gz").removesuffix(".nii")
    last = stem.replace("-", "_").rpartition("_")[2].lower()
    said = meanings([stem])
    if said & _NO_IMAGES or re.search(
        r"(?<![a-z])(?:seg|mask|bet|brain_?mask)(?![a-z])", stem.lower()
    ):
        return ""
    if last in _BRATS:
        return _BRATS[last]
    if {"contrast", "no contrast"} <= said or "contrast unclear" in said:
        return ""
    if "flair" in said:
        return "flair"
    if "t1" in said:
        return "t1ce" if "contrast" in said else "t1"
    return "t2" if "t2" in said else ""
