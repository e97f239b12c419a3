"""One image: slices that lie on one grid, and what is known of them."""

from __future__ import annotations

import dataclasses
import hashlib

from radnec.ingest.reading.geometry import MIN_SLICES, Geometry
from radnec.ingest.reading.moments import moment_of
from radnec.ingest.reading.types import Header, Slice


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
    next_day
        Whether it was acquired after midnight of a visit that began on the day before.
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
    next_day: bool = False

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
    def date(self) -> str:
        """The date of acquisition as the headers say it."""
        return str(self.header.get("AcquisitionDate") or self.header.get("SeriesDate") or "")

    @property
    def time(self) -> str:
        """The clock time of the first slice, else of the series."""
        times = [one.time for one in self.slices if one.time]
        return min(times) if times else str(self.header.get("SeriesTime") or "")

    @property
    def moment(self) -> str:
        """When it was acquired, as text that sorts: date and time, else ``#`` and number."""
        number = self.header.get("SeriesNumber")
        number = number if isinstance(number, float) else None
        return moment_of(self.date, self.time, number, next_day=self.next_day)


def short_hash(uid: str) -> str:
    """Return a stable short name of a UID that does not give the UID away."""
    return hashlib.sha256(uid.encode()).hexdigest()[:10]


def patient_of(header: Header) -> str:
    """Return a short hash of the patient's id (or name): to tell patients apart, never shown."""
    return short_hash(str(header.get("PatientID") or header.get("PatientName") or ""))
