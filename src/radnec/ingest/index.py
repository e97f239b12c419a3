"""The stage `index`: what is in a case's folder, and which series is used for what."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

from radnec.core.cases import CaseSource
from radnec.core.errors import CaseExcluded, InputError
from radnec.core.records import CaseJob, case_stage
from radnec.ingest.choose import CHOSEN, REFUSED, Decision, choose
from radnec.ingest.content import not_an_image
from radnec.ingest.geometry import MIN_SLICES, continues
from radnec.ingest.grouping import Volume, volumes_of
from radnec.ingest.identify import identify
from radnec.ingest.nifti_case import nifti_row, require_usable, series_of
from radnec.ingest.overrides import read_overrides
from radnec.ingest.privacy import sealed
from radnec.ingest.settings import IngestSettings
from radnec.ingest.slices import Scan, scan
from radnec.ingest.subject import doubts
from radnec.ingest.table import series_row, write_series


@dataclasses.dataclass(frozen=True)
class Found:
    """What a folder of DICOM holds: the files, the decision about each series, what is open."""

    scan: Scan
    decisions: list[Decision]
    trouble: list[str]

    @property
    def chosen(self) -> dict[str, Decision]:
        """The decision of each chosen sequence."""
        return {one.sequence: one for one in self.decisions if one.status == CHOSEN}


def find_series(
    folder: Path,
    settings: IngestSettings,
    overrides: dict[str, str],
    *,
    case: str = "<case>",
    threads: int = 1,
) -> Found:
    """Read, group, identify and choose the series below a folder; nothing is written.

    Raises
    ------
    CaseExcluded
        If there is no such folder.
    """
    return found_in(scan(folder, threads=threads), settings, overrides, case)


def found_in(
    found: Scan,
    settings: IngestSettings,
    overrides: dict[str, str] | None = None,
    case: str = "<case>",
) -> Found:
    """Group, identify and choose the series of slices that were read."""
    overrides = overrides or {}
    identities = identify(volumes_of(found.slices), settings.min_confidence)
    looked_at: set[str] = set()
    while True:
        decisions, trouble = choose(identities, overrides, case)
        # What a person named is not questioned; what was looked at once is an image.
        new = [
            one.identity
            for one in decisions
            if one.status == CHOSEN and one.identity.volume.series not in looked_at | set(overrides)
        ]
        if not new:
            return Found(found, decisions, trouble)
        for identity in new:
            looked_at.add(identity.volume.series)
            if (kind := not_an_image(identity.volume)) is not None:
                place = identities.index(identity)
                identities[place] = dataclasses.replace(
                    identity, sequence=kind[0], score=1.0, reasons=(kind[1],)
                )


def index_case(
    *,
    case: str,
    source: CaseSource,
    settings: IngestSettings,
    overrides: Path | None,
    series: Path,
    record: Path,
    threads: int = 1,
) -> None:
    """Index one case: write its rows of series.tsv and its record.

    Parameters
    ----------
    source
        Where the images come from; for NIfTI and BIDS the table says what each file is.
    overrides
        The table of overrides, or None.
    series, record
        Outputs: the table of series found, and the record of the stage.
    threads
        Number of processes that read headers.
    """
    rows: list[dict[str, object]] = []
    with (
        case_stage(case=case, stage="index", record=record, folder=None) as job,
        sealed("reading the headers of the case"),
    ):
        if source.kind == "dicom":
            named = read_overrides(overrides, case)
            found = find_series(Path(source.path), settings, named, case=case, threads=threads)
            _require_known(named, found, overrides, case)
            rows += [series_row(case, one) for one in found.decisions]
            job.measures.update(_measures(found))
            _require_usable(found, job)
        else:
            files = series_of(source)
            rows += [nifti_row(case, one, source.kind) for one in files]
            job.measures["sequences"] = ",".join(one.sequence for one in files if not one.fault)
            require_usable(files)
    write_series(rows, series)


def _require_known(named: dict[str, str], found: Found, table: Path | None, case: str) -> None:
    known = sorted(one.identity.volume.series for one in found.decisions)
    for series in named:
        if series not in known:
            raise InputError(
                f"{table}: series {series!r} is not among the series of case {case!r}, expected "
                f"one of {', '.join(known) or 'none, the case has no series'}"
            )


def _measures(found: Found) -> dict[str, float | str]:
    chosen = found.chosen
    measures: dict[str, float | str] = {
        "files": found.scan.files,
        "files_not_dicom": found.scan.not_dicom,
        "files_damaged": len(found.scan.unreadable),
        "files_copies": sum(one.identity.volume.copies for one in found.decisions),
        "series": len(found.decisions),
        "sequences": ",".join(sorted(chosen)),
    }
    for sequence, decision in chosen.items():
        measures[f"slices_{sequence}"] = len(decision.identity.volume.slices)
    return measures


def _require_usable(found: Found, job: CaseJob) -> None:
    """Exclude the case for what is damaged or open among the series it needs."""
    damaged = found.scan.unreadable
    shown = ", ".join(
        f"{count} {reason}" for reason, count in sorted(Counter(damaged.values()).items())
    )
    if not found.scan.slices:
        what = f", {len(damaged)} damaged ({shown})" if damaged else ""
        raise CaseExcluded(f"no DICOM image among {found.scan.files} files{what}")
    if damaged:
        job.warn(f"damaged DICOM files: {shown}")
    for doubt in doubts(found.decisions[0].identity.volume.header):
        job.warn(doubt)
    trouble = list(found.trouble)
    patients = {decision.identity.volume.patient for decision in found.chosen.values()}
    if len(patients) > 1:
        trouble.append(f"the chosen series belong to {len(patients)} different patients")
    folders = {str(Path(path).parent) for path in damaged}
    for sequence, decision in sorted(found.chosen.items()):
        volume = decision.identity.volume
        if folders & {str(Path(one.path).parent) for one in volume.slices}:
            trouble.append(f"{sequence}: damaged DICOM files lie among its slices ({shown})")
        if strays := sum(len(one.slices) for one in _strays(volume, found)):
            trouble.append(
                f"{sequence}: {strays} stray slice{'s'[: strays != 1]} that belong to its series "
                "but do not fit it"
            )
    for decision in found.decisions:
        lost = decision.status == REFUSED and decision.sequence not in found.chosen
        if lost and any(one.cut_off for one in decision.identity.volume.slices):
            trouble.append(f"{decision.sequence}: {'; '.join(decision.identity.volume.faults)}")
        elif lost:
            job.measures[f"why_no_{decision.sequence}"] = decision.reason
    if trouble:
        raise CaseExcluded(". ".join(trouble))


def _strays(volume: Volume, found: Found) -> list[Volume]:
    """Return single slices that a damaged header may have split from a volume."""
    others = (one.identity.volume for one in found.decisions)
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
