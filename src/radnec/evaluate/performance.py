"""The evaluation of all models: tables 3 to 6 and everything that belongs beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.files import write_json
from radnec.core.labels import POSITIVE
from radnec.core.seeding import derive_seed
from radnec.evaluate.comparisons.benefit import net_benefit_table
from radnec.evaluate.comparisons.pairs import comparison_table, resampled_table
from radnec.evaluate.comparisons.ranking import ranking_table
from radnec.evaluate.comparisons.readers import readers_table
from radnec.evaluate.measures.auc import area
from radnec.evaluate.measures.calibration import calibration_curve
from radnec.evaluate.measures.decision import decision_curve
from radnec.evaluate.measures.evaluation_size import evaluation_size_table
from radnec.evaluate.measures.operating_point import HIGHER_PROBABILITY, count
from radnec.evaluate.measures.planning import (
    TRUE_AUC,
    TRUE_SENSITIVITY,
    TRUE_SPECIFICITY,
    planning_table,
)
from radnec.evaluate.measures.precision_recall import precision_recall_with_band
from radnec.evaluate.measures.roc import roc_with_band
from radnec.evaluate.models.instability import instability_of_cases, instability_rows
from radnec.evaluate.models.model import Model, measure_model
from radnec.evaluate.models.predictions import (
    HOLDOUT,
    check_complete,
    pool,
    read_patients,
    read_predictions,
)
from radnec.evaluate.models.readers import read_readers
from radnec.evaluate.models.thresholds import thresholds_of
from radnec.evaluate.next_patient.store import (
    fit_next_patient,
    next_patient_path,
    write_next_patient,
)
from radnec.evaluate.next_patient.tables import recalibration_rows, set_rows
from radnec.evaluate.settings import EvaluationSettings
from radnec.evaluate.tables.ledger import note_evaluation
from radnec.evaluate.tables.metric_rows import metric_rows
from radnec.evaluate.tables.output import write_results
from radnec.evaluate.tables.performance_tables import WHY_TWO, write_performance_table
from radnec.evaluate.tables.ttest_tables import write_table5, write_table6

# The bands of the first two keep the sizes of the classes, those of the others do not.
_CURVES: dict[str, Callable[..., pd.DataFrame]] = {
    "roc": roc_with_band,
    "precision_recall": precision_recall_with_band,
    "decision_curve": decision_curve,
    "calibration_curve": calibration_curve,
}


def evaluate_models(
    *,
    predictions: Mapping[str, Path],
    runs: Mapping[str, Sequence[Path]],
    split: Path,
    single_inputs: Mapping[str, Sequence[str]],
    fused_inputs: Mapping[str, Sequence[str]],
    settings: EvaluationSettings,
    seed: int,
    notice: str,
    tables: Path,
    evaluation: Path,
    ledger: Path,
    readers: Path | None = None,
) -> None:
    """Write tables 3 to 6 and the evaluation beside them.

    Parameters
    ----------
    predictions
        ``"<backbone>/<inputs>"`` to the test predictions of all its runs.
    runs
        The same keys to the predictions of each run with the rows of all its sets, from which
        thresholds are chosen; a key may be missing.
    split
        split/split.tsv, for the patient of each case.
    single_inputs, fused_inputs
        Name of each input set to its sequences: those of one sequence go into table 3, those
        of several into tables 4 to 6.
    tables
        Folder of table3 ... table6 (.tsv, .md, .tex).
    evaluation
        Folder of the other results; docs/statistics.md lists its files.
    ledger
        File that counts the evaluations, see :func:`note_evaluation`.
    readers
        Table of readers, or None; readers.tsv is written only with one.

    Raises
    ------
    InputError
        If a table of predictions is wrong, or names an input set that is not known.
    """
    sequences = {name: tuple(found) for name, found in {**single_inputs, **fused_inputs}.items()}
    models: list[Model] = []
    tested: dict[tuple[str, str], pd.DataFrame] = {}
    metrics: list[dict[str, Any]] = []
    each_run: list[dict[str, Any]] = []
    curves: dict[str, list[pd.DataFrame]] = {name: [] for name in _CURVES}
    thresholds: dict[str, str] = {}
    for key, path in predictions.items():
        backbone, _, input_set = key.partition("/")
        if input_set not in sequences:
            raise InputError(
                f"{path}: input set {input_set!r}, expected one of {sorted(sequences)}"
            )
        frame = read_predictions(path)
        frame = frame[frame["set"] == "test"]
        check_complete(path, frame)
        pooled = pool(frame, read_patients(split, frame["case"]))
        model = measure_model(backbone, input_set, sequences[input_set], pooled, settings, seed)
        models.append(model)
        tested[backbone, input_set] = frame
        chosen = thresholds_of(model.pooled, [read_predictions(run) for run in runs.get(key, ())])
        thresholds[key] = chosen.source
        metrics += metric_rows(model, chosen, settings, seed)
        each_run += _run_rows(model, frame)
        for name, curve in _CURVES.items():
            found = curve(
                model.pooled.positive,
                model.pooled.score,
                model.pooled.patients,
                confidence=settings.confidence,
                repeats=settings.bootstrap_repeats,
                seed=derive_seed(seed, name, key),
            )
            curves[name].append(found.assign(**model.key))
    _write_tables(models, single_inputs, fused_inputs, settings.confidence, notice, tables)
    level = settings.confidence
    cross_validated = any((frame["fold"] != HOLDOUT).any() for frame in tested.values())
    named = {"/".join(key): frame for key, frame in tested.items()}
    spread = [instability_of_cases(m, tested[m.backbone, m.input_set]) for m in models]
    written = {
        "metrics": pd.DataFrame(metrics),
        "runs": pd.DataFrame(each_run),
        "pooled": pd.concat([m.pooled.cases.assign(**m.key) for m in models], ignore_index=True),
        "ranking": ranking_table(models, metrics, settings.confidence, derive_seed(seed, "best")),
        "comparisons": comparison_table(models, settings.confidence, cross_validated),
        "resampled": resampled_table(models, tested, settings.confidence),
        "net_benefit": net_benefit_table(models, settings.prevalence, level, cross_validated),
        "instability": _joined_rows(
            instability_rows(m, cases) for m, cases in zip(models, spread, strict=True)
        ),
        "instability_cases": pd.concat(spread, ignore_index=True),
        "recalibration": _joined_rows(recalibration_rows(m, level, seed) for m in models),
        "prediction_sets": _joined_rows(
            set_rows(m, level, settings.set_confidence, seed) for m in models
        ),
        "planning": planning_table(
            settings.prevalence, _test_counts(models[0]), settings.confidence
        ),
        "evaluation_size": evaluation_size_table(
            settings.prevalence,
            auc=TRUE_AUC,
            sens=TRUE_SENSITIVITY,
            spec=TRUE_SPECIFICITY,
            act_from=HIGHER_PROBABILITY,
            confidence=level,
        ),
        **{name: _joined(parts) for name, parts in curves.items()},
    }
    if readers is not None:
        said = read_readers(readers, set(models[0].pooled.cases["case"]))
        written["readers"] = readers_table(models, said, level)
    for name, table in written.items():
        write_results(table, evaluation / f"{name}.tsv", notice)
    _write_next_patient(models, settings, notice, evaluation)
    write_json(
        evaluation / "summary.json",
        _summary(models, thresholds, settings, notice)
        | {"looks": note_evaluation(ledger, named, settings)},
    )


def _joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the curves of the models; a model without a curve has no rows."""
    full = [part for part in parts if len(part)]
    return pd.concat(full, ignore_index=True) if full else parts[0]


def _joined_rows(parts: Iterable[list[dict[str, Any]]]) -> pd.DataFrame:
    return pd.DataFrame([row for part in parts for row in part])


def _write_next_patient(
    models: Sequence[Model], settings: EvaluationSettings, notice: str, evaluation: Path
) -> None:
    """Write the file of each model for `radnec predict`."""
    for model in models:
        known = fit_next_patient(
            model.pooled.positive,
            model.pooled.score,
            source=model.pooled.how,
            method=settings.recalibration,
            confidence=settings.set_confidence,
        )
        path = next_patient_path(evaluation, f"{model.backbone}/{model.input_set}")
        write_next_patient(known, model, path, notice)


def _write_tables(
    models: Sequence[Model],
    single_inputs: Mapping[str, Sequence[str]],
    fused_inputs: Mapping[str, Sequence[str]],
    confidence: float,
    notice: str,
    tables: Path,
) -> None:
    single = [model for model in models if model.input_set in single_inputs]
    fused = [model for model in models if model.input_set in fused_inputs]
    options: dict[str, Any] = {"confidence": confidence, "notice": notice}
    title = "Table 3. Performance of the networks on single sequences"
    write_performance_table(single, tables / "table3.tsv", title=title, **options)
    title = "Table 4. Performance of the networks on several sequences together"
    write_performance_table(fused, tables / "table4.tsv", title=title, **options)
    write_table5(fused, tables / "table5.tsv", **options)
    write_table6(fused, tables / "table6.tsv", **options)


def _run_rows(model: Model, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return accuracy, sensitivity, specificity and AUC of each run, not pooled."""
    rows = []
    for (fold, seed), run in frame.groupby(["fold", "seed"], sort=True):
        positive = (run["label"] == POSITIVE).to_numpy()
        score = run["p_necrosis"].to_numpy(dtype=float)
        counts = count(positive, score > HIGHER_PROBABILITY)
        necrosis, recurrence = counts.tp + counts.fn, counts.tn + counts.fp
        rows.append(
            {
                **model.key,
                "fold": fold,
                "seed": seed,
                "n_necrosis": necrosis,
                "n_recurrence": recurrence,
                "acc": (counts.tp + counts.tn) / counts.n,
                "sens": counts.tp / necrosis if necrosis else float("nan"),
                "spec": counts.tn / recurrence if recurrence else float("nan"),
                "auc": area(positive, score),
                "notes": "" if necrosis and recurrence else "auc not defined: one class only",
            }
        )
    return rows


def _test_counts(model: Model) -> tuple[int, int]:
    return model.counts.tp + model.counts.fn, model.counts.tn + model.counts.fp


def _summary(
    models: Sequence[Model],
    thresholds: Mapping[str, str],
    settings: EvaluationSettings,
    notice: str,
) -> dict[str, Any]:
    """Return what a report needs to say about the evaluation as a whole."""
    necrosis, recurrence = _test_counts(models[0])
    return {
        "positive_class": POSITIVE,
        "n_necrosis": necrosis,
        "n_recurrence": recurrence,
        "confidence": settings.confidence,
        "bootstrap_repeats": settings.bootstrap_repeats,
        "permutation_repeats": settings.permutation_repeats,
        "prevalence": list(settings.prevalence),
        "pooling": sorted({model.pooled.how for model in models}),
        "thresholds": dict(thresholds),
        "why_two_intervals": WHY_TWO,
        "notice": notice,
    }
