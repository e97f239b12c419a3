"""Table of net benefits at stated prevalences: each model, and pairs of models."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from radnec.evaluate.comparisons.pairs import pairs_of
from radnec.evaluate.measures.net_benefit import ACT_FROM, benefit_at, benefit_difference
from radnec.evaluate.models.model import Model

_JOINED = (
    "cross-validation: no interval of a difference on joined folds, whose predictions share "
    "their training cases"
)


def net_benefit_table(
    models: Sequence[Model], prevalences: Sequence[float], confidence: float, cross_validated: bool
) -> pd.DataFrame:
    """Return net benefits at each prevalence and threshold, and differences between models.

    A case is called necrosis from the threshold on; the probabilities are not changed with the
    prevalence. Columns: kind (``model`` or ``difference``), first_backbone, first_input_set,
    second_backbone, second_input_set, prevalence, act_from, net_benefit with limits,
    act_always (net benefit of calling every case necrosis), method, notes.
    """
    rows: list[dict[str, Any]] = []
    settings = list(itertools.product(prevalences, ACT_FROM))
    for model in models:
        positive, score = model.pooled.positive, model.pooled.score
        for prevalence, act_from in settings:
            found = benefit_at(positive, score >= act_from, prevalence, act_from, confidence)
            always = prevalence - (1 - prevalence) * act_from / (1 - act_from)
            rows.append(
                {
                    "kind": "model",
                    "first_backbone": model.backbone,
                    "first_input_set": model.input_set,
                    "second_backbone": "",
                    "second_input_set": "",
                    "prevalence": prevalence,
                    "act_from": act_from,
                    "net_benefit": found.value,
                    "net_benefit_lo": found.low,
                    "net_benefit_hi": found.high,
                    "act_always": always,
                    "method": found.method,
                    "notes": found.note,
                }
            )
    for _, one, two in pairs_of(models):
        if list(one.pooled.cases["case"]) != list(two.pooled.cases["case"]):
            continue
        for prevalence, act_from in settings:
            found = benefit_difference(
                one.pooled.positive,
                one.pooled.score >= act_from,
                two.pooled.score >= act_from,
                prevalence,
                act_from,
                confidence,
            )
            rows.append(
                {
                    "kind": "difference",
                    "first_backbone": one.backbone,
                    "first_input_set": one.input_set,
                    "second_backbone": two.backbone,
                    "second_input_set": two.input_set,
                    "prevalence": prevalence,
                    "act_from": act_from,
                    "net_benefit": found.value,
                    "net_benefit_lo": math.nan if cross_validated else found.low,
                    "net_benefit_hi": math.nan if cross_validated else found.high,
                    "act_always": math.nan,
                    "method": found.method,
                    "notes": _JOINED if cross_validated else found.note,
                }
            )
    return pd.DataFrame(rows)
