"""One series for each sequence: deterministic, and with the reason in words."""

from __future__ import annotations

from collections.abc import Sequence

from radnec.core.sequences import SEQUENCES
from radnec.ingest.identification import cover
from radnec.ingest.identification.dixon import PARTS
from radnec.ingest.identification.types import (
    AMBIGUOUS,
    BY_HAND,
    CHOSEN,
    NOT_CHOSEN,
    NOT_USED,
    REFUSED,
    Decision,
    Identity,
)

_Sortable = bool | int | float | str


def choose(
    identities: Sequence[Identity], overrides: dict[str, str]
) -> tuple[list[Decision], list[str]]:
    """Decide about each volume; return the decisions and what keeps the case from going on.

    Parameters
    ----------
    overrides
        Series to sequence (or ``ignore``), from the table of overrides; they decide.
    """
    sessions = {one.volume.session for one in identities}
    session, trouble = _session(identities, overrides) if len(sessions) > 1 else (None, [])
    decisions: dict[int, Decision] = {}
    rivals: dict[str, list[Identity]] = {sequence: [] for sequence in SEQUENCES}
    for one in identities:
        named = overrides.get(one.volume.series)
        sequence = named if named in SEQUENCES else one.sequence
        why = BY_HAND if named else "; ".join(one.reasons)
        faults = "; ".join(one.volume.faults)
        if named == "ignore":
            decisions[id(one)] = Decision(one, one.sequence, NOT_USED, why)
        elif sequence not in SEQUENCES:
            status = REFUSED if faults and sequence == AMBIGUOUS else NOT_USED
            reason = f"{why}; {faults}" if faults and faults not in why else why
            decisions[id(one)] = Decision(one, sequence, status, reason)
        elif faults:
            decisions[id(one)] = Decision(one, sequence, REFUSED, f"{faults} ({why})")
        elif not named and session is not None and one.volume.session != session:
            decisions[id(one)] = Decision(one, sequence, NOT_CHOSEN, f"of another visit ({why})")
        else:
            rivals[sequence].append(one)
    for sequence, candidates in rivals.items():
        candidates.sort(key=lambda one: _rank(one, overrides), reverse=True)
        for place, one in enumerate(candidates):
            by_hand = one.volume.series in overrides
            why = BY_HAND if by_hand else "; ".join(one.reasons)
            if place == 0:
                decisions[id(one)] = Decision(one, sequence, CHOSEN, why)
            else:
                reason = f"{_difference(candidates[0], one, overrides)} ({why})"
                decisions[id(one)] = Decision(one, sequence, NOT_CHOSEN, reason)
    return [decisions[id(one)] for one in identities], trouble


def _rank(one: Identity, overrides: dict[str, str]) -> tuple[_Sortable, ...]:
    """Return what makes a series better, the most important first."""
    return (
        one.volume.series in overrides,
        # A part of the head is no image of the tumour, however fine its slices.
        cover.grade(one.volume),
        not one.facts.derived,
        # T2 and FLAIR are meant without contrast agent; T1 is distinguished before this.
        one.sequence in ("t1", "t1ce") or one.contrast != "yes",
        -(PARTS.index(one.facts.dixon) if one.facts.dixon else 0),
        cover.share(one.volume),
        len(one.volume.slices),
        "RMS" in one.facts.image_type or "rms" in one.facts.words,
        bool({"NORM", "DIS2D", "DIS3D", "FILTERED", "CC"} & set(one.facts.image_type)),
        -round(one.facts.te or 0.0, 1) if one.facts.gradient else 0.0,
        -_gap(one),
        one.volume.moment,
        one.volume.series,
    )


_BETTER = (
    f"another series is {BY_HAND}",
    "another series covers the head, this one a part of it",
    "another series is original, this one is derived",
    "another series is without contrast agent",
    "another image of the Dixon acquisition is more like an ordinary one",
    "another series covers more of the head",
    "another series has more slices",
    "another series combines the echoes",
    "another series is corrected for the coil or the gradients",
    "another series has the earlier echo",
    "another series has smaller gaps between slices",
    "another series is later, so this one was probably repeated",
    "another series comes first in the order of names",
)


def _difference(better: Identity, worse: Identity, overrides: dict[str, str]) -> str:
    pairs = zip(_rank(better, overrides), _rank(worse, overrides), _BETTER, strict=True)
    return next((reason for one, other, reason in pairs if one != other), _BETTER[-1])


def _gap(one: Identity) -> float:
    """Return the gap between slices, mm, to a tenth."""
    spacing = one.volume.geometry.spacing
    thickness = one.volume.header.get("SliceThickness")
    if spacing is None or not isinstance(thickness, float):
        return 0.0
    return round(max(0.0, spacing[2] - thickness), 1)


def _session(
    identities: Sequence[Identity], overrides: dict[str, str]
) -> tuple[str | None, list[str]]:
    """Return the one visit to use where the folder holds several."""
    if any(value in SEQUENCES for value in overrides.values()):
        named = {
            one.volume.session
            for one in identities
            if overrides.get(one.volume.series) in SEQUENCES
        }
        if len(named) == 1:
            return named.pop(), []
    have: dict[str, set[str]] = {}
    for one in identities:
        if one.sequence in SEQUENCES and not one.volume.faults:
            have.setdefault(one.volume.session, set()).add(one.sequence)
    if len(have) <= 1:
        return next(iter(have), None), []
    most = max(len(sequences) for sequences in have.values())
    best = [session for session, sequences in have.items() if len(sequences) == most]
    if len(best) == 1:
        return best[0], []
    return best[0], [
        f"the folder holds {len(best)} visits that are equally complete "
        f"({', '.join(sorted(have[best[0]]))}): name the series of one visit in the table of "
        "overrides, or point the case at the folder of one visit"
    ]
