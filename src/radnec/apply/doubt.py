"""How far an answer can be trusted: recalibrated, as a prediction set, beside the study's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from radnec.apply.export.card import performance
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.measures.predictive_values import predictive_values
from radnec.evaluate.next_patient.conformal import name_of_set
from radnec.evaluate.next_patient.store import next_patient_path, read_next_patient


def doubt_of(
    study: Path,
    model: str,
    p_necrosis: float,
    each: Mapping[str, float],
    *,
    prevalence: float | None,
    confidence: float,
) -> dict[str, Any]:
    """Return what the study knows about answers like this one.

    Parameters
    ----------
    study
        results/<study>, or an export of it.
    model
        ``<backbone>/<inputs>``.
    p_necrosis
        The mean probability of the networks.
    each
        Those of the networks.
    prevalence
        Share of necrosis among the patients that the user sees; None for that of the study.
    confidence
        Of the intervals.

    Returns
    -------
    dict
        ``spread`` (lowest, highest, standard deviation; of one network none), ``recalibrated``
        (p_necrosis, method, share of necrosis for which it holds), ``set`` (``call``: necrosis,
        recurrence or undecided; members, confidence, p values, ``never_left_out``: classes of
        which the study had too few cases), ``performance`` in the study and, with a prevalence,
        ``predictive_values``. What the study does not tell is None, and ``notes`` say why.
    """
    values = np.array(list(each.values()))
    found: dict[str, Any] = {
        "spread": {
            "lowest": float(values.min()),
            "highest": float(values.max()),
            "sd": float(values.std(ddof=1)) if len(values) > 1 else None,
            "networks": len(values),
        },
        "recalibrated": None,
        "set": None,
        "performance": None,
        "predictive_values": None,
        "notes": [],
    }
    path = next_patient_path(study / "evaluation" / "models", model)
    if path.is_file():
        found |= _calibrated(path, p_necrosis, prevalence, found["notes"])
    else:
        found["notes"].append(
            f"no recalibration and no prediction set: the study has no {path}; run its workflow "
            "again, which adds it and trains nothing"
        )
    row = performance(study, model)
    if row is None:
        found["notes"].append("the study's performance is not known here")
        return found
    found["performance"] = _performance(row)
    if prevalence is not None:
        found["predictive_values"] = _predictive(row, prevalence, confidence)
    return found


def _calibrated(
    path: Path, p_necrosis: float, prevalence: float | None, notes: list[str]
) -> dict[str, Any]:
    known = read_next_patient(path)
    asked = np.array([p_necrosis])
    [members] = known.sets.predict(asked)
    found: dict[str, Any] = {
        "set": {
            "call": name_of_set(members),
            "members": list(members),
            "confidence": known.sets.confidence,
            "p_values": {name: float(p[0]) for name, p in known.sets.p_values(asked).items()},
            "never_left_out": known.sets.never_left_out(),
            "source": known.source,
        }
    }
    if known.recalibration is None:
        notes.append(f"not recalibrated: {known.chosen} could not be fitted in this study")
        return found
    share = known.recalibration.share if prevalence is None else prevalence
    found["recalibrated"] = {
        "p_necrosis": float(known.recalibration.apply(asked, prevalence)[0]),
        "method": known.recalibration.method,
        "share": share,
        "share_is": "the study's" if prevalence is None else "as given",
    }
    return found


def _performance(row: Mapping[str, Any]) -> dict[str, Any]:
    n_necrosis, n_recurrence = int(row["n_necrosis"]), int(row["n_recurrence"])
    found: dict[str, Any] = {
        "n_necrosis": n_necrosis,
        "n_recurrence": n_recurrence,
        "prevalence": n_necrosis / (n_necrosis + n_recurrence),
        "cases": str(row["pooling"]),
        "cohort": str(row["cohort"]),
    }
    for name, key in {"sensitivity": "sens", "specificity": "spec", "accuracy": "acc"}.items():
        found[name] = _with_limits(row, key, "wilson")
    found["auc"] = _with_limits(row, "auc", "recommended")
    return found


def _with_limits(row: Mapping[str, Any], key: str, kind: str) -> dict[str, float | None]:
    low, high = (row.get(f"{key}_{kind}_{end}") for end in ("lo", "hi"))
    return {
        "value": float(row[key]) if key in row else None,
        "low": None if low is None else float(low),
        "high": None if high is None else float(high),
    }


def _predictive(row: Mapping[str, Any], prevalence: float, confidence: float) -> dict[str, Any]:
    positive, negative = predictive_values(
        (int(row["true_necrosis"]), int(row["n_necrosis"])),
        (int(row["true_recurrence"]), int(row["n_recurrence"])),
        prevalence,
        confidence,
    )
    return {
        "prevalence": prevalence,
        "ppv": _estimate(positive),
        "npv": _estimate(negative),
    }


def _estimate(estimate: Estimate) -> dict[str, float | str | None]:
    if not estimate.defined:
        return {"value": None, "low": None, "high": None, "note": estimate.note}
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high, "note": ""}
