"""Tables 5 and 6 in the paper's columns, with Wilcoxon's test and effect sizes beside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from radnec.evaluate.comparisons.multiplicity import holm
from radnec.evaluate.comparisons.ttests import OneSample, against_chance
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.models.model import Model
from radnec.evaluate.tables.output import (
    NOT_DEFINED,
    p_text,
    with_interval,
    write_for_people,
    write_results,
)


def true_class_tests(model: Model, confidence: float) -> dict[str, OneSample]:
    """Return the t-tests over ``all`` test cases, and over ``necrosis`` and ``recurrence``."""
    positive, score = model.pooled.positive, model.pooled.score
    true_class = np.where(positive, score, 1 - score)
    return {
        "all": against_chance(true_class, confidence),
        "necrosis": against_chance(true_class[positive], confidence),
        "recurrence": against_chance(true_class[~positive], confidence),
    }


def write_table5(models: Sequence[Model], path: Path, *, confidence: float, notice: str) -> None:
    """Write table 5: the probability of the true class against 0.5, over all test cases."""
    tests = [true_class_tests(model, confidence)["all"] for model in models]
    adjusted = holm([test.p for test in tests])
    rows, readable = [], []
    for model, test, corrected in zip(models, tests, adjusted, strict=True):
        rows.append(
            {
                "backbone": model.backbone,
                "p_value": test.p,
                "t_value": test.t,
                "inputs": ",".join(model.sequences) or "none",
                "n": test.n,
                "df": test.df,
                "mean_probability": test.mean,
                "mean_lo": test.low,
                "mean_hi": test.high,
                "cohen_d": test.d,
                "cohen_d_lo": test.d_low,
                "cohen_d_hi": test.d_high,
                "wilcoxon_p": test.wilcoxon_p,
                "holm_p": corrected,
                "input_set": model.input_set,
                "notes": test.note,
            }
        )
        readable.append(
            {
                "Models": model.backbone,
                "Scans": model.scans,
                "p-value": p_text(test.p),
                "t-value": NOT_DEFINED if math.isnan(test.t) else f"{test.t:.2f}",
                "df": test.df,
                "Mean probability of the true class": with_interval(
                    Estimate(test.mean, test.low, test.high, "t")
                ),
                "Cohen's d": with_interval(Estimate(test.d, test.d_low, test.d_high, "t")),
                "Wilcoxon p": p_text(test.wilcoxon_p),
                "Holm p": p_text(corrected),
            }
        )
    empty = ["backbone", "p_value", "t_value"]
    write_results(pd.DataFrame(rows, columns=None if rows else empty), path, notice)
    title = "Table 5. One-sample t-tests of the predicted probability of the true class against 0.5"
    remarks = (
        "Two-sided. A model that calls every case by the commoner class passes this test too; "
        "whether they can be distinguished is shown by the permutation test of the AUC."
    )
    write_for_people(pd.DataFrame(readable), path, title=title, notice=notice, remarks=remarks)


def write_table6(models: Sequence[Model], path: Path, *, confidence: float, notice: str) -> None:
    """Write table 6: the tests of table 5 for each class on its own."""
    tests = [true_class_tests(model, confidence) for model in models]
    rows: list[dict[str, Any]] = []
    readable: list[dict[str, Any]] = []
    corrected = holm([test[name].p for test in tests for name in ("necrosis", "recurrence")])
    for at, (model, test) in enumerate(zip(models, tests, strict=True)):
        row: dict[str, Any] = {"backbone": model.backbone}
        row |= {f"{name}_p": test[name].p for name in ("necrosis", "recurrence")}
        row["inputs"] = ",".join(model.sequences) or "none"
        seen = {"Models": model.backbone, "Scans": model.scans}
        for offset, name in enumerate(("necrosis", "recurrence")):
            one, adjusted = test[name], corrected[2 * at + offset]
            row |= {
                f"{name}_n": one.n,
                f"{name}_t": one.t,
                f"{name}_mean": one.mean,
                f"{name}_mean_lo": one.low,
                f"{name}_mean_hi": one.high,
                f"{name}_cohen_d": one.d,
                f"{name}_cohen_d_lo": one.d_low,
                f"{name}_cohen_d_hi": one.d_high,
                f"{name}_wilcoxon_p": one.wilcoxon_p,
                f"{name}_holm_p": adjusted,
            }
            head = name.capitalize()
            seen |= {
                f"{head} p": p_text(one.p),
                f"{head} Wilcoxon p": p_text(one.wilcoxon_p),
                f"{head} mean": with_interval(Estimate(one.mean, one.low, one.high, "t")),
            }
        row["input_set"] = model.input_set
        row["notes"] = "; ".join(
            f"{name}: {test[name].note}" for name in ("necrosis", "recurrence") if test[name].note
        )
        rows.append(row)
        readable.append(seen)
    empty = ["backbone", "necrosis_p", "recurrence_p"]
    write_results(pd.DataFrame(rows, columns=None if rows else empty), path, notice)
    title = "Table 6. The tests of table 5 within each class"
    write_for_people(pd.DataFrame(readable), path, title=title, notice=notice)
