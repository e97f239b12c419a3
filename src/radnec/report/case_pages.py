"""All cases in one table, and a page of its own for each that was preprocessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from radnec.core.files import atomic_dir
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.core.tables import read_tsv
from radnec.evaluate.cohort.errors import shared_by_errors
from radnec.explain.spaces import REFERENCE_FOLDER, SUMMARY
from radnec.figures.case_map import draw_case_map
from radnec.figures.slices import NAMES
from radnec.report.case_table import StudyCase, errors_of, study_cases
from radnec.report.embed import require, table
from radnec.report.pages import write_report_page
from radnec.report.readable import p_value
from radnec.viewer.html import style, viewer, write_shared_script
from radnec.viewer.layers import Layer

FINEST_MM = 2.0
"""Smaller voxels are averaged for the viewers: the pages of 234 cases have to stay portable."""

STAGES = ("register", "strip", "normalise")

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


def write_cases(
    *,
    study: str,
    notice: str,
    cohort: Path,
    predictions: Mapping[str, Path],
    ranking: Path,
    covariates: pd.DataFrame,
    explained: str,
    files: CaseFiles,
    page: Path,
    folder: Path,
) -> None:
    """Write the table of all cases and a page a case.

    Parameters
    ----------
    study, notice
        Name of the study, and what every reader must know about the data.
    cohort
        cohort/cases.tsv.
    predictions
        ``backbone / input set`` to the test predictions of the model.
    ranking
        evaluation/ranking.tsv: the errors of its first model are compared.
    covariates
        See :func:`radnec.evaluate.cohort.covariates.case_covariates`.
    explained
        The model whose maps are shown, as ``backbone / input set``.
    files
        Where the files of the cases lie.
    page, folder
        Written: the HTML of the table, and beside it the folder of the cases' pages: <case>.html,
        <case>.png and the viewer that they share.

    Notes
    -----
    The pages of the cases hold their images. They load the viewer's script from the file beside
    them and the picture of the quality control from the study's folder, and nothing else.
    """
    cases = study_cases(cohort=cohort, predictions=predictions, quality=files.quality / "cases.tsv")
    context = {"study": study, "notice": notice, "models": list(predictions)}
    shown = [one for one in cases if (files.records / "normalise" / f"{one.case}.json").exists()]
    known = covariates.astype({"case": str}).set_index("case")
    zero = _zero_maps(files.maps / SUMMARY)
    with atomic_dir(folder) as made:
        write_shared_script(made / "viewer.js")
        for place, case in enumerate(shown):
            around = {
                "previous": shown[place - 1].case if place else None,
                "following": shown[place + 1].case if place + 1 < len(shown) else None,
            }
            _write_case(case, context | around, files, known, explained, zero, made)
        pictures = {path.stem for path in made.glob("*.png")}
    best = read_tsv(require(ranking)).iloc[0]
    model = f"{best['backbone']} / {best['input_set']}"
    errors = errors_of(cases, model)
    write_report_page(
        "cases.html.j2",
        context
        | {
            "cases": cases,
            "pages": {one.case for one in shown},
            "pictures": pictures,
            "folder": folder.name,
            "best": model,
            "errors": [case for case, wrong in errors.items() if wrong],
            "tested": len(errors),
            "shared": _shared(cases, errors, known),
        },
        page,
    )


def _shared(cases: Sequence[StudyCase], errors: pd.Series, known: pd.DataFrame) -> Markup | None:
    """Return what the misclassified cases have in common; None where none is misclassified."""
    if not errors.any():
        return None
    fields = known.reindex(errors.index)[[name for name in FIELDS if name in known]].copy()
    flagged = {case.case: "yes" if case.flags else "no" for case in cases}
    fields["remark of quality control"] = [flagged[str(case)] for case in errors.index]
    found = shared_by_errors(fields, errors)
    for name in ("p", "holm_p"):
        found[name] = found[name].map(p_value)
    found["share_wrong"] = [f"{100 * share:.0f} %" for share in found["share_wrong"]]
    found["wrong"] = [f"{row.n_wrong} of {row.n}" for row in found.itertuples()]
    for name in ("field", "level"):
        found[name] = found[name].str.replace("_", " ")
    return table(
        found,
        {
            "field": "Field",
            "level": "Level",
            "wrong": "Misclassified",
            "share_wrong": "Share",
            "p": "p (Fisher)",
            "holm_p": "Holm p",
        },
    )


def _zero_maps(summary: Path) -> set[str]:
    """Return the cases in which nothing spoke for the chosen class."""
    rows = read_tsv(require(summary), dtype=str)
    return set(rows.loc[rows["zero"] == "yes", "case"])


def _write_case(
    case: StudyCase,
    context: Mapping[str, Any],
    files: CaseFiles,
    known: pd.DataFrame,
    explained: str,
    zero: set[str],
    folder: Path,
) -> None:
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
