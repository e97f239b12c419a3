"""BIDS as a source of images: which file of a subject's ``anat`` folder is which sequence."""

from __future__ import annotations

import json
import re
from pathlib import Path

from radnec.core.errors import CaseExcluded
from radnec.core.sequences import SEQUENCES

_SUFFIX = {"T1w": "t1", "T2w": "t2", "FLAIR": "flair"}
_ENTITY = re.compile(r"([a-zA-Z]+)-([a-zA-Z0-9+]+)")
# Files with these entities are parts of an image or another kind of it.
_NOT_WHOLE = ("part", "echo", "inv", "mt", "flip")
_NONE = ("none", "no", "pre", "nogad", "without")


def bids_files(root: Path, subject: str, session: str | None) -> dict[str, Path]:
    """Return the file of each sequence of one subject (and session).

    T1w with the entity ``ce`` (ce-gadolinium), or with a contrast agent in its sidecar, is
    T1ce. Of several files the one with fewer entities comes first, then the higher run.

    Raises
    ------
    CaseExcluded
        If there is no such subject or session, or the session has to be named.
    """
    subject = subject.removeprefix("sub-")
    folder = root / f"sub-{subject}"
    if not folder.is_dir():
        raise CaseExcluded("the BIDS dataset has no such subject")
    sessions = sorted(path.name for path in folder.glob("ses-*") if path.is_dir())
    if session is not None:
        folder = folder / f"ses-{session.removeprefix('ses-')}"
        if not folder.is_dir():
            raise CaseExcluded("the BIDS dataset has no such session of the subject")
    elif len(sessions) == 1:
        folder = folder / sessions[0]
    elif sessions:
        raise CaseExcluded(f"the subject has {len(sessions)} sessions: name one in bids_session")
    found: dict[str, list[tuple[tuple[int, int, str], Path]]] = {name: [] for name in SEQUENCES}
    for path in sorted((folder / "anat").glob("*.nii*")):
        stem = path.name.removesuffix(".gz").removesuffix(".nii")
        suffix = stem.rpartition("_")[2]
        entities = dict(_ENTITY.findall(stem))
        sequence = _SUFFIX.get(suffix)
        if sequence is None or any(name in entities for name in _NOT_WHOLE):
            continue
        if sequence == "t1" and _with_contrast(path.with_name(f"{stem}.json"), entities):
            sequence = "t1ce"
        run = int(entities["run"]) if entities.get("run", "").isdigit() else 0
        found[sequence].append(((len(entities), -run, stem), path))
    return {name: min(paths)[1] for name, paths in found.items() if paths}


def _with_contrast(sidecar: Path, entities: dict[str, str]) -> bool:
    if "ce" in entities:
        return entities["ce"].lower() not in _NONE
    if not sidecar.is_file():
        return False
    try:
        values = json.loads(sidecar.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        return False
    agent = str(values.get("ContrastBolusIngredient", "")) if isinstance(values, dict) else ""
    return agent.strip().lower() not in ("", "none", "no")
