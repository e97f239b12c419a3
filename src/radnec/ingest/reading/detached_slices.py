"""Single slices that a damaged header split from the volume they belong to."""

from __future__ import annotations

from collections.abc import Iterable

from radnec.ingest.reading.geometry import MIN_SLICES, continues, directions
from radnec.ingest.reading.volume import Volume

# Cosine of 60 degrees: planes nearer than that to each other may be one plane, damaged.
_CROSSING = 0.5


def detached_from(volume: Volume, others: Iterable[Volume]) -> list[Volume]:
    """Return those of the other volumes that may have been split from this one."""
    others = list(others)
    scouts = scouts_of(volume, others)
    return [
        other
        for other in others
        if other is not volume
        and other not in scouts
        and len(other.slices) < MIN_SLICES
        and other.session == volume.session
        and (_of_one_series(volume, other) or continues(volume.slices, other.slices))
    ]


def scouts_of(volume: Volume, others: Iterable[Volume]) -> list[Volume]:
    """Return those of the other volumes of its series that show where its slices were planned.

    Such a reference image crosses the slices of a stack that is whole without it.
    """
    return [
        other
        for other in others
        if other is not volume
        and not volume.faults
        and len(other.slices) == 1
        and other.session == volume.session
        and _of_one_series(volume, other)
        and _crosses(volume, other)
    ]


def _crosses(volume: Volume, other: Volume) -> bool:
    axes, own = directions(volume.header), directions(other.header)
    if axes is None or own is None or continues(volume.slices, other.slices):
        return False
    return abs(float(axes[2] @ own[2])) < _CROSSING


def _of_one_series(volume: Volume, other: Volume) -> bool:
    """Say whether names or the UID put two volumes into one series."""

    def same(*names: str) -> bool:
        return all(other.header.get(name) == volume.header.get(name) for name in names)

    if not same("ImageType", "Modality"):
        return False
    one_uid = other.series.partition("-")[0] == volume.series.partition("-")[0]
    numbered = volume.header.get("SeriesNumber") is not None
    return one_uid or (numbered and same("SeriesNumber", "SeriesDescription"))
