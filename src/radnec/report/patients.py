"""What the report says about each patient's probability, in tables of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from radnec.core.tables import read_tsv
from radnec.report.embed import require, table
from radnec.report.readable import interval, p_value

_MODEL = {"backbone": "Model", "input_set": "Inputs"}


def patients_section(evaluation: Path, scanner_use: Path | None, level: str) -> dict[str, Any]:
    """Return what the template ``patients.html.j2`` shows.

    Parameters
    ----------
    evaluation
        Folder of the statistics beside the tables.
    scanner_use
        evaluation/scanner_use.tsv; None leaves its table out.
    level
        Of the intervals, in words.
    """
    summary = json.loads(require(evaluation / "summary.json").read_text(encoding="utf-8"))
    return {
        "looks": summary.get("looks"),
        "instability": _instability(evaluation / "instability.tsv"),
        "recalibration": recalibration(evaluation / "recalibration.tsv", level),
        "prediction_sets": _sets(evaluation / "prediction_sets.tsv", level),
        **_readers(evaluation / "readers.tsv", level),
        "net_benefit": _benefit(evaluation / "net_benefit.tsv", level, "model"),
        "benefit_difference": _benefit(evaluation / "net_benefit.tsv", level, "difference"),
        "evaluation_size": _size(evaluation / "evaluation_size.tsv"),
        "scanner_use": _scanner_use(scanner_use) if scanner_use else None,
    }


def _instability(path: Path) -> Markup:
    frame = read_tsv(require(path), dtype=str)
    if frame["mape"].isna().all():
        return Markup("")
    for name in ("mape", "mape_largest", "instability_index"):
        frame[name] = [interval(value, None, None, 3) for value in frame[name]]
    titles = {
        "cases": "Cases",
        "n": "n",
        "runs": "Runs a case",
        "mape": "MAPE",
        "mape_largest": "largest",
        "instability_index": "Instability index",
        "unstable": "Cases decided differently by some run",
    }
    return table(frame, _MODEL | titles)


def recalibration(path: Path, level: str) -> Markup:
    """Return how right the probabilities of each model are, before and after recalibration."""
    frame = read_tsv(require(path), dtype=str)
    for name in ("brier", "log_loss"):
        frame[name] = [interval(value, None, None, 3) for value in _column(frame, name)]
    for name in ("calibration_in_the_large", "calibration_slope"):
        frame[name] = [
            interval(*row)
            for row in zip(*(_column(frame, name + end) for end in ("", "_lo", "_hi")), strict=True)
        ]
    titles = {
        "method": "Recalibration",
        "brier": "Brier score",
        "log_loss": "Log loss",
        "calibration_in_the_large": f"In the large ({level})",
        "calibration_slope": f"Slope ({level})",
        "notes": "Remarks",
    }
    return table(frame, _MODEL | titles)


def _sets(path: Path, level: str) -> Markup:
    frame = read_tsv(require(path), dtype=str)
    ends = ("", "_lo", "_hi")
    frame["covered"] = [
        interval(*row)
        for row in zip(*(_column(frame, f"covered{end}") for end in ends), strict=True)
    ]
    for name in ("n", "right", "wrong", "both", "none"):
        frame[name] = _column(frame, name)
    titles = {
        "label": "True class",
        "n": "n",
        "covered": f"Class in the set ({level})",
        "right": "Right call",
        "wrong": "Wrong call",
        "both": "Undecided: both",
        "none": "Undecided: neither",
        "notes": "Remarks",
    }
    return table(frame, _MODEL | titles)


def _readers(path: Path, level: str) -> dict[str, Markup]:
    """Return readers alone, and beside the networks; nothing without a table of readers."""
    if not path.exists():
        return dict.fromkeys(("readers", "readers_paired", "readers_together"), Markup(""))
    frame = read_tsv(path, dtype=str)
    ends = ("", "_lo", "_hi")
    for name in ("sens", "spec", "auc", "value"):
        frame[name] = [
            interval(*row)
            for row in zip(*(_column(frame, name + end) for end in ends), strict=True)
        ]
    for name in ("mcnemar_exact_p", "delong_p", "p"):
        values = _column(frame, name)
        frame[name] = ["" if value is None else p_value(value) for value in values]
    for name in ("measure", "notes"):
        frame[name] = _column(frame, name)
    rates = {"sens": f"Sensitivity ({level})", "spec": f"Specificity ({level})"}
    alone = {"reader": "Reader", "n_necrosis": "Necrosis", "n_recurrence": "Recurrence"}
    pairs = {"reader": "Reader", **_MODEL, **rates, "mcnemar_exact_p": "McNemar p"}
    together = {**_MODEL, "reader": "Readers", "measure": "Measure"}
    difference = {"value": f"Network minus readers ({level})", "p": "p", "notes": "Remarks"}
    area = {"auc": f"AUC ({level})"}
    return {
        "readers": table(frame[frame["kind"] == "reader"], alone | rates | area),
        "readers_paired": table(
            frame[frame["kind"] == "pair"], pairs | area | {"delong_p": "DeLong p"}
        ),
        "readers_together": table(frame[frame["kind"] == "together"], together | difference)
        if (frame["kind"] == "together").any()
        else Markup(""),
    }


def _benefit(path: Path, level: str, kind: str) -> Markup:
    """Return the net benefits at the study's own decision, one column a prevalence."""
    frame = read_tsv(require(path), dtype=str).fillna("")
    kept = frame[(frame["kind"] == kind) & (frame["act_from"].astype(float) == 0.5)].copy()
    if kept.empty:
        return Markup("")
    kept["text"] = [
        interval(row.net_benefit, row.net_benefit_lo, row.net_benefit_hi, 3)
        for row in kept.itertuples()
    ]
    kept["first"] = kept["first_backbone"] + " / " + kept["first_input_set"]
    kept["second"] = kept["second_backbone"] + " / " + kept["second_input_set"]
    names = ["first"] + (["second"] if kind == "difference" else [])
    order = kept[names].drop_duplicates()
    wide = kept.pivot(index=names, columns="prevalence", values="text")
    index = pd.MultiIndex.from_frame(order) if len(names) > 1 else pd.Index(order["first"])
    wide = wide.reindex(index).reset_index()
    titles = {"first": "Model", "second": "against"}
    shares = {
        name: f"Necrosis {100 * float(name):g} % ({level})" for name in kept["prevalence"].unique()
    }
    return table(wide, {name: titles[name] for name in names} | shares)


def _size(path: Path) -> Markup:
    frame = read_tsv(require(path), dtype=str)
    titles = {
        "prevalence": "Share of necrosis",
        "n_oe": "Observed / expected",
        "n_slope": "Calibration slope",
        "n_auc": "AUC",
        "n_benefit": "Net benefit",
        "n": "Cases for all four",
        "n_necrosis": "of these necrosis",
    }
    return table(frame, titles)


def _scanner_use(path: Path) -> Markup:
    frame = read_tsv(require(path), dtype=str)
    for name in ("r2", "r2_by_chance"):
        frame[name] = [interval(value, None, None) for value in frame[name]]
    for name in ("p_value", "holm_p"):
        frame[name] = frame[name].map(p_value)
    titles = {
        "name": "What is known",
        "r2": "Share of variance explained",
        "r2_by_chance": "by chance",
        "p_value": "p",
        "holm_p": "Holm p",
        "notes": "Remarks",
    }
    return table(frame, _MODEL | titles)


def _column(frame: pd.DataFrame, name: str) -> list[object]:
    """Return a column, empty where no row of the study has it."""
    if name not in frame:
        return [None] * len(frame)
    return [None if pd.isna(value) else value for value in frame[name]]
