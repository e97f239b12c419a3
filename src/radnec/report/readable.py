"""Tables of results in the columns and words that a reader of the report needs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from radnec.core.tables import read_tsv
from radnec.report.embed import require, table

NOT_DEFINED = "not defined"

DISCRIMINATION = {
    "balanced_accuracy": "Balanced accuracy",
    "mcc": "MCC",
    "average_precision": "Average precision",
    "auc_permutation_p": "Permutation p (AUC)",
}
CALIBRATION = {
    "brier": "Brier score",
    "calibration_in_the_large": "Calibration in the large",
    "calibration_slope": "Slope",
    "expected_calibration_error": "ECE (range if calibrated)",
}
"""Measures of evaluation/metrics.tsv shown beside the tables of the paper, with their titles."""


def interval(value: object, low: object, high: object, digits: int = 2) -> str:
    """Return ``0.78 (0.40 to 0.96)``; without bounds the value alone; nothing for no value."""
    numbers = [_number(one) for one in (value, low, high)]
    if math.isnan(numbers[0]):
        return ""
    # Adding 0.0 after rounding makes 0 of -0.
    text, lower, upper = (f"{round(number, digits) + 0.0:.{digits}f}" for number in numbers)
    if math.isnan(numbers[1]) or math.isnan(numbers[2]):
        return text
    return f"{text} ({lower} to {upper})"


def _with_reason(value: object, low: object, high: object) -> str:
    """Return an estimate that has an interval, or say that it has none."""
    text = interval(value, low, high)
    if not text:
        return NOT_DEFINED
    return text if "(" in text else f"{text} (interval {NOT_DEFINED})"


def level_text(confidence: float) -> str:
    """Return ``95 % CI`` for 0.95."""
    return f"{100 * confidence:g} % CI"


def percent(share: float) -> str:
    """Return ``5 %`` for 0.05."""
    return f"{100 * share:g} %"


def p_value(value: object) -> str:
    """Return a p value with two digits, or as ``< 0.001``."""
    number = _number(value)
    if math.isnan(number):
        return NOT_DEFINED
    return "< 0.001" if number < 0.001 else f"{number:.2g}"


def _number(value: object) -> float:
    return float("nan") if value is None or value == "" else float(str(value))


def with_intervals(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Put each value and its bounds (``_lo``, ``_hi``) into one column of text."""
    joined = frame.copy()
    for name in names:
        joined[name] = [
            interval(*row)
            for row in joined[[name, f"{name}_lo", f"{name}_hi"]].itertuples(index=False)
        ]
    return joined


def measures(metrics: Path, titles: Mapping[str, str]) -> Markup:
    """Return measures that the paper does not print, one row a model.

    Those that need a decision are taken at the paper's one, the higher probability.

    Parameters
    ----------
    metrics
        evaluation/metrics.tsv.
    titles
        Measure to title: `DISCRIMINATION` or `CALIBRATION`.
    """
    rows = read_tsv(require(metrics), dtype=str)
    kept = rows[
        rows["metric"].isin(list(titles))
        & (rows["operating_point"].isna() | (rows["operating_point"] == "higher probability"))
    ].drop_duplicates(["backbone", "input_set", "metric"])
    texts = [
        p_value(row.value)
        if row.metric == "auc_permutation_p"
        else _with_reason(row.value, row.low, row.high)
        for row in kept.itertuples()
    ]
    wide = kept.assign(text=texts).pivot(
        index=["backbone", "input_set"], columns="metric", values="text"
    )
    order = kept[["backbone", "input_set"]].drop_duplicates()
    wide = wide.reindex(pd.MultiIndex.from_frame(order)).reset_index()
    shown = {name: title for name, title in titles.items() if name in wide}
    return _defined(wide, {"backbone": "Model", "input_set": "Inputs"} | shown)


def _defined(frame: pd.DataFrame, columns: Mapping[str, str]) -> Markup:
    """Return a table without the columns that no row has a value in, and name those below it."""
    empty = {
        name: title
        for name, title in columns.items()
        if frame[name].isin([NOT_DEFINED, ""]).all() and len(frame)
    }
    shown = table(frame, {name: title for name, title in columns.items() if name not in empty})
    if not empty:
        return shown
    named = ", ".join(empty.values())
    return shown + Markup("<p>Not defined in any row, and left out: {}.</p>").format(named)


_COMPARATORS = {
    "always_recurrence": "always_recurrence, the share of necrosis in the training set",
    "scanner": "scanner, a regression on scanner and acquisition",
    "clinical": "clinical, a regression on clinical fields",
    "radiomics": "radiomics, a regression on features of the lesion",
    "clinical+radiomics": "clinical+radiomics, a regression on both",
    "frozen": "frozen, a regression on features of a pretrained network",
    "late_fusion": "late_fusion, a network's probability with clinical fields",
    "gao2d": "gao2d, a 2D network on slices after Gao et al. 2020",
}


def comparators(config: Mapping[str, Any]) -> list[str]:
    """Return the models of a study that are no 3D networks, in words."""
    asked = (config.get("comparators") or {}).get("models") or []
    return [_COMPARATORS[name] for name in asked]


def comparisons(path: Path, level: str) -> Markup:
    """Return the paired comparisons of models, AUC and accuracy; nothing of a single model."""
    rows = read_tsv(require(path), dtype=str)
    if rows.empty:
        return Markup("")
    frame = with_intervals(rows, ["auc_difference", "acc_difference"])
    for name in ("delong_p", "delong_holm_p", "mcnemar_exact_p", "mcnemar_exact_holm_p"):
        frame[name] = frame[name].map(p_value)
    for place in ("first", "second"):
        frame[place] = frame[f"{place}_backbone"] + " / " + frame[f"{place}_input_set"]
    return _defined(
        frame,
        {
            "family": "Family",
            "first": "First",
            "second": "Second",
            "auc_difference": f"AUC difference ({level})",
            "delong_p": "DeLong p",
            "delong_holm_p": "Holm p",
            "acc_difference": f"Accuracy difference ({level})",
            "mcnemar_exact_p": "McNemar p",
            "mcnemar_exact_holm_p": "Holm p",
        },
    )


def ranking(path: Path, level: str) -> Markup:
    """Return the models by their AUC, with limits for all of them together."""
    frame = read_tsv(require(path), dtype=str)
    frame["own"] = [interval(*row) for row in _three(frame, "auc", "auc_lo", "auc_hi")]
    frame["together"] = [
        interval(*row) for row in _three(frame, "auc", "simultaneous_lo", "simultaneous_hi")
    ]
    frame["chosen"] = [
        interval(*row) for row in _three(frame, "corrected", "corrected_lo", "corrected_hi")
    ]
    frame["permutation_holm_p"] = frame["permutation_holm_p"].map(p_value)
    frame["notes"] = frame["notes"].fillna("")
    return _defined(
        frame,
        {
            "rank": "Rank",
            "backbone": "Model",
            "input_set": "Inputs",
            "own": f"AUC ({level}, alone)",
            "together": f"AUC ({level}, all models together)",
            "chosen": f"AUC of the best, selection taken off ({level})",
            "permutation_holm_p": "Permutation p, Holm",
            "notes": "Remarks",
        },
    )


def resampled(path: Path, level: str) -> Markup:
    """Return mean AUCs over folds and their differences; nothing for a study of one split."""
    frame = read_tsv(require(path), dtype=str)
    if (frame["kind"] == "none").all():
        return Markup("")
    for name in ("family", "second_backbone", "second_input_set"):
        if name not in frame:
            frame[name] = ""
    frame = frame.fillna("")
    frame["first"] = frame["first_backbone"] + " / " + frame["first_input_set"]
    paired = frame["kind"] == "difference"
    frame["second"] = (frame["second_backbone"] + " / " + frame["second_input_set"]).where(
        paired, ""
    )
    frame["text"] = [interval(*row) for row in _three(frame, "auc", "auc_lo", "auc_hi")]
    for name in ("p", "holm_p"):
        frame[name] = frame[name].map(p_value)
    return _defined(
        frame,
        {
            "first": "Model",
            "second": "against",
            "folds": "Folds",
            "text": f"Mean AUC over folds, or difference ({level})",
            "p": "p",
            "holm_p": "Holm p",
            "notes": "Remarks",
        },
    )


def _three(
    frame: pd.DataFrame, value: str, low: str, high: str
) -> Iterable[tuple[object, object, object]]:
    return zip(frame[value], frame[low], frame[high], strict=True)


def planning(path: Path) -> Markup:
    """Return what interval widths a study of a given size can expect."""
    frame = read_tsv(require(path), dtype=str)
    for name in (
        *("prevalence", "sens_width", "spec_width", "auc_width", "smallest_auc"),
        *("smallest_difference_50", "smallest_difference_90"),
    ):
        frame[name] = frame[name].map(lambda text: interval(text, None, None))
    return _defined(
        frame.assign(notes=frame["notes"].fillna("")),
        {
            "source": "Source",
            "n": "Test cases",
            "prevalence": "Share of necrosis",
            "n_necrosis": "Necrosis",
            "n_recurrence": "Recurrence",
            "sens_width": "Width, sensitivity",
            "spec_width": "Width, specificity",
            "auc_width": "Width, AUC",
            "smallest_auc": "Smallest AUC above 0.5 shown",
            "smallest_difference_50": "Smallest AUC difference shown, scores correlated 0.5",
            "smallest_difference_90": "the same, 0.9",
            "notes": "Remarks",
        },
    )


def confounding(path: Path, level: str) -> Markup:
    """Return how well scanner, acquisition or clinical fields tell the classes apart."""
    frame = with_intervals(read_tsv(require(path), dtype=str), ["auc"])
    frame["p_value"] = frame["p_value"].map(p_value)
    groups = frame[frame["kind"] == "group"]
    return table(
        groups,
        {
            "name": "What is known",
            "fields": "Fields",
            "auc": f"AUC ({level})",
            "p_value": "p",
            "notes": "Remarks",
        },
    )


def explanation_metrics(path: Path) -> Markup:
    """Return the tests of the maps."""
    frame = read_tsv(require(path), dtype=str)
    frame["value"] = [
        interval(*row) for row in frame[["value", "lower", "upper"]].itertuples(index=False)
    ]
    frame["chance"] = frame["chance"].map(lambda text: interval(text, None, None))
    frame["p"] = frame["p"].map(p_value)
    return table(
        frame,
        {
            "test": "Test",
            "measure": "Measure",
            "group": "Cases",
            "n": "n",
            "value": "Value (95 % CI)",
            "chance": "By chance",
            "p": "p",
        },
    )


def excluded(cohort: Path) -> Markup:
    """Return the cases that left the study, with stage and reason."""
    frame = read_tsv(require(cohort), dtype=str)
    gone = frame[frame["status"] == "excluded"].sort_values(["stage", "case"])
    return table(gone, {"case": "Case", "label": "Label", "stage": "Left at", "reason": "Reason"})
