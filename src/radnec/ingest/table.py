"""cohort/series.tsv: one row a series found, without identity."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from radnec.core.tables import write_tsv
from radnec.ingest.identification.types import Decision

COLUMNS = (
    "case",
    "series",
    "study",
    "sequence",
    "score",
    "slices",
    "rows",
    "columns",
    "spacing",
    "orientation",
    "TR",
    "TE",
    "TI",
    "flip",
    "contrast",
    "manufacturer",
    "status",
    "reason",
)


def series_row(case: str, decision: Decision) -> dict[str, object]:
    """Return the row of one volume; every cell is a number or one of this project's words."""
    volume, facts = decision.identity.volume, decision.identity.facts
    spacing = volume.geometry.spacing
    return {
        "case": case,
        "series": volume.series,
        "study": volume.study,
        "sequence": decision.sequence,
        "score": f"{decision.identity.score:.2f}",
        "slices": len(volume.slices),
        "rows": _shown(volume.header.get("Rows")),
        "columns": _shown(volume.header.get("Columns")),
        "spacing": " x ".join(f"{size:.3g}" for size in spacing) if spacing else "",
        "orientation": f"{volume.geometry.plane} {volume.geometry.orientation}".strip(),
        "TR": _shown(facts.tr),
        "TE": _shown(facts.te),
        "TI": _shown(facts.ti),
        "flip": _shown(facts.flip),
        "contrast": decision.identity.contrast,
        "manufacturer": facts.vendor,
        "status": decision.status,
        "reason": decision.reason,
    }


def write_series(rows: Sequence[dict[str, object]], path: Path) -> None:
    """Write the table; with no rows it has its columns all the same."""
    write_tsv(pd.DataFrame(rows, columns=list(COLUMNS)), path)


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else ""
