"""Scanner and acquisition of each image, read from the sidecars that conversion wrote."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.sequences import SEQUENCES

NOT_STATED = "not stated"
# Sidecar key to column; numbers in the units of DICOM (mm, ms, per cent, degrees).
FIELDS = {
    "SliceThickness": "slice_thickness_mm",
    "SpacingBetweenSlices": "slice_spacing_mm",
    "PercentPhaseFieldOfView": "field_of_view_percent",
    "RepetitionTime": "repetition_time",
    "EchoTime": "echo_time",
    "FlipAngle": "flip_angle",
    "MagneticFieldStrength": "field_strength",
}
_RANGED = ("slice_thickness_mm", "slice_spacing_mm", "field_of_view_percent")


def read_scanners(cases: Iterable[str], nifti: Path) -> pd.DataFrame:
    """Return one row for each image of the cases.

    Returns
    -------
    DataFrame
        Columns case, sequence, manufacturer, model, matrix, and those of :data:`FIELDS` (NaN
        where the sidecar does not state a number).
    """
    rows: list[dict[str, Any]] = []
    for case in cases:
        for sequence in SEQUENCES:
            sidecar = nifti / case / f"{sequence}.json"
            if not sidecar.is_file():
                continue
            found = json.loads(sidecar.read_text(encoding="utf-8"))
            row: dict[str, Any] = {"case": case, "sequence": sequence}
            row["manufacturer"] = str(found.get("Manufacturer") or NOT_STATED)
            row["model"] = str(found.get("ManufacturerModelName") or NOT_STATED)
            row["matrix"] = _matrix(found)
            row |= {column: _number(found.get(key)) for key, column in FIELDS.items()}
            rows.append(row)
    columns = ["case", "sequence", "manufacturer", "model", "matrix", *FIELDS.values()]
    return pd.DataFrame(rows, columns=columns)


def scanner_rows(images: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each manufacturer, the one with most cases first."""
    rows = []
    for manufacturer, group in images.groupby("manufacturer", sort=True):
        row: dict[str, Any] = {"manufacturer": manufacturer}
        for column in ("slice_thickness_mm", "slice_spacing_mm", "matrix", "field_of_view_percent"):
            row[column] = _commonest(group[column])
        for column in _RANGED:
            row |= {f"{column}_min": group[column].min(), f"{column}_max": group[column].max()}
        row["matrices"] = ", ".join(sorted(set(group["matrix"])))
        row["models"] = ", ".join(sorted(set(group["model"])))
        row["n_cases"] = group["case"].nunique()
        row["n_images"] = len(group)
        unstated = [c for c in _RANGED if group[c].isna().all()]
        row["notes"] = f"not stated in the headers: {', '.join(unstated)}" if unstated else ""
        rows.append(row)
    table = pd.DataFrame(rows)
    if rows:
        table = table.sort_values(["n_cases", "manufacturer"], ascending=[False, True])
    return table.reset_index(drop=True)


def _matrix(sidecar: dict[str, Any]) -> str:
    """Return the acquired matrix, frequency x phase, or else the stored rows x columns."""
    acquired = sidecar.get("AcquisitionMatrix")
    if isinstance(acquired, list) and len([n for n in acquired if n]) == 2:
        frequency, phase = (int(n) for n in acquired if n)
        # DICOM lists frequency rows, frequency columns, phase rows, phase columns.
        return f"{frequency}x{phase}"
    rows, columns = (_number(sidecar.get(key)) for key in ("Rows", "Columns"))
    if math.isnan(rows) or math.isnan(columns):
        return NOT_STATED
    return f"{int(rows)}x{int(columns)}"


def _number(value: Any) -> float:
    """Return a number as float; anything else, a list for example, as NaN."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return math.nan


def _commonest(values: pd.Series) -> Any:
    """Return the commonest value; of equally common ones the smallest."""
    counts = values.value_counts()
    if counts.empty:
        return math.nan
    return min(counts.index[counts == counts.iloc[0]])
