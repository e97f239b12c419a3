"""The stage `index`: what is in a case's folder, and which series is used for what."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from radnec.core.cases import CaseSource
from radnec.core.errors import CaseExcluded
from radnec.core.records import CaseJob, case_stage
from radnec.ingest.choose import CHOSEN, Decision, choose
from radnec.ingest.grouping import volumes_of
from radnec.ingest.identify import identify
from radnec.ingest.nifti_case import nifti_row, require_usable, series_of
from radnec.ingest.overrides import read_overrides
from radnec.ingest.privacy import sealed
from radnec.ingest.settings import IngestSettings
from radnec.ingest.slices import Scan, scan
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
    folder: Path, settings: IngestSettings, overrides: dict[str, str], *, threads: int = 1
) -> Found:
    """Read, group, identify and choose the series below a folder; nothing is written.

    Raises
    ------
    CaseExcluded
        If there is no such folder.
    """
    found = scan(folder, threads=threads)
    identities = identify(volumes_of(found.slices), settings.min_confidence)
    decisions, trouble = choose(identities, overrides)
    return Found(found, decisions, trouble)


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
            found = find_series(Path(source.path), settings, named, threads=threads)
            rows += [series_row(case, one) for one in found.decisions]
            job.measures.update(_measures(found))
            _require_usable(found, job)
        else:
            files = series_of(source)
            rows += [nifti_row(case, one, source.kind) for one in files]
            job.measures["sequences"] = ",".join(one.sequence for one in files if not one.fault)
            require_usable(files)
    write_series(rows, series)


def _measures(found: Found) -> dict[str, float | str]:
    chosen = found.chosen
    measures: dict[str, float | str] = {
        "files": found.scan.files,
        "files_not_dicom": found.scan.not_dicom,
        "files_unreadable": sum(found.scan.unreadable.values()),
        "files_copies": sum(one.identity.volume.copies for one in found.decisions),
        "series": len(found.decisions),
        "sequences": ",".join(sorted(chosen)),
    }
    for sequence, decision in chosen.items():
        measures[f"slices_{sequence}"] = len(decision.identity.volume.slices)
    return measures


def _require_usable(found: Found, job: CaseJob) -> None:
    """Exclude the case for what is broken or open among the series it needs."""
    damaged = found.scan.unreadable
    if not found.scan.slices:
        what = f", {sum(damaged.values())} damaged ({_counts(damaged)})" if damaged else ""
        raise CaseExcluded(f"no DICOM image among {found.scan.files} files{what}")
    if damaged:
        job.warn(f"damaged DICOM files: {_counts(damaged)}")
    trouble = list(found.trouble)
    for sequence, decision in sorted(found.chosen.items()):
        slices = decision.identity.volume.slices
        cut = sum(one.cut_off for one in slices)
        if cut:
            trouble.append(
                f"{sequence}: {cut} of {len(slices)} slice files cut off "
                f"({len(slices) - cut} readable)"
            )
    if trouble:
        raise CaseExcluded(". ".join(trouble))


def _counts(damaged: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in sorted(damaged.items()))
