"""All models in one table by their AUC, with inference that counts how many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from radnec.evaluate.comparisons.multiplicity import holm
from radnec.evaluate.comparisons.selection import Selection, select_best
from radnec.evaluate.measures.auc_interval import recommended_interval
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.models.model import Model


def ranking_table(
    models: Sequence[Model], metrics: Sequence[Mapping[str, Any]], confidence: float, seed: int
) -> pd.DataFrame:
    """Return the models, the best AUC first.

    Parameters
    ----------
    metrics
        Rows of metrics.tsv, for the permutation p of each model.

    Returns
    -------
    DataFrame
        Columns backbone, input_set, rank, auc, auc_lo, auc_hi (each model on its own),
        simultaneous_lo, simultaneous_hi (all models together), simultaneous_level (at which
        the interval of each was taken), permutation_p, permutation_holm_p, corrected,
        corrected_lo, corrected_hi (first row only: the advantage of being chosen taken off),
        method, notes.
    """
    chances = {
        (row["backbone"], row["input_set"]): row["value"]
        for row in metrics
        if row["metric"] == "auc_permutation_p"
    }
    same = all(
        list(model.pooled.cases["case"]) == list(models[0].pooled.cases["case"]) for model in models
    )
    chosen = _selection(models, confidence, seed) if same else None
    level = chosen.level if chosen else confidence
    rows = []
    for at, model in enumerate(models):
        pooled, own = model.pooled, model.recommended["auc"]
        together = recommended_interval(
            pooled.positive, pooled.score, pooled.patients, level, pooled.inflation
        )
        row: dict[str, Any] = {**model.key, "auc": own.value, "auc_lo": own.low, "auc_hi": own.high}
        row |= {
            "simultaneous_lo": together.low if chosen else np.nan,
            "simultaneous_hi": together.high if chosen else np.nan,
            "simultaneous_level": level if chosen else np.nan,
            "permutation_p": chances[model.backbone, model.input_set],
        }
        row |= _corrected(chosen.corrected if chosen and chosen.best == at else None)
        if not chosen:
            row["notes"] = "not defined: the models were not tested on the same cases"
        rows.append(row)
    table = pd.DataFrame(rows)
    table["permutation_holm_p"] = holm(table["permutation_p"].to_numpy(dtype=float))
    table = table.sort_values("auc", ascending=False, kind="stable", ignore_index=True)
    table.insert(2, "rank", np.arange(1, len(table) + 1))
    return table


def _selection(models: Sequence[Model], confidence: float, seed: int) -> Selection:
    first = models[0].pooled
    scores = np.stack([model.pooled.score for model in models])
    return select_best(
        first.positive,
        scores,
        first.patients,
        confidence=confidence,
        seed=seed,
        inflation=np.array([model.pooled.inflation for model in models]),
    )


def _corrected(estimate: Estimate | None) -> dict[str, Any]:
    if estimate is None:
        return {
            **dict.fromkeys(("corrected", "corrected_lo", "corrected_hi"), np.nan),
            **{"method": "", "notes": ""},
        }
    return {
        "corrected": estimate.value,
        "corrected_lo": estimate.low,
        "corrected_hi": estimate.high,
        "method": estimate.method,
        "notes": estimate.note,
    }
