"""What scanner and acquisition alone tell of the classes, in a sentence."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from radnec.core.tables import read_tsv
from radnec.report.comparisons import ALPHA
from radnec.report.embed import require
from radnec.report.readable import interval, p_value

SCANNER = "scanner"
"""Name of the comparator, and of the group of fields, that uses the scanner and no image."""


def groups_of(confounding: Path | None) -> pd.DataFrame:
    """Return how well groups of fields tell the classes without an image, a row a group."""
    if confounding is None:
        return pd.DataFrame(columns=["kind", "name", "auc", "auc_lo", "auc_hi", "p_value"])
    found = read_tsv(require(confounding))
    return found[found["kind"] == "group"]


def scanner_alone(groups: pd.DataFrame, low: float) -> str:
    """Return how scanner and acquisition alone compare with the best network."""
    rows = groups[groups["name"].isin([SCANNER, "acquisition"]) & groups["auc"].notna()]
    if rows.empty:
        return ""
    parts = [
        f"{row.name_} alone: AUC {interval(row.auc, row.auc_lo, row.auc_hi)}, "
        f"p {p_value(row.p_value)}"
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]
    told = rows[rows["p_value"] < ALPHA]
    if not told.empty:
        verdict = (
            "Caution: scanner or acquisition alone distinguishes the classes, so a network may "
            "have learned the scanner"
        )
    elif not math.isnan(low) and (rows["auc_hi"] < low).all():
        verdict = "Yes"
    else:
        verdict = (
            "Scanner and acquisition are not shown to distinguish the classes; "
            "the intervals overlap"
        )
    text = "; ".join(parts)
    return f"{verdict}: {text}."
