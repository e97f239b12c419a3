"""The stage `index`: what is in a case's folder, and which series is used for what."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from radnec.cases.overrides import load_overrides
from radnec.cases.sources import CaseSource
from radnec.core.errors import CaseExcluded, InputError
from radnec.core.records import CaseJob, case_stage
from radnec.ingest.checks.privacy import sealed
from radnec.ingest.identification.contrast import LATER_OF_TWO, NOT_SAID
from radnec.ingest.identification.folder import FolderSeries, find_series
from radnec.ingest.identification.subject import doubts
from radnec.ingest.identification.types import REFUSED
from radnec.ingest.reading.detached_slices import detached_from, scouts_of
from radnec.ingest.sources import nifti_case
from radnec.ingest.table import series_row, write_series


def index_case(
    *,
    case: str,
    source: CaseSource,
    min_confidence: float,
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
    min_confidence
        See `radnec.ingest.settings.IngestSettings`.
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
            named = load_overrides(overrides).get(case, {}) if overrides else {}
            found = find_series(
                Path(source.path), min_confidence, named, case=case, threads=threads
            )
            _require_known(named, found, overrides, case)
            rows += [series_row(case, one) for one in found.decisions]
            job.measures.update(_measures(found))
            _require_usable(found, job)
        else:
            files = nifti_case.series_of(source)
            rows += [nifti_case.nifti_row(case, one, source.kind) for one in files]
            job.measures["sequences"] = ",".join(one.sequence for one in files if not one.fault)
            missing = nifti_case.reasons_missing(files, source.kind)
            job.measures.update({f"why_no_{name}": why for name, why in missing.items()})
            nifti_case.require_usable(files)
    write_series(rows, series)


def _require_known(
    named: dict[str, str], found: FolderSeries, table: Path | None, case: str
) -> None:
    known = sorted(one.identity.volume.series for one in found.decisions)
    for series in named:
        if series not in known:
            raise InputError(
                f"{table}: series {series!r} is not among the series of case {case!r}, expected "
                f"one of {', '.join(known) or 'none, the case has no series'}"
            )


def _measures(found: FolderSeries) -> dict[str, float | str]:
    chosen = found.chosen
    measures: dict[str, float | str] = {
        "files": found.scan.files,
        "files_not_dicom": found.scan.not_dicom,
        "files_damaged": len(found.scan.unreadable),
        "files_copies": sum(one.identity.volume.copies for one in found.decisions),
        "series": len(found.decisions),
        "sequences": ",".join(sorted(chosen)),
        **{f"why_no_{sequence}": reason for sequence, reason in found.missing.items()},
    }
    for sequence, decision in chosen.items():
        measures[f"slices_{sequence}"] = len(decision.identity.volume.slices)
    return measures


def _require_usable(found: FolderSeries, job: CaseJob) -> None:
    """Exclude the case for what is damaged or open among the series it needs."""
    damaged = found.scan.unreadable
    shown = ", ".join(
        f"{count} {reason}" for reason, count in sorted(Counter(damaged.values()).items())
    )
    if not found.scan.slices:
        what = f", {len(damaged)} damaged ({shown})" if damaged else ""
        if found.scan.archives:
            what += f", {found.scan.archives} packed (zip, tar, gz): unpack them first"
        raise CaseExcluded(f"no DICOM image among {found.scan.files} files{what}")
    if damaged:
        job.warn(f"damaged DICOM files: {shown}")
    if found.scan.archives:
        job.warn(f"{found.scan.archives} packed files (zip, tar, gz) were not opened")
    for doubt in doubts(found.decisions[0].identity.volume.header):
        job.warn(doubt)
    trouble = list(found.problems)
    patients = {decision.identity.volume.patient for decision in found.chosen.values()}
    if len(patients) > 1:
        trouble.append(f"the chosen series belong to {len(patients)} different patients")
    volumes = [decision.identity.volume for decision in found.decisions]
    folders = {str(Path(path).parent) for path in damaged}
    for sequence, decision in sorted(found.chosen.items()):
        volume = decision.identity.volume
        if sequence == "t1" and NOT_SAID in decision.identity.reasons:
            job.warn("t1: no header says whether contrast agent was given; taken for native")
        if sequence == "t1ce" and LATER_OF_TWO in decision.identity.reasons:
            job.warn("t1ce: the later of two equal T1 series; no header says that agent was given")
        if folders & {str(Path(one.path).parent) for one in volume.slices}:
            trouble.append(f"{sequence}: damaged DICOM files lie among its slices ({shown})")
        if scouts_of(volume, volumes):
            job.warn(f"{sequence}: its series also holds a scout slice of another plane, left out")
        if apart := sum(len(one.slices) for one in detached_from(volume, volumes)):
            trouble.append(
                f"{sequence}: {apart} detached slice{'s'[: apart != 1]} that belong to its series "
                "but do not fit it"
            )
    for decision in found.decisions:
        volume = decision.identity.volume
        lost = decision.status == REFUSED and any(one.cut_off for one in volume.slices)
        if lost and found.missing.keys() & {decision.sequence, *decision.identity.candidates}:
            trouble.append(f"{decision.sequence}: {'; '.join(volume.faults)}")
    if trouble:
        raise CaseExcluded(". ".join(trouble))
