"""Every measure of one model with every interval, as rows of evaluation/metrics.tsv."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from radnec.core.seeding import derive_seed
from radnec.evaluate.measures.bootstrap import bca_interval, mean_interval
from radnec.evaluate.measures.calibration import expected_calibration_error, recalibration
from radnec.evaluate.measures.clustered import permutation_by_patient, repeated
from radnec.evaluate.measures.estimate import Estimate, undefined
from radnec.evaluate.measures.operating_point import (
    HIGHER_PROBABILITY,
    count,
    design_effects,
    matthews,
    measures,
    predictive,
)
from radnec.evaluate.measures.permutation import auc_p_value
from radnec.evaluate.measures.precision_recall import average_precision
from radnec.evaluate.models.model import Model
from radnec.evaluate.models.thresholds import Thresholds
from radnec.evaluate.settings import EvaluationSettings


def metric_rows(
    model: Model, thresholds: Thresholds, settings: EvaluationSettings, seed: int
) -> list[dict[str, Any]]:
    """Return one row for each measure and interval of a model.

    Columns: backbone, input_set, operating_point (``higher probability``, ``chosen``, or empty
    for measures without a threshold), prevalence (only for predictive values at a stated one),
    metric, value, low, high, method, note.
    """
    return [
        {
            **model.key,
            "operating_point": point,
            "prevalence": prevalence,
            "metric": metric,
            **estimate.row(),
        }
        for point, prevalence, metric, estimate in _estimates(model, thresholds, settings, seed)
    ]


def _estimates(
    model: Model, thresholds: Thresholds, settings: EvaluationSettings, seed: int
) -> Iterator[tuple[str, float | None, str, Estimate]]:
    positive, score = model.pooled.positive, model.pooled.score
    level, repeats = settings.confidence, settings.bootstrap_repeats

    def own_seed(name: str) -> int:
        return derive_seed(seed, name, model.backbone, model.input_set)

    yield "", None, "auc", model.paper["auc"]
    for estimate in model.further.values():
        yield "", None, "auc", estimate
    repeats_of_labels, label_seed = settings.permutation_repeats, own_seed("permutation")
    p, method, why = (
        permutation_by_patient(
            positive,
            score,
            model.pooled.patients,
            repeats=repeats_of_labels,
            seed=label_seed,
            inflation=model.pooled.inflation,
        )
        if repeated(model.pooled.patients) or model.pooled.inflation > 1
        else auc_p_value(positive, score, repeats=repeats_of_labels, seed=label_seed)
    )
    yield "", None, "auc_permutation_p", Estimate(p, math.nan, math.nan, method, why)
    precision = bca_interval(
        average_precision,
        positive,
        score,
        model.pooled.patients,
        confidence=level,
        repeats=repeats,
        seed=own_seed("average_precision"),
    )
    yield "", None, "average_precision", precision
    brier = mean_interval(
        (score - positive) ** 2,
        positive,
        model.pooled.patients,
        confidence=level,
        repeats=repeats,
        seed=own_seed("brier"),
    )
    yield "", None, "brier", brier
    yield "", None, "brier_skill", _skill(brier, float(positive.mean()))
    for name, estimate in recalibration(positive, score, level).items():
        yield "", None, name, estimate
    error = expected_calibration_error(
        positive,
        score,
        bins=settings.calibration_bins,
        confidence=level,
        repeats=repeats,
        seed=own_seed("calibration"),
    )
    yield "", None, "expected_calibration_error", error
    points: list[tuple[str, Any]] = [("higher probability", HIGHER_PROBABILITY)]
    if thresholds.defined:
        points.append(("chosen", thresholds.per_case))
        low, high = thresholds.per_case.min(), thresholds.per_case.max()
        mean = Estimate(float(thresholds.per_case.mean()), low, high, thresholds.source)
        yield "chosen", None, "threshold", mean
    else:
        why = thresholds.source.removeprefix("not defined: ")
        yield "chosen", None, "threshold", undefined("Youden index", why)
    for name, threshold in points:
        called = score > threshold
        counts = count(positive, called)
        effects = design_effects(positive, called, model.pooled.patients, model.pooled.inflation)
        for metric, estimates in measures(counts, level, effects).items():
            for estimate in estimates:
                yield name, None, metric, estimate
        correlation = matthews(
            positive,
            called,
            model.pooled.patients,
            confidence=level,
            repeats=repeats,
            seed=own_seed(f"mcc {name}"),
        )
        yield name, None, "mcc", correlation
        for prevalence, (ppv, npv) in predictive(
            counts, settings.prevalence, level, effects
        ).items():
            yield name, prevalence, "ppv", ppv
            yield name, prevalence, "npv", npv


def _skill(score: Estimate, prevalence: float) -> Estimate:
    """Return the Brier skill: 0 for always predicting the prevalence, 1 for perfection."""
    method = f"1 - Brier / Brier of the prevalence; {score.method}"
    reference = prevalence * (1 - prevalence)
    if not score.defined or reference == 0:
        return undefined(method, score.note.removeprefix("not defined: ") or "one class only")
    value, low, high = (1 - x / reference for x in (score.value, score.high, score.low))
    return Estimate(value, low, high, method)
