"""Index and conversion of cases that come as NIfTI or BIDS."""

from __future__ import annotations

from pathlib import Path

from radnec.cases.sources import CaseSource
from radnec.core.errors import CaseExcluded
from radnec.core.sequences import SEQUENCES
from radnec.ingest.conversion.sidecar import Value
from radnec.ingest.identification.types import CHOSEN, REFUSED
from radnec.ingest.sources.bids import NOT_WHOLE, bids_files
from radnec.ingest.sources.nifti_files import NiftiSeries, read_series


def series_of(source: CaseSource) -> list[NiftiSeries]:
    """Return the files of a case in the order of the sequences.

    Raises
    ------
    CaseExcluded
        If a BIDS subject or session does not exist.
    """
    if source.kind == "bids":
        files = bids_files(Path(source.path), source.files["subject"], source.files.get("session"))
    else:
        files = {sequence: Path(path) for sequence, path in source.files.items()}
    root = Path(source.path) if source.kind == "bids" else None
    return [read_series(name, files[name], root) for name in SEQUENCES if name in files]


def require_usable(found: list[NiftiSeries]) -> None:
    """Exclude a case with a file that cannot be used: its row names the file on purpose.

    Raises
    ------
    CaseExcluded
        With the reason of each such file, or if there is no file at all.
    """
    faults = [f"{one.sequence}: {one.fault}" for one in found if one.fault]
    if faults:
        raise CaseExcluded("; ".join(faults))
    if not found:
        raise CaseExcluded("no image of a known sequence")


def reasons_missing(found: list[NiftiSeries], kind: str) -> dict[str, str]:
    """Return, for each sequence without a file, why it has none."""
    why = {
        "nifti": "no file is named for it",
        "bids": "the BIDS subject has no such whole image in its anat folder (files with the "
        f"entities {', '.join(NOT_WHOLE)} are parts of one, and a T1w whose contrast agent is "
        "unclear is not guessed)",
    }[kind]
    present = {one.sequence for one in found}
    return {sequence: why for sequence in SEQUENCES if sequence not in present}


def nifti_row(case: str, one: NiftiSeries, kind: str) -> dict[str, object]:
    """Return the row of series.tsv for a file."""

    def shown(key: str) -> str:
        value = one.acquisition.get(key)
        return f"{value:g}" if value is not None else ""

    return {
        "case": case,
        "series": one.series,
        "study": "",
        "sequence": one.sequence,
        "score": "1.00",
        "slices": one.slices,
        "rows": one.shape[1] if len(one.shape) > 1 else "",
        "columns": one.shape[0] if one.shape else "",
        "spacing": " x ".join(f"{size:.3g}" for size in one.spacing),
        "orientation": one.orientation,
        "TR": shown("RepetitionTime"),
        "TE": shown("EchoTime"),
        "TI": shown("InversionTime"),
        "flip": shown("FlipAngle"),
        "contrast": {"t1ce": "yes", "t1": "no"}.get(one.sequence, "unknown"),
        "manufacturer": "",
        "status": REFUSED if one.fault else CHOSEN,
        "reason": one.fault
        or f"named in the {'BIDS dataset' if kind == 'bids' else 'cases table'}",
    }


def nifti_sidecar(one: NiftiSeries, kind: str) -> dict[str, Value]:
    """Return the sidecar of a file: its grid, and what a BIDS sidecar said of it."""
    columns, rows, _ = one.shape[:3]
    values: dict[str, Value] = {
        "Sequence": one.sequence,
        "Series": one.series,
        "Converter": "none: came as NIfTI" if kind == "nifti" else "none: came as BIDS",
        "Slices": float(one.slices),
        "Rows": float(rows),
        "Columns": float(columns),
        "SpacingBetweenSlices": round(max(one.spacing), 4),
    }
    return values | dict(one.acquisition)
