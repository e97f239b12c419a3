"""What recalibration and prediction sets do for cases they were not fitted on, model by model."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from radnec.core.labels import CLASSES, POSITIVE
from radnec.core.seeding import derive_seed
from radnec.evaluate.measures.calibration import logit, recalibration
from radnec.evaluate.measures.intervals import proportion
from radnec.evaluate.models.model import Model
from radnec.evaluate.next_patient.conformal import cross_fitted_sets, fit_sets
from radnec.evaluate.next_patient.groups import parts_of
from radnec.evaluate.next_patient.recalibration import METHODS, cross_fitted, fit_recalibration

AS_PREDICTED = "as predicted"
_TOO_FEW = "not defined: fewer than two patients of a class"


def recalibration_rows(model: Model, confidence: float, seed: int) -> list[dict[str, Any]]:
    """Return one row for the predictions as they are and one for each recalibration.

    Columns: backbone, input_set, method, intercept and slope (fitted on all cases, for the next
    patient), and of the cross-fitted probabilities: brier, log_loss, calibration in the large
    and slope with limits, notes.
    """
    positive, score = model.pooled.positive, model.pooled.score
    parts = parts_of(positive, model.pooled.patients, derive_seed(seed, "parts"))
    rows = [
        {
            **model.key,
            "method": AS_PREDICTED,
            "intercept": 0.0,
            "slope": 1.0,
            **_how_right(positive, score, confidence),
        }
    ]
    for method in METHODS:
        fitted, why = fit_recalibration(positive, score, method)
        row: dict[str, Any] = {
            **model.key,
            "method": method,
            "intercept": math.nan if fitted is None else fitted.intercept,
            "slope": math.nan if fitted is None else fitted.slope,
        }
        if fitted is None or parts is None:
            rows.append(row | {"notes": why or _TOO_FEW})
            continue
        moved = cross_fitted(positive, score, parts, method)
        rows.append(row | _how_right(positive, moved, confidence))
    return rows


def set_rows(
    model: Model, confidence: float, set_confidence: float, seed: int
) -> list[dict[str, Any]]:
    """Return one row a true class: how often the sets of other cases' making held it.

    Columns: backbone, input_set, set_confidence, label, n, covered with Wilson limits, right,
    wrong (sets of the one class, or of the other), both, none (undecided), notes.
    """
    positive, score = model.pooled.positive, model.pooled.score
    parts = parts_of(positive, model.pooled.patients, derive_seed(seed, "parts"))
    names = {"set_confidence": set_confidence}
    if parts is None:
        return [{**model.key, **names, "label": label, "notes": _TOO_FEW} for label in CLASSES]
    found = cross_fitted_sets(positive, score, parts, set_confidence)
    fixed = fit_sets(positive, score, set_confidence).never_left_out()
    least = math.ceil(1 / (1 - set_confidence) - 1e-9)
    rows = []
    for label in CLASSES:
        mine = [s for s, true in zip(found, positive, strict=True) if true == (label == POSITIVE)]
        held = sum(label in members for members in mine)
        covered = proportion(held, len(mine), "wilson", confidence)
        rows.append(
            {
                **model.key,
                **names,
                "label": label,
                "n": len(mine),
                "covered": covered.value,
                "covered_lo": covered.low,
                "covered_hi": covered.high,
                "right": sum(members == (label,) for members in mine),
                "wrong": sum(len(members) == 1 and label not in members for members in mine),
                "both": sum(len(members) == len(CLASSES) for members in mine),
                "none": sum(not members for members in mine),
                "notes": f"{label} can be left out of no set: {len(mine)} cases, "
                f"at least {least} needed"
                if label in fixed
                else "",
            }
        )
    return rows


def _how_right(positive: np.ndarray, score: np.ndarray, confidence: float) -> dict[str, Any]:
    measured = recalibration(positive, score, confidence)
    large, slope = (measured[f"calibration_{name}"] for name in ("in_the_large", "slope"))
    x = logit(score)
    # log(1 + exp(-x)) of the necroses, log(1 + exp(x)) of the recurrences.
    loss = np.logaddexp(0, np.where(positive, -x, x)).mean()
    return {
        "brier": float(((score - positive) ** 2).mean()),
        "log_loss": float(loss),
        "calibration_in_the_large": large.value,
        "calibration_in_the_large_lo": large.low,
        "calibration_in_the_large_hi": large.high,
        "calibration_slope": slope.value,
        "calibration_slope_lo": slope.low,
        "calibration_slope_hi": slope.high,
        "notes": "; ".join(dict.fromkeys(filter(None, (large.note, slope.note)))),
    }
