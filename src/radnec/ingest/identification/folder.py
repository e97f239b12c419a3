"""What a folder of DICOM holds, and which series of it is used for what."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from radnec.ingest.identification.choose import choose
from radnec.ingest.identification.content import not_an_image
from radnec.ingest.identification.identify import identify
from radnec.ingest.identification.missing import reasons_missing
from radnec.ingest.identification.types import CHOSEN, Decision
from radnec.ingest.reading.grouping import volumes_of
from radnec.ingest.reading.scan import Scan, scan


@dataclasses.dataclass(frozen=True)
class FolderSeries:
    """What a folder of DICOM holds.

    Attributes
    ----------
    decisions
        What becomes of each series.
    problems
        What keeps the case from being used.
    missing
        For each sequence without a chosen series, why it has none.
    """

    scan: Scan
    decisions: list[Decision]
    problems: list[str]
    missing: dict[str, str]

    @property
    def chosen(self) -> dict[str, Decision]:
        """The decision of each chosen sequence."""
        return {one.sequence: one for one in self.decisions if one.status == CHOSEN}


def find_series(
    folder: Path,
    min_confidence: float,
    overrides: dict[str, str],
    *,
    case: str = "<case>",
    threads: int = 1,
) -> FolderSeries:
    """Read, group, identify and choose the series below a folder; nothing is written.

    Raises
    ------
    CaseExcluded
        If there is no such folder.
    """
    return choose_series(scan(folder, threads=threads), min_confidence, overrides, case)


def choose_series(
    found: Scan,
    min_confidence: float,
    overrides: dict[str, str] | None = None,
    case: str = "<case>",
) -> FolderSeries:
    """Group, identify and choose the series of slices that were read."""
    overrides = overrides or {}
    identities = identify(volumes_of(found.slices), min_confidence)
    looked_at: set[str] = set()
    while True:
        decisions, problems = choose(identities, overrides)
        # What a person named is not questioned; what was looked at once is an image.
        new = [
            one.identity
            for one in decisions
            if one.status == CHOSEN and one.identity.volume.series not in looked_at | set(overrides)
        ]
        if not new:
            return FolderSeries(found, decisions, problems, reasons_missing(decisions, case))
        for identity in new:
            looked_at.add(identity.volume.series)
            if (kind := not_an_image(identity.volume)) is not None:
                place = identities.index(identity)
                identities[place] = dataclasses.replace(
                    identity, sequence=kind[0], score=1.0, reasons=(kind[1],)
                )
