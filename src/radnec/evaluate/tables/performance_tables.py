"""Tables 3 and 4 in the paper's columns, and the recommended intervals beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.evaluate.models.model import METRICS, Model
from radnec.evaluate.tables.output import with_interval, write_for_people, write_results

_PRINTED = {"acc": "Acc", "sens": "Sens", "spec": "Spec", "auc": "AUC"}

WHY_TWO = (
    "Two intervals: 'paper' is what the published study printed (Wald for accuracy and for the "
    "AUC, Wilson with continuity correction for sensitivity and specificity); 'recommended' is "
    "Wilson for the three proportions, and for the AUC the wider limits of DeLong's interval on "
    "the logit scale and Newcombe's score interval (of Obuchowski's, where a patient has several "
    "cases). Wald's formula is wrong near 0 and 1, and "
    "for an AUC it takes all cases as its sample although the AUC hangs on the few of the rarer "
    "class: it comes out too narrow."
)
_RETRAINED = (
    " In this cross-validation the recommended intervals are for networks trained anew on as many "
    "cases; the others take these networks as given."
)


def write_performance_table(
    models: Sequence[Model], path: Path, *, title: str, confidence: float, notice: str
) -> None:
    """Write table 3 or 4: TSV with all intervals, Markdown and LaTeX with two rows a model."""
    # Those of a table without a model, which is read as the others are.
    columns = ["backbone", "inputs"]
    for metric in METRICS:
        columns += [metric, f"{metric}_lo", f"{metric}_hi"]
    columns.append("input_set")
    rows, readable = [], []
    for model in models:
        rows.append(_numbers(model))
        for kind, estimates in (("paper", model.paper), ("recommended", model.recommended)):
            level = f"{100 * confidence:g}% CI"
            cells = {f"{_PRINTED[m]} ({level})": with_interval(estimates[m]) for m in METRICS}
            counts = f"{model.counts.tp + model.counts.fn} + {model.counts.tn + model.counts.fp}"
            readable.append(
                {
                    "Models": model.backbone,
                    "Scans": model.scans,
                    "Interval": kind,
                    **cells,
                    "n (necrosis + recurrence)": counts,
                }
            )
    table = pd.DataFrame(rows, columns=None if rows else columns)
    write_results(table, path, notice)
    hows = sorted({model.pooled.how for model in models})
    remarks = f"{WHY_TWO} Test predictions: {'; '.join(hows)}." if hows else "No such input set."
    if any(model.pooled.inflation > 1 for model in models):
        remarks += _RETRAINED
    write_for_people(pd.DataFrame(readable), path, title=title, notice=notice, remarks=remarks)


def _numbers(model: Model) -> dict[str, Any]:
    row: dict[str, Any] = {
        "backbone": model.backbone,
        "inputs": ",".join(model.sequences) or "none",
    }
    for metric in METRICS:
        estimate = model.paper[metric]
        row |= {metric: estimate.value, f"{metric}_lo": estimate.low, f"{metric}_hi": estimate.high}
    named = {f"{m}_wilson": model.recommended[m] for m in METRICS if m != "auc"}
    named |= {f"auc_{name}": estimate for name, estimate in model.further.items()}
    for name, estimate in named.items():
        row |= {f"{name}_lo": estimate.low, f"{name}_hi": estimate.high}
    notes = [f"{m}: {model.paper[m].note}" for m in METRICS if model.paper[m].note]
    notes += [f"{name}: {estimate.note}" for name, estimate in named.items() if estimate.note]
    return row | {
        "n_necrosis": model.counts.tp + model.counts.fn,
        "n_recurrence": model.counts.tn + model.counts.fp,
        "true_necrosis": model.counts.tp,
        "true_recurrence": model.counts.tn,
        "input_set": model.input_set,
        "pooling": model.pooled.how,
        "notes": "; ".join(notes),
    }
