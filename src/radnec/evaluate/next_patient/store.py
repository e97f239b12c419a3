"""The file in which a finished study keeps what it knows about the next patient of a model."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from radnec.core.errors import InputError
from radnec.core.files import write_json
from radnec.evaluate.models.model import Model
from radnec.evaluate.next_patient.conformal import ConformalSets, fit_sets
from radnec.evaluate.next_patient.recalibration import (
    METHODS,
    Recalibration,
    fit_recalibration,
)
from radnec.evaluate.settings import Recalibrating as Method

FOLDER = "next_patient"
"""In evaluation/models: ``next_patient/<backbone>/<inputs>.json``."""
_CHOICE = "no choice of the study rests on it; its performance is that of the unchanged predictions"


@dataclasses.dataclass(frozen=True)
class NextPatient:
    """What the out-of-fold predictions of a model say about the next patient.

    Attributes
    ----------
    recalibrations
        By method; one that could not be fitted is missing.
    sets
        Prediction sets.
    chosen
        The method that the configuration names.
    source
        In words, which predictions it was fitted on.
    """

    recalibrations: Mapping[str, Recalibration]
    sets: ConformalSets
    chosen: Method
    source: str

    @property
    def recalibration(self) -> Recalibration | None:
        """The recalibration that the configuration names; None where it could not be fitted."""
        return self.recalibrations.get(self.chosen)


def fit_next_patient(
    positive: np.ndarray, score: np.ndarray, *, source: str, method: Method, confidence: float
) -> NextPatient:
    """Fit recalibrations and prediction sets on predictions of cases not learned from.

    Parameters
    ----------
    positive
        Boolean, shape (cases,): is the true class necrosis.
    score
        Probabilities of necrosis, shape (cases,).
    source
        In words, which predictions these are.
    method
        Which recalibration is to be used.
    confidence
        Of the prediction sets.
    """
    fitted = {name: fit_recalibration(positive, score, name)[0] for name in METHODS}
    return NextPatient(
        {name: found for name, found in fitted.items() if found is not None},
        fit_sets(positive, score, confidence),
        method,
        source,
    )


def next_patient_path(evaluation: Path, model: str) -> Path:
    """Return where the file of a model lies.

    Parameters
    ----------
    evaluation
        results/<study>/evaluation/models.
    model
        ``<backbone>/<inputs>``.
    """
    return evaluation / FOLDER / f"{model}.json"


def write_next_patient(known: NextPatient, model: Model, path: Path, notice: str) -> None:
    """Write the file; it names no case."""
    write_json(
        path,
        {
            **model.key,
            "source": known.source,
            "use": _CHOICE,
            "recalibration": known.chosen,
            "recalibrations": {name: r.to_json() for name, r in known.recalibrations.items()},
            "sets": known.sets.to_json(),
            "notice": notice,
        },
    )


def read_next_patient(path: Path) -> NextPatient:
    """Read the file.

    Raises
    ------
    InputError
        If it is no JSON of this form: the file, the key, what was found and expected.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: not JSON: {error}") from error
    expected = {"recalibration": str, "recalibrations": dict, "sets": dict, "source": str}
    for key, kind in expected.items():
        found = values.get(key) if isinstance(values, dict) else None
        if not isinstance(found, kind):
            raise InputError(f"{path}: {key}: found {found!r}, expected a {kind.__name__}")
    if values["recalibration"] not in METHODS:
        raise InputError(
            f"{path}: recalibration: found {values['recalibration']!r}, expected one of {METHODS}"
        )
    return NextPatient(
        {
            name: Recalibration.from_json(found, f"{path}: recalibrations: {name}")
            for name, found in values["recalibrations"].items()
        },
        ConformalSets.from_json(values["sets"], f"{path}: sets"),
        values["recalibration"],
        values["source"],
    )
