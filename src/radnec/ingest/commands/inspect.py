"""What each series of a folder would be taken for: a table in the terminal, or JSON."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from radnec.ingest.identification.folder import find_series
from radnec.ingest.identification.types import CHOSEN, NOT_CHOSEN, REFUSED, Decision
from radnec.ingest.table import series_row

_COLOUR = {CHOSEN: "green", NOT_CHOSEN: "yellow", REFUSED: "red"}


def as_mapping(folder: Path, min_confidence: float, *, threads: int = 1) -> dict[str, Any]:
    """Return what `show` prints as plain values for JSON, without names of folders and series.

    Returns
    -------
    dict
        ``series``, the columns of cohort/series.tsv for each; ``chosen``, sequence to series;
        ``missing``, sequence to the reason; ``problems``; ``files``, by what they are.
    """
    found = find_series(folder, min_confidence, {}, threads=threads)
    rows = [series_row("", one) for one in found.decisions]
    scan = found.scan
    return {
        "series": [{name: cell for name, cell in row.items() if name != "case"} for row in rows],
        "chosen": {name: one.identity.volume.series for name, one in found.chosen.items()},
        "missing": found.missing,
        "problems": found.problems,
        "files": {
            "all": scan.files,
            "not_dicom": scan.not_dicom,
            "archives": scan.archives,
            "damaged": len(scan.unreadable),
        },
    }


def show(folder: Path, min_confidence: float, *, threads: int = 1) -> bool:
    """Print one row a series, and below it what keeps the folder from being used.

    Returns
    -------
    bool
        Whether a series was chosen for any sequence.
    """
    found = find_series(folder, min_confidence, {}, threads=threads)
    table = Table(box=box.SIMPLE_HEAD, show_lines=False, pad_edge=False)
    for name in ("series", "folder and name", "taken for", "score", "slices", "status", "why"):
        table.add_column(name, overflow="fold", justify="right" if name == "slices" else "left")
    for one in found.decisions:
        row = series_row("", one)
        colour = _COLOUR.get(one.status, "dim")
        cells = [
            str(row["series"]),
            f"{_place(one, folder)}\n{_named(one)}",
            f"[bold]{escape(one.sequence)}[/bold]\ncontrast {row['contrast']}",
            str(row["score"]),
            str(row["slices"]),
            f"[{colour}]{one.status}[/{colour}]",
            escape(one.reason),
        ]
        table.add_row(*cells)
    console = Console(width=None if os.isatty(1) else 160)
    console.print(table)
    damaged = len(found.scan.unreadable)
    console.print(
        f"{found.scan.files} files: {found.scan.files - found.scan.not_dicom - damaged} DICOM, "
        f"{found.scan.not_dicom} other ({found.scan.archives} packed, not opened), "
        f"{damaged} damaged; chosen: "
        f"{', '.join(sorted(found.chosen)) or 'none'}"
    )
    for trouble in found.problems:
        console.print(f"[red]open:[/red] {escape(trouble)}", soft_wrap=True)
    for sequence, why in found.missing.items():
        console.print(f"[yellow]no {sequence}:[/yellow] {escape(why)}", soft_wrap=True)
    for path, reason in sorted(found.scan.unreadable.items()):
        console.print(f"[red]damaged:[/red] {escape(os.path.relpath(path, folder))}: {reason}")
    return bool(found.chosen)


def _place(one: Decision, folder: Path) -> str:
    places = {str(Path(s.path).parent) for s in one.identity.volume.slices}
    return escape(os.path.relpath(os.path.commonpath(places), folder))


def _named(one: Decision) -> str:
    header = one.identity.volume.header
    name = header.get("SeriesDescription") or header.get("ProtocolName") or "(no description)"
    return escape(str(name))
