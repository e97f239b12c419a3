"""The report: one page that a person reads from top to bottom, with everything inside."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from markupsafe import Markup

from radnec.config.sections import ModelsSettings
from radnec.core.errors import InputError
from radnec.core.labels import CLASSES
from radnec.core.tables import read_tsv
from radnec.core.versions import installed_version
from radnec.figures.choice import Choice, choose_cases
from radnec.novelty.settings import NoveltySettings
from radnec.report import readable
from radnec.report.answer import answer
from radnec.report.embed import heading, markdown, picture, require, table
from radnec.report.external import external_section
from radnec.report.findings import findings
from radnec.report.forest import subgroup_forests
from radnec.report.inputs import ReportInputs
from radnec.report.pages import write_report_page
from radnec.report.patients import patients_section
from radnec.report.published import section
from radnec.report.sites import sites_table

TABLES = tuple(f"table{number}" for number in range(1, 7))
FIGURES = tuple(f"figure{number}" for number in range(1, 6))

CONFIDENCE = 0.95
"""Level of the intervals of a study whose configuration names none."""

NETWORKS = ModelsSettings().backbones
"""Networks of a study whose configuration names none."""

FALSE_ALARMS = NoveltySettings().false_alarms
"""Share of false alarms in a study whose configuration names none."""

QUALITY_PAGES = 8
"""So many cases are shown with their pictures, the worst; the others are linked."""

PACKAGES = (
    *("radnec", "snakemake", "torch", "monai", "antspyx", "HD-BET", "nibabel", "pydicom"),
    *("dicom2nifti", "nilearn", "numpy", "scipy", "pandas", "scikit-learn", "statsmodels"),
    "matplotlib",
)
"""Packages whose versions the report names."""


def write_report(*, inputs: ReportInputs, output: Path) -> None:
    """Write the report of a study as one HTML file that needs no other.

    Pictures, style and script are inside, nothing is loaded from elsewhere, and the same inputs
    give the same bytes. Without its script the whole text can be read.

    Parameters
    ----------
    inputs
        The files to show.
    output
        Path of the HTML.

    Raises
    ------
    InputError
        If a required table or figure is not named, or a named file is missing.
    """
    for given, expected, kind in (
        (inputs.tables, TABLES, "tables"),
        (inputs.figures, FIGURES, "figures"),
    ):
        missing = [name for name in expected if name not in given]
        if missing:
            raise InputError(f"report: {kind}: {', '.join(missing)} missing, expected {expected}")
    write_report_page("report.html.j2", _context(inputs), output)


def _context(inputs: ReportInputs) -> dict[str, Any]:
    """Return what the template shows; a section that is left out is None or empty."""
    cohort = read_tsv(require(inputs.cohort), dtype=str)
    evaluation = inputs.evaluation
    used = yaml.safe_load(require(inputs.config).read_text(encoding="utf-8")) or {}
    confidence = used.get("evaluation", {}).get("confidence", CONFIDENCE)
    level = readable.level_text(confidence)
    counts = _counts(cohort)
    summary = read_tsv(require(inputs.maps_summary)) if inputs.maps_summary else None
    choices = _choices(summary) if summary is not None else []
    quality = read_tsv(require(inputs.quality), dtype=str) if inputs.quality else None
    first = (
        answer(
            evaluation,
            inputs.confounding,
            networks=used.get("models", {}).get("backbones", NETWORKS),
            confidence=confidence,
            facts={
                "phantom": inputs.phantom,
                "counts": counts,
                "design": used.get("split", {}).get("design", ""),
                "planned": (evaluation / "planning.tsv").exists(),
                "warned": _warned(quality),
                "external": bool(inputs.external),
            },
        )
        if evaluation
        else None
    )
    return {
        "study": inputs.study,
        "level": level,
        "phantom": inputs.phantom,
        "notice": inputs.notice,
        "model": inputs.model,
        "comparators": readable.comparators(used),
        "counts": counts,
        "answer": first,
        "shown": _shown(choices, inputs.case_pictures),
        "pages": inputs.pages,
        "findings": findings(counts=counts, evaluation=evaluation, choices=choices),
        "tables": {
            name: {
                "title": heading(path),
                "body": markdown(path, notice=inputs.notice),
            }
            for name, path in inputs.tables.items()
        },
        "figures": {name: picture(path) for name, path in inputs.figures.items()},
        "whole": {
            "title": heading(inputs.whole),
            "body": markdown(inputs.whole, notice=inputs.notice),
        }
        if inputs.whole
        else None,
        "training_figure": picture(inputs.training_figure) if inputs.training_figure else None,
        "networks": _networks(inputs.cards) if inputs.cards else None,
        "discrimination": readable.measures(evaluation / "metrics.tsv", readable.DISCRIMINATION)
        if evaluation
        else None,
        "calibration": readable.measures(evaluation / "metrics.tsv", readable.CALIBRATION)
        if evaluation
        else None,
        "comparisons": readable.comparisons(evaluation / "comparisons.tsv", level)
        if evaluation
        else None,
        "ranking": readable.ranking(evaluation / "ranking.tsv", level) if evaluation else None,
        "resampled": readable.resampled(evaluation / "resampled.tsv", level)
        if evaluation
        else None,
        "planning": readable.planning(evaluation / "planning.tsv") if evaluation else None,
        "evaluation_figures": _pictures(inputs.evaluation_figures),
        "patients": patients_section(evaluation, inputs.scanner_use, level) if evaluation else None,
        "patient_figures": _pictures(inputs.patient_figures),
        "external": {
            name: external_section(folder, level, inputs.notice)
            for name, folder in inputs.external.items()
        },
        "false_alarms": readable.percent(used.get("novelty", {}).get("false_alarms", FALSE_ALARMS)),
        "subgroups": subgroup_forests(inputs.subgroups, level, first.best if first else "")
        if inputs.subgroups
        else None,
        "sites": sites_table(inputs.sites, level) if inputs.sites else None,
        "left_out_sites": used.get("split", {}).get("design") == "leave_one_site_out",
        "confounding": readable.confounding(inputs.confounding, level)
        if inputs.confounding
        else None,
        **(
            section(inputs.audit, inputs.notice)
            if inputs.audit
            else {"audit": None, "audit_rows": None}
        ),
        "audit_figures": _pictures(inputs.audit_figures),
        "explanation": readable.explanation_metrics(inputs.explanation / "metrics.tsv")
        if inputs.explanation
        else None,
        "explanation_figure": picture(inputs.explanation_figure)
        if inputs.explanation_figure
        else None,
        "maps": _maps(summary) if summary is not None else None,
        "choices": choices,
        "excluded": readable.excluded(inputs.cohort)
        if (cohort["status"] == "excluded").any()
        else None,
        "quality": table(quality.drop(columns="cohort", errors="ignore"))
        if quality is not None
        else None,
        **_quality_pages(inputs),
        "skipped": _skipped(inputs.config),
        "brain_masks": _brain_masks(inputs.strip_network),
        "config": require(inputs.config).read_text(encoding="utf-8"),
        "versions": dict(_versions()),
    }


def _quality_pages(inputs: ReportInputs) -> dict[str, Any]:
    """Return the pictures of the worst cases, and where those of the others lie."""
    if inputs.quality is None:
        return {"quality_pages": {}, "quality_links": {}}
    pages = {path.stem: require(path) for path in inputs.quality_pages}
    cases = [case for case in read_tsv(require(inputs.quality), dtype=str)["case"] if case in pages]
    beside = {case: f"{pages[case].parent.name}/{pages[case].name}" for case in cases}
    return {
        "quality_pages": {case: picture(pages[case]) for case in cases[:QUALITY_PAGES]},
        "quality_links": {case: beside[case] for case in cases[QUALITY_PAGES:]},
    }


def _warned(quality: pd.DataFrame | None) -> int:
    """Return how many cases quality control remarks on."""
    if quality is None or "remarks" not in quality:
        return 0
    return int(quality["remarks"].fillna("").ne("").sum())


def _shown(choices: Sequence[Choice], pictures: Sequence[Path]) -> dict[str, Any] | None:
    """Return the case of the first screen: that of figure 4, where its picture was drawn."""
    found = {path.stem: path for path in pictures}
    for choice in choices:
        if choice.case in found:
            return {**vars(choice), "picture": picture(found[choice.case])}
    return None


def _counts(cohort: pd.DataFrame) -> dict[str, Any]:
    included = cohort[cohort["status"] == "included"]
    return {
        "all": len(cohort),
        "included": len(included),
        "excluded": len(cohort) - len(included),
        **{label: int((included["label"] == label).sum()) for label in CLASSES},
    }


def _brain_masks(network: Path | None) -> str:
    """Say which networks made the brain masks; nothing where none did."""
    if network is None:
        return ""
    found = json.loads(require(network).read_text(encoding="utf-8"))
    files = ", ".join(f"{name} SHA-256 {digest}" for name, digest in found["files"].items())
    return (
        f"Brain masks by {found['network']}, licence {found['licence']}. Its package or folder "
        f"holds {files}."
    )


def _skipped(config: Path) -> list[str]:
    """Return what the study took as it came instead of computing it, one sentence each."""
    used = yaml.safe_load(require(config).read_text(encoding="utf-8")) or {}
    found = []
    if used.get("registration", {}).get("method") == "given":
        found.append(
            "Registration was skipped: the sequences of every case came registered to each other."
        )
    backend = used.get("skull_strip", {}).get("backend")
    if backend == "none":
        found.append("Skull stripping was skipped: the images of every case were taken as brains.")
    elif backend == "given":
        found.append("Brains were not segmented here: the mask of every case came with it.")
    return found


def _pictures(figures: Any) -> dict[str, str]:
    return {title: picture(path) for title, path in figures.items()}


def _networks(cards: Sequence[Path]) -> Markup:
    """Return one row a run: what was trained, on how many cases, for how long."""
    rows = []
    for path in cards:
        card = json.loads(require(path).read_text(encoding="utf-8"))
        model, data, results = card["model"], card["data"], card["results"]
        rows.append(
            {
                "Model": model["backbone"],
                "Inputs": model["inputs"],
                "Run": f"{model['fold']}, seed {model['seed']}",
                "Parameters": f"{model['parameters']:,}",
                "Size": " x ".join(map(str, model["size"])),
                "Training cases": " + ".join(
                    f"{data['training'][label]} {label}" for label in CLASSES
                ),
                "Epochs": results["epochs_trained"],
                "Last training loss": float(results["train_loss"]),
            }
        )
    return table(pd.DataFrame(rows))


def _maps(summary: pd.DataFrame) -> dict[str, Any]:
    """Return what a reader has to know about the maps: method, layer, grid, zero maps."""
    first = summary.iloc[0]
    grid = str(first["layer_grid"])
    return {
        "method": {"gradcam": "Grad-CAM", "hirescam": "HiResCAM", "gradcam++": "Grad-CAM++"}[
            str(first["method"])
        ],
        "layer": str(first["layer"]),
        "grid": grid.replace("x", " x "),
        "cells": [int(cells) for cells in grid.split("x")],
        "cases": len(summary),
        "zero": int((summary["zero"] == "yes").sum()),
    }


def _choices(summary: pd.DataFrame) -> list[Choice]:
    return choose_cases(summary.astype({"case": str}))


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", platform.python_version()
    for name in PACKAGES:
        # radnec itself may run from its folder; what else is not installed was not used here.
        if version := installed_version(name):
            yield name, version
