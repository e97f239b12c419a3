"""Equal T1 series of one visit: before and after contrast agent, repeats, or one scan twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from radnec.ingest.identification.facts import Facts
from radnec.ingest.reading.moments import seconds_between
from radnec.ingest.reading.volume import Volume

_OTHER_KINDS = frozenset(
    {"functional", "diffusion", "adc", "perfusion", "bolus", "spin labelling", "susceptibility"}
    | {"angiography", "spectroscopy", "t2star", "map", "subtraction", "projection"}
)
EARLIER, LATER, REPEAT = "earlier", "later", "repeat"
# Two equal scans nearer in time than this, with nothing in between, are as likely a repeat
# after movement as a scan before and after injection.
_REPEAT_SECONDS = 240.0
# No T1 of a whole head is acquired faster: nearer in time, two series are one acquisition.
_ONE_ACQUISITION_SECONDS = 20.0


def places_in_time(series: Sequence[tuple[Volume, Facts]]) -> dict[str, str]:
    """Return, for T1 series that differ in time alone, which came earlier and which later.

    What one acquisition left (with and without filter, stored twice, magnitude and phase) counts
    once. Of more than two acquisitions the first is `EARLIER` and the last `LATER`; those between
    them, and two in a row, may be either: `REPEAT`.
    """
    alike: dict[Hashable, list[Volume]] = defaultdict(list)
    for volume, facts in series:
        if _is_plain_t1(volume, facts):
            alike[_timing(volume, facts)].append(volume)
    turns: dict[str, str] = {}
    for members in alike.values():
        scans = _acquisitions(members)
        if len(scans) < 2:
            continue
        first, last = scans[0][0], scans[-1][0]
        others = [v.moment for v, _ in series if v.session == first.session]
        apart = _apart(first.moment, last.moment, others)
        for scan in scans:
            turn = EARLIER if scan is scans[0] else LATER if scan is scans[-1] else REPEAT
            turns |= {volume.series: turn if apart else REPEAT for volume in scan}
    return turns


def _is_plain_t1(volume: Volume, facts: Facts) -> bool:
    if not volume.moment or facts.tr is None or facts.te is None or facts.derived:
        return False
    if facts.component != "M" or "EP" in facts.scanning or _OTHER_KINDS & facts.words:
        return False
    other = {"t2", "localizer"} if "t1" in facts.words else {"t2", "flair", "localizer"}
    return facts.te <= 35 and not other & facts.words


def _timing(volume: Volume, facts: Facts) -> Hashable:
    tr, te = facts.tr or 0.0, facts.te or 0.0
    return (
        volume.study,
        volume.geometry.plane,
        volume.header.get("Rows"),
        volume.header.get("Columns"),
        len(volume.slices),
        round(tr),
        round(te, 1),
        facts.ti,
        facts.flip,
        facts.scanning,
        facts.dixon,
    )


def _acquisitions(members: list[Volume]) -> list[list[Volume]]:
    """Group series that one acquisition left; the groups in the order of time."""
    scans: list[list[Volume]] = []
    for volume in sorted(members, key=lambda one: one.moment):
        gap = seconds_between(scans[-1][0].moment, volume.moment) if scans else None
        if scans and (
            volume.moment == scans[-1][0].moment
            or (gap is not None and gap < _ONE_ACQUISITION_SECONDS)
        ):
            scans[-1].append(volume)
        else:
            scans.append([volume])
    return scans


def _apart(earlier: str, later: str, others: Sequence[str]) -> bool:
    """Say whether an injection is likelier between two scans than a mere repeat."""
    gap = seconds_between(earlier, later)
    between = any(earlier < moment < later for moment in others)
    return between or gap is None or gap >= _REPEAT_SECONDS
