"""Why a sequence has no series: what the selection reports of a case that lacks one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from radnec.core.sequences import SEQUENCES
from radnec.ingest.identification.types import (
    AMBIGUOUS,
    BY_HAND,
    CHOSEN,
    NOT_CHOSEN,
    REFUSED,
    Decision,
)


def reasons_missing(decisions: Sequence[Decision], case: str) -> dict[str, str]:
    """Return, for each sequence without a chosen series, why it has none.

    Where a person can settle it, the reason ends in the line for the table of overrides.

    Parameters
    ----------
    case
        Name of the case, for that line.
    """
    chosen = {one.sequence for one in decisions if one.status == CHOSEN}
    sessions = {one.identity.volume.session for one in decisions if one.status == CHOSEN}
    missing = [name for name in SEQUENCES if name not in chosen]
    found: dict[str, str] = {}
    for name in missing:
        reasons = [
            reason
            for one in decisions
            if not sessions or one.identity.volume.session in sessions
            for reason in _open(one, name, missing, case)
        ]
        reasons += [
            f"series {one.identity.volume.series} is of another visit"
            for one in decisions
            if one.sequence == name and one.status == NOT_CHOSEN
        ]
        found[name] = "; ".join(reasons) or _nothing(decisions, name, case)
    return found


def _open(one: Decision, name: str, missing: list[str], case: str) -> Iterator[str]:
    """Yield what a series that is, or may be, the sequence was left out for."""
    series, identity = one.identity.volume.series, one.identity
    if one.status == REFUSED and one.sequence == name:
        yield f"series {series} is refused: {one.reason}"
    elif one.sequence == AMBIGUOUS and name in identity.candidates and one.reason != BY_HAND:
        either = " or ".join(identity.candidates)
        if identity.volume.faults:
            yield f"series {series}, which may be {either}, is refused: {one.reason}"
            return
        likeliest = next(other for other in identity.candidates if other in missing)
        yield (
            f"series {series} may be {either} ({'; '.join(identity.reasons)}): add to the table "
            f"of overrides the line '{case} {series} {likeliest}', or with the sequence it "
            "really is, or ignore"
        )


def _nothing(decisions: Sequence[Decision], name: str, case: str) -> str:
    kinds = Counter(one.sequence for one in decisions)
    shown = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return (
        f"no series is one (found: {shown or 'nothing'}); if one of them is, add to the table of "
        f"overrides the line '{case} SERIES {name}' with its name in series.tsv"
    )
