"""From slices to volumes: by series, then by what distinguishes several volumes of one UID."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from radnec.ingest.reading.geometry import Geometry, describe, sort_along_normal
from radnec.ingest.reading.moments import after_midnight
from radnec.ingest.reading.separate import by_fixed_properties, place_of, separate
from radnec.ingest.reading.types import Header, Slice
from radnec.ingest.reading.volume import Volume, patient_of, short_hash


def volumes_of(slices: Sequence[Slice]) -> list[Volume]:
    """Group slices into volumes, in the order of series and part."""
    by_series: dict[str, list[Slice]] = defaultdict(list)
    for one in slices:
        by_series[str(one.header.get("SeriesInstanceUID", ""))].append(one)
    sessions = sessions_of(slices)
    found: list[Volume] = []
    for uid, members in by_series.items():
        unique, copies = _without_copies(members)
        parts = [
            (piece, repeats)
            for group in by_fixed_properties(unique)
            for piece, repeats in separate(group)
        ]
        for number, (piece, repeats) in enumerate(parts, start=1):
            ordered = sort_along_normal(piece)
            header = _usual_header(ordered)
            study = str(header.get("StudyInstanceUID", ""))
            found.append(
                Volume(
                    series=short_hash(uid) + (f"-{number}" if len(parts) > 1 else ""),
                    study=short_hash(study) if study else "",
                    patient=patient_of(header),
                    session=sessions[study],
                    header=header,
                    slices=ordered,
                    geometry=_geometry(ordered, repeats),
                    copies=copies if number == 1 else 0,
                    repeats=repeats,
                    parts=len(parts),
                )
            )
    _mark_midnight(found)
    return sorted(found, key=lambda volume: (volume.study, volume.moment, volume.series))


def _mark_midnight(volumes: list[Volume]) -> None:
    by_day: dict[tuple[str, str], list[Volume]] = defaultdict(list)
    for volume in volumes:
        by_day[volume.study, volume.date].append(volume)
    for members in by_day.values():
        late = after_midnight([volume.time for volume in members])
        for volume, next_day in zip(members, late, strict=True):
            volume.next_day = next_day


def _geometry(ordered: list[Slice], repeats: int) -> Geometry:
    """Describe a stack; of a series with many volumes, the places of one of them."""
    if repeats == 1:
        return describe(ordered)
    places = list({place_of(one): one for one in ordered}.values())
    if len(places) == 1:
        return describe(ordered)
    fault = f"{repeats} volumes in one series (4-D)"
    return dataclasses.replace(describe(places), faults=(fault,))


# Dates that de-identification writes instead of the real one.
_DUMMY_DATE = re.compile(r"(?:0{4}|1[0-8]|19[0-7]|2999|9999|1111)\d*|20000101|19800101")


def sessions_of(slices: Sequence[Slice]) -> dict[str, str]:
    """Map each study to its session: one visit is often filed as several studies of a day.

    Where the date is missing or a placeholder, studies of one patient are one session if they
    share the frame of reference; a new study UID for each series is recognised so.
    """
    by_day: dict[tuple[str, str], str] = {}
    sessions: dict[str, str] = {}
    for header in {id(one.header): one.header for one in slices}.values():
        study = str(header.get("StudyInstanceUID", ""))
        date = str(header.get("StudyDate", ""))
        if _DUMMY_DATE.fullmatch(date):
            date = ""
        day = (patient_of(header), date or str(header.get("FrameOfReferenceUID", "")) or study)
        sessions.setdefault(study, by_day.setdefault(day, short_hash(study)))
        # Other frames of reference of the same study belong to its session.
        by_day.setdefault(day, sessions[study])
    return sessions


def _without_copies(members: list[Slice]) -> tuple[list[Slice], int]:
    seen: set[tuple[str, int | None]] = set()
    unique = []
    for one in members:
        key = (one.uid or one.path, one.frame)
        if key not in seen:
            seen.add(key)
            unique.append(one)
    return unique, len(members) - len(unique)


def _usual_header(members: list[Slice]) -> Header:
    counts = Counter(id(one.header) for one in members)
    usual = max(counts.values())
    return next(one.header for one in members if counts[id(one.header)] == usual)
