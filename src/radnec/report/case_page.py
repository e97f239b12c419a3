"""The page of one case: its picture, quality, predictions and viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.explain.spaces import REFERENCE_FOLDER
from radnec.figures.case_map import draw_case_map
from radnec.figures.slices import NAMES
from radnec.preprocess.quality.images import STAGES
from radnec.report.case_table import StudyCase
from radnec.report.embed import table
from radnec.report.pages import write_report_page
from radnec.viewer.html import style, viewer
from radnec.viewer.layers import Layer

FINEST_MM = 2.0
"""Smaller voxels are averaged for the viewers: the pages of 234 cases have to stay portable."""

FIELDS = ("label", "sex", "age_group", "primary_diagnosis", "manufacturer", "model")
"""Of the covariates, what the errors are compared by."""


@dataclass(frozen=True)
class CaseFiles:
    """Where the files of the cases lie.

    Attributes
    ----------
    registered, brain
        Folders with ``<case>/<sequence>.nii.gz``; brain also ``<case>/mask.nii.gz``.
    records
        Folder with ``<stage>/<case>.json``.
    maps
        Folder of the maps (see :func:`radnec.explain.run.explain_run`).
    quality
        Folder of the quality control: cases.tsv and ``<case>.png``.
    lesions
        Folder with ``<case>/lesion.nii.gz`` where the truth is known.
    """

    registered: Path
    brain: Path
    records: Path
    maps: Path
    quality: Path
    lesions: Path | None = None

    def map_of(self, case: str) -> Path | None:
        """Return the map of a case on the grid of its reference scan, if one was made."""
        path = self.maps / REFERENCE_FOLDER / f"{case}.nii.gz"
        return path if path.exists() else None

    def lesion_of(self, case: str) -> Path | None:
        """Return the true lesion of a case, if it is known."""
        path = self.lesions / case / "lesion.nii.gz" if self.lesions else None
        return path if path is not None and path.exists() else None


def write_case(
    case: StudyCase,
    context: Mapping[str, Any],
    files: CaseFiles,
    known: pd.DataFrame,
    explained: str,
    zero: set[str],
    folder: Path,
) -> None:
    """Write <case>.html and, where the skull was stripped, <case>.png.

    Parameters
    ----------
    case
        The case, with its status and predictions.
    context
        What the pages of all cases share: study, notice, models, and the cases before and after.
    files
        Where its files lie.
    known
        Covariates, indexed by case.
    explained
        The model whose map is shown, as ``backbone / input set``.
    zero
        Cases in which nothing spoke for the chosen class.
    folder
        Where the page is written.
    """
    records = {stage: Record.read(files.records / stage / f"{case.case}.json") for stage in STAGES}
    layers, reference = _layers(case.case, records, files)
    heat, lesion = files.map_of(case.case), files.lesion_of(case.case)
    if records["strip"].ok:
        draw_case_map(
            scan=files.brain / case.case / f"{reference}.nii.gz",
            mask=files.brain / case.case / "mask.nii.gz",
            heat=heat,
            lesion=lesion,
            picture=folder / f"{case.case}.png",
        )
    facts = known.loc[case.case].dropna().to_dict() if case.case in known.index else {}
    measures = _measures(records["register"])
    write_report_page(
        "case.html.j2",
        {
            **context,
            "case": case,
            "explained": explained,
            "heat": heat is not None,
            "zero": case.case in zero,
            "lesion": lesion is not None,
            "picture": records["strip"].ok,
            "facts": {
                name.replace("_", " "): value
                for name, value in facts.items()
                if name in (*FIELDS, "age") and str(value)
            },
            "remarks": [text for record in records.values() for text in record.warnings],
            "measures": measures,
            "viewer_style": style(),
            "quality": f"../quality/{case.case}.png"
            if (files.quality / f"{case.case}.png").exists()
            else None,
            "viewer": viewer(layers, label=f"case {case.case}", at_once=True, finest_mm=FINEST_MM)
            if layers
            else None,
        },
        folder / f"{case.case}.html",
    )


def _layers(case: str, records: Mapping[str, Record], files: CaseFiles) -> tuple[list[Layer], str]:
    """Return what the viewer of a case shows, and its reference sequence; as far as it came."""
    if not records["register"].ok:
        return [], ""
    reference = str(records["register"].measures["reference"])
    names = [name for name in SEQUENCES if f"{name}.nii.gz" in records["register"].files]
    names.sort(key=lambda name: name != reference)
    layers = [
        Layer(NAMES[name], "scan", files.registered / case / f"{name}.nii.gz", name == reference)
        for name in names
    ]
    if records["strip"].ok:
        layers.append(Layer("brain mask", "mask", files.brain / case / "mask.nii.gz", shown=False))
    if lesion := files.lesion_of(case):
        layers.append(Layer("true lesion (simulated)", "mask", lesion, shown=False))
    if heat := files.map_of(case):
        layers.append(Layer("map", "map", heat))
    return layers, reference


def _measures(record: Record) -> Markup | None:
    """Return how far each sequence was moved by registration; None where none was."""
    known = record.measures
    rows = [
        {
            "Sequence": NAMES[name],
            "Rotation (degrees)": known[f"{name}_rotation"],
            "Translation (mm)": known[f"{name}_translation"],
            "Similarity before": known[f"{name}_similarity_before"],
            "Similarity after": known[f"{name}_similarity_after"],
        }
        for name in SEQUENCES
        if f"{name}_rotation" in known
    ]
    return table(pd.DataFrame(rows)) if rows else None
