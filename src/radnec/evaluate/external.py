"""How right a study's models are on the cases of an external cohort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from radnec.core.errors import InputError
from radnec.core.tables import read_tsv
from radnec.evaluate.models.model import Model, measure_model
from radnec.evaluate.models.predictions import Pooled
from radnec.evaluate.next_patient.tables import AS_PREDICTED, recalibration_rows
from radnec.evaluate.settings import EvaluationSettings
from radnec.evaluate.tables.output import write_results
from radnec.evaluate.tables.performance_tables import write_performance_table

IN_THE_LARGE = "shift"
"""The recalibration that moves all logits by one constant."""

# The constant needs two patients of each class beside those whose probability it moves.
_LEAST = 3


def evaluate_external(
    *,
    name: str,
    predictions: Mapping[str, Path],
    input_sets: Mapping[str, Sequence[str]],
    settings: EvaluationSettings,
    seed: int,
    notice: str,
    performance: Path,
    calibration: Path,
) -> None:
    """Write the tables of an external cohort.

    Cases with an image of the study count in none: the networks may have learned from them.

    Parameters
    ----------
    name
        Of the cohort.
    predictions
        ``"<backbone>/<inputs>"`` to the file of `radnec.apply.external.predict_external`.
    input_sets
        Name of each input set to its sequences.
    performance
        TSV to write (.md and .tex beside it), with the columns of tables 3 and 4.
    calibration
        TSV to write: of each model the probabilities as predicted, and after recalibration in the
        large, each patient's by the constant found on the others; see
        `radnec.evaluate.next_patient.tables.recalibration_rows`.

    Raises
    ------
    InputError
        If every case has an image of the study.
    """
    models = [
        _measured(name, key, path, input_sets, settings, seed) for key, path in predictions.items()
    ]
    write_performance_table(
        models,
        performance,
        title=f"External cohort {name}. Performance of the networks of the study",
        confidence=settings.confidence,
        notice=notice,
    )
    rows = [row for model in models for row in _calibration(model, settings.confidence, seed)]
    write_results(pd.DataFrame(rows), calibration, notice)


def _calibration(model: Model, confidence: float, seed: int) -> Iterator[dict[str, Any]]:
    """Give the rows as predicted and after recalibration in the large."""
    pooled = model.pooled
    fewest = min(
        len(np.unique(pooled.patients[of_class]))
        for of_class in (pooled.positive, ~pooled.positive)
    )
    for row in recalibration_rows(model, confidence, seed):
        if row["method"] == IN_THE_LARGE and fewest < _LEAST:
            fitted = {key: row[key] for key in (*model.key, "method", "intercept", "slope")}
            yield fitted | {"notes": f"not defined: fewer than {_LEAST} patients of a class"}
        elif row["method"] in (AS_PREDICTED, IN_THE_LARGE):
            yield row


def _measured(
    name: str,
    key: str,
    path: Path,
    input_sets: Mapping[str, Sequence[str]],
    settings: EvaluationSettings,
    seed: int,
) -> Model:
    table = read_tsv(path, dtype={"case": str, "patient": str, "same_images": str})
    known = table["same_images"].fillna("") != ""
    cases = table[~known].reset_index(drop=True)
    if cases.empty:
        raise InputError(
            f"{path}: each of the {len(table)} cases has an image of the study itself, expected "
            f"cases of elsewhere in external.{name}"
        )
    networks = int(cases["networks"].max())
    how = f"mean probability over {networks} network{'s' * (networks > 1)} of the study"
    if known.any():
        how += f", without {known.sum()} of {len(table)} cases whose images are the study's own"
    columns = ["case", "patient", "label", "p_necrosis", "p_recurrence"]
    pooled = Pooled(cases[columns].assign(runs=cases["networks"]), how)
    backbone, _, inputs = key.partition("/")
    return measure_model(backbone, inputs, tuple(input_sets[inputs]), pooled, settings, seed)
