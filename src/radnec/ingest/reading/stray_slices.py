"""Single slices that a damaged header split from the volume they belong to."""

from __future__ import annotations

from collections.abc import Iterable

from radnec.ingest.reading.geometry import MIN_SLICES, continues
from radnec.ingest.reading.volume import Volume


def strays_of(volume: Volume, others: Iterable[Volume]) -> list[Volume]:
    """Return those of the other volumes that may have been split from this one."""
    return [
        other
        for other in others
        if other is not volume
        and len(other.slices) < MIN_SLICES
        and other.session == volume.session
        and (_of_one_series(volume, other) or continues(volume.slices, other.slices))
    ]


def _of_one_series(volume: Volume, other: Volume) -> bool:
    """Say whether names or the UID put two volumes into one series."""

    def same(*names: str) -> bool:
        return all(other.header.get(name) == volume.header.get(name) for name in names)

    if not same("ImageType", "Modality"):
        return False
    one_uid = other.series.partition("-")[0] == volume.series.partition("-")[0]
    numbered = volume.header.get("SeriesNumber") is not None
    return one_uid or (numbered and same("SeriesNumber", "SeriesDescription"))
