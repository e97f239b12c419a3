"""BIDS as a source of images: which file of a subject's ``anat`` folder is which sequence."""

from __future__ import annotations

from pathlib import Path

from radnec.core.errors import CaseExcluded
from radnec.core.sequences import SEQUENCES
from radnec.ingest.identification.agent import agent_meanings
from radnec.ingest.identification.contrast_tag import tag_reading
from radnec.ingest.identification.statements import CONTRAST, NO_CONTRAST, UNCLEAR
from radnec.ingest.sources.sidecar_files import parts_of_name, sidecar_values

_SUFFIX = {"T1w": "t1", "T2w": "t2", "FLAIR": "flair"}
# Files with these entities are parts of an image or another kind of it.
NOT_WHOLE = ("part", "echo", "inv", "mt", "flip", "chunk")
# Of a complex image the magnitude is the image.
_MAGNITUDE = "mag"


def bids_files(root: Path, subject: str, session: str | None) -> dict[str, Path]:
    """Return the file of each sequence of one subject (and session).

    T1w with the entity ``ce`` (ce-gadolinium), a label that says so (acq-post), or a contrast
    agent in its sidecars is T1ce. Of several files the one with fewer entities comes first, then
    the higher run.

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
        entities, suffix = parts_of_name(path)
        if entities.get("part") == _MAGNITUDE:
            del entities["part"]
        sequence = _SUFFIX.get(suffix)
        if sequence is None or any(name in entities for name in NOT_WHOLE):
            continue
        if sequence == "t1":
            given = _with_contrast(path, root, entities)
            if given is None:
                continue
            sequence = "t1ce" if given else "t1"
        run = int(entities["run"]) if entities.get("run", "").isdigit() else 0
        found[sequence].append(((len(entities), -run, path.name), path))
    return {name: min(paths)[1] for name, paths in found.items() if paths}


def _with_contrast(image: Path, root: Path, entities: dict[str, str]) -> bool | None:
    """Say whether a T1w was made with contrast agent; None where its name and sidecar are unclear.

    The entity ``ce`` decides, then what ``acq``, ``rec`` or ``desc`` say in words, then the
    sidecar.
    """
    if "ce" in entities:
        return tag_reading(entities["ce"]) != "no" and entities["ce"].lower() not in _BEFORE
    labels = [entities[name] for name in ("acq", "rec", "desc") if name in entities]
    said = agent_meanings(labels)
    if said in ({CONTRAST}, {NO_CONTRAST}):
        return said == {CONTRAST}
    values = sidecar_values(image, root)
    agent = values.get("ContrastBolusIngredient") or values.get("ContrastBolusAgent") or ""
    reading = tag_reading(" ".join(map(str, agent)) if isinstance(agent, list) else str(agent))
    if reading == "unclear" or (not reading and UNCLEAR in said):
        return None
    return reading == "yes"


_BEFORE = ("pre", "nogad", "without", "none", "no")
