"""What distinguishes several volumes of one SeriesInstanceUID."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable

import numpy as np

from radnec.ingest.reading.geometry import directions
from radnec.ingest.reading.types import Header, Slice

# More volumes than this, distinguished by time or b value, are one series of many volumes.
_MOST_SEPARATE = 3


def by_fixed_properties(members: list[Slice]) -> list[list[Slice]]:
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


def separate(members: list[Slice]) -> list[tuple[list[Slice], int]]:
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
        return [volume for piece in ordered for volume in separate(piece)]
    if most > _MOST_SEPARATE:
        return [(members, most)]
    return [(piece, 1) for piece in _by_occurrence(members)]


def _by_occurrence(members: list[Slice]) -> list[list[Slice]]:
    """Give the first slice at each place to the first volume, the second to the second."""
    count: Counter[Hashable] = Counter()
    pieces: dict[int, list[Slice]] = defaultdict(list)
    for one in sorted(members, key=_order):
        place = place_of(one)
        pieces[count[place]].append(one)
        count[place] += 1
    return list(pieces.values())


def _most_at_one_place(members: list[Slice]) -> int:
    counts = Counter(place_of(one) for one in members if one.position is not None)
    return max(counts.values(), default=0)


def place_of(one: Slice) -> Hashable:
    """Return where a slice lies, to a hundredth of a millimetre; what is nowhere is apart."""
    # Adding zero turns -0.0 into 0.0, which rounding alone keeps apart in text but not here.
    return tuple(round(value, 2) for value in one.position) if one.position else one.uid


def _order(one: Slice) -> tuple[str, int, int, str]:
    return one.time or "", one.instance or 0, one.frame or 0, one.uid
