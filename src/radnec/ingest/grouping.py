"""From slices to volumes: by series, then by what tells several volumes of one UID apart."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from radnec.ingest.geometry import MIN_SLICES, Geometry, describe, directions, sort_along_normal
from radnec.ingest.slices import Header, Slice

# More volumes than this, told apart by time or b value, are one series of many volumes.
_MOST_SEPARATE = 3


@dataclasses.dataclass
class Volume:
    """Slices that form one image.

    Attributes
    ----------
    series, study, patient
        Short hashes of the UIDs and of the patient's id; `series` ends in ``-1``, ``-2`` where
        one UID holds several volumes.
    session
        Studies of the same day have the same one.
    slices
        Sorted along their normal.
    copies
        Files left out because the same SOP instance was there before.
    repeats
        How many volumes share these places (time points, b values); 1 for a plain volume.
    parts
        Into how many volumes the UID was split.
    """

    series: str
    study: str
    patient: str
    session: str
    header: Header
    slices: list[Slice]
    geometry: Geometry
    copies: int
    repeats: int
    parts: int

    @property
    def faults(self) -> tuple[str, ...]:
        """What keeps the volume from being converted, each in words."""
        found = self.geometry.faults
        n, cut = len(self.slices), sum(one.cut_off for one in self.slices)
        if n < MIN_SLICES and self.parts > 1:
            found += (
                f"one of {self.parts} stacks of its series, apart in orientation, size or contrast",
            )
        if cut:
            found += (f"{cut} of {n} slice files cut off ({n - cut} readable)",)
        return found

    @property
    def moment(self) -> str:
        """When it was acquired, as text that sorts: date and time, else ``#`` and number."""
        date = str(self.header.get("AcquisitionDate") or self.header.get("SeriesDate") or "")
        times = [one.time for one in self.slices if one.time]
        first = min(times) if times else str(self.header.get("SeriesTime") or "")
        if first:
            return f"{date}T{first}"
        number = self.header.get("SeriesNumber")
        return f"#{int(number):09d}" if isinstance(number, float) and number >= 0 else ""


def short_hash(uid: str) -> str:
    """Return a stable short name of a UID that does not give the UID away."""
    return hashlib.sha256(uid.encode()).hexdigest()[:10]


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
            for group in _by_fixed_properties(unique)
            for piece, repeats in _separate(group)
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
    return sorted(found, key=lambda volume: (volume.study, volume.moment, volume.series))


def _geometry(ordered: list[Slice], repeats: int) -> Geometry:
    """Describe a stack; of a series with many volumes, the places of one of them."""
    if repeats == 1:
        return describe(ordered)
    places = list({_place(one): one for one in ordered}.values())
    if len(places) == 1:
        return describe(ordered)
    fault = f"{repeats} volumes in one series (4-D)"
    return dataclasses.replace(describe(places), faults=(fault,))


def sessions_of(slices: Sequence[Slice]) -> dict[str, str]:
    """Map each study to its session: one visit is often filed as several studies of a day."""
    by_day: dict[tuple[str, str], str] = {}
    sessions: dict[str, str] = {}
    for header in {id(one.header): one.header for one in slices}.values():
        study = str(header.get("StudyInstanceUID", ""))
        day = (patient_of(header), str(header.get("StudyDate", "")) or study)
        sessions.setdefault(study, by_day.setdefault(day, short_hash(study)))
    return sessions


def patient_of(header: Header) -> str:
    """Return a short hash of the patient's id (or name): to tell patients apart, never shown."""
    return short_hash(str(header.get("PatientID") or header.get("PatientName") or ""))


def _without_copies(members: list[Slice]) -> tuple[list[Slice], int]:
    seen: set[tuple[str, int | None]] = set()
    unique = []
    for one in members:
        key = (one.uid or one.path, one.frame)
        if key not in seen:
            seen.add(key)
            unique.append(one)
    return unique, len(members) - len(unique)


def _by_fixed_properties(members: list[Slice]) -> list[list[Slice]]:
    """Split by matrix, spacing, orientation and kind of value: never one volume."""
    groups: dict[Hashable, list[Slice]] = defaultdict(list)
    known: list[np.ndarray] = []
    keys: dict[int, Hashable] = {}
    for one in members:
        key = keys.get(id(one.header))
        if key is None:
            key = keys[id(one.header)] = _fixed_key(one.header, known)
        groups[key].append(one)
    return sorted(groups.values(), key=lambda group: (-len(group), _order(group[0])))


def _fixed_key(header: Header, known: list[np.ndarray]) -> Hashable:
    axes = directions(header)
    place = -1
    if axes is not None:
        cosines = np.concatenate(axes[:2])
        alike = (i for i, other in enumerate(known) if np.abs(cosines - other).max() < 0.01)
        place = next(alike, len(known))
        if place == len(known):
            known.append(cosines)
    pixels = header.get("PixelSpacing")
    return (
        header.get("Rows"),
        header.get("Columns"),
        header.get("SamplesPerPixel"),
        tuple(round(p, 3) for p in pixels if isinstance(p, float))
        if isinstance(pixels, tuple)
        else None,
        place,
        header.get("BitsAllocated"),
        header.get("PixelRepresentation"),
        component(header),
        _image_type(header)[:1] == ("DERIVED",),
    )


def component(header: Header) -> str:
    """Return which part of the complex signal an image shows: M, P, R or I."""
    spelled = str(header.get("ComplexImageComponent", ""))[:1]
    if spelled in ("P", "R", "I"):
        return spelled
    for value in _image_type(header)[2:]:
        if value in ("P", "PHASE", "PHASE MAP", "R", "REAL", "I", "IMAGINARY"):
            return value[0]
    return "M"


def _image_type(header: Header) -> tuple[str, ...]:
    value = header.get("ImageType", ())
    return tuple(str(item).upper() for item in value) if isinstance(value, tuple) else (str(value),)


_DISCRIMINATORS: tuple[tuple[bool, Callable[[Slice], Hashable]], ...] = (
    # (one volume each, whatever their number?, value)
    (True, lambda one: one.header.get("EchoNumbers")),
    (True, lambda one: one.echo_time),
    (True, lambda one: one.header.get("InversionTime")),
    (True, lambda one: _image_type(one.header)),
    (True, lambda one: one.header.get("FlipAngle")),
    (True, lambda one: one.header.get("SeriesDescription")),
    (True, lambda one: one.header.get("ContrastBolusAgent")),
    (False, lambda one: one.b_value),
    (False, lambda one: one.temporal),
    (False, lambda one: one.acquisition),
    (False, lambda one: one.trigger),
)


def _separate(members: list[Slice]) -> list[tuple[list[Slice], int]]:
    """Split slices that repeat their places; return each volume with its number of repeats."""
    most = _most_at_one_place(members)
    if most <= 1:
        return [(members, 1)]
    for any_number, value in _DISCRIMINATORS:
        pieces: dict[Hashable, list[Slice]] = defaultdict(list)
        for one in members:
            pieces[value(one)].append(one)
        if len(pieces) < 2 or max(map(_most_at_one_place, pieces.values())) >= most:
            continue
        if not any_number and most > _MOST_SEPARATE:
            return [(members, most)]
        ordered = sorted(pieces.values(), key=lambda piece: _order(piece[0]))
        return [volume for piece in ordered for volume in _separate(piece)]
    if most > _MOST_SEPARATE:
        return [(members, most)]
    return [(piece, 1) for piece in _by_occurrence(members)]


def _by_occurrence(members: list[Slice]) -> list[list[Slice]]:
    """Give the first slice at each place to the first volume, the second to the second."""
    count: Counter[Hashable] = Counter()
    pieces: dict[int, list[Slice]] = defaultdict(list)
    for one in sorted(members, key=_order):
        place = _place(one)
        pieces[count[place]].append(one)
        count[place] += 1
    return list(pieces.values())


def _most_at_one_place(members: list[Slice]) -> int:
    counts = Counter(_place(one) for one in members if one.position is not None)
    return max(counts.values(), default=0)


def _place(one: Slice) -> Hashable:
    # Adding zero turns -0.0 into 0.0, which rounding alone keeps apart in text but not here.
    return tuple(round(value, 2) for value in one.position) if one.position else one.uid


def _order(one: Slice) -> tuple[str, int, int, str]:
    return one.time or "", one.instance or 0, one.frame or 0, one.uid


def _usual_header(members: list[Slice]) -> Header:
    counts = Counter(id(one.header) for one in members)
    usual = max(counts.values())
    return next(one.header for one in members if counts[id(one.header)] == usual)
