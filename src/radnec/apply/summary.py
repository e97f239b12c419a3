"""The table of many patients' answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.tables import write_tsv

ANSWERED, FAILED = "answered", "failed"

COLUMNS = (
    "case", "status", "predicted", "p_necrosis", "p_recurrence", "lowest", "highest", "networks",
    "call", "unlike_study",
    "model", "study", "seconds", "reason", "notice",
)  # fmt: skip


def summary(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the table; a cell that a row does not have is empty.

    ``p_necrosis`` and ``p_recurrence`` add up to 1; ``lowest`` and ``highest`` are p_necrosis of
    single networks; ``call`` is what the prediction set says, ``unlike_study`` what speaks against
    the comparison with the study's cases; ``reason`` says why there is no answer.
    """
    return pd.DataFrame([dict(row) for row in rows], columns=list(COLUMNS))


def write_summary(rows: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """Write ``summary.tsv`` into a folder."""
    write_tsv(summary(rows), folder / "summary.tsv")
