"""Penalised logistic regression on fields and features, everything learned inside one training set.

Imputation, scaling, choice of features and strength of the penalty see the training cases of one
fold only. What was learned is plain numbers, so a model is written, and compared, as JSON.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from radnec.comparators.selection import FewFeatures
from radnec.comparators.settings import ComparatorsSettings

NOT_KNOWN = "not known"
"""The category of an empty cell."""


@dataclass(frozen=True)
class Table:
    """What a model reads of some cases, by case.

    Attributes
    ----------
    fields
        Numbers (float) and categories (text), gaps allowed; no column where none are read.
    features
        Radiomic features, numbers; of these a model keeps few.
    """

    fields: pd.DataFrame
    features: pd.DataFrame

    @property
    def joined(self) -> pd.DataFrame:
        """Both side by side."""
        return pd.concat([self.fields, self.features], axis=1)


@dataclass(frozen=True)
class TabularModel:
    """A fitted model and what chose it.

    Attributes
    ----------
    pipeline
        From the columns of a `Table` to the probability of necrosis.
    tried
        Mean log loss over the inner folds of each choice; empty where nothing could be chosen.
    chosen
        The penalty and the most features.
    """

    pipeline: Pipeline
    tried: list[dict[str, float]]
    chosen: dict[str, float]

    def probability(self, table: Table) -> npt.NDArray[np.float64]:
        """Return the probability of necrosis of each case."""
        found = self.pipeline.predict_proba(table.joined)
        return np.asarray(found[:, 1], dtype=float)

    def describe(self) -> dict[str, Any]:
        """Return what was learned, as plain numbers."""
        read, model = self.pipeline.named_steps["read"], self.pipeline.named_steps["model"]
        names = [str(name) for name in read.get_feature_names_out()]
        described: dict[str, Any] = {
            "penalty": self.chosen["penalty"],
            "tried": self.tried,
            "intercept": float(model.intercept_[0]),
        }
        coefficients = [float(value) for value in model.coef_[0]]
        described["coefficients"] = dict(zip(names, coefficients, strict=True))
        return described


def fit_tabular(
    table: Table,
    target: npt.NDArray[np.int_],
    patients: Sequence[str],
    settings: ComparatorsSettings,
    seed: int,
) -> TabularModel:
    """Fit a logistic regression with an L2 penalty (Hoerl and Kennard 1970; le Cessie 1992).

    Parameters
    ----------
    table
        The training cases.
    target
        1 necrosis, 0 recurrence, in the order of the cases.
    patients
        Patient of each case; the inner folds never part one.
    settings
        The penalties, the numbers of features and the inner folds.
    seed
        Draws the inner folds.

    Notes
    -----
    The mean log loss over the inner folds chooses. Where a class has fewer than two patients
    nothing can be chosen: penalty 1 and the fewest features are taken.
    """
    most = settings.radiomics.most if len(table.features.columns) else (1,)
    choices = [
        {"penalty": penalty, "features": count} for count in most for penalty in settings.penalties
    ]
    tried = _inner(table, target, patients, settings, choices, seed)
    if tried:
        chosen = choices[int(np.argmin([row["log_loss"] for row in tried]))]
    else:
        chosen = {"penalty": 1.0, "features": min(most)}
    pipeline = _pipeline(table, settings, chosen)
    _fit(pipeline, table.joined, target)
    return TabularModel(pipeline, tried, chosen)


def _inner(
    table: Table,
    target: npt.NDArray[np.int_],
    patients: Sequence[str],
    settings: ComparatorsSettings,
    choices: list[dict[str, float]],
    seed: int,
) -> list[dict[str, float]]:
    groups = np.asarray(patients)
    scarcest = min(len(set(groups[target == label])) for label in (0, 1))
    folds = min(settings.inner_folds, scarcest)
    if folds < 2:
        return []
    joined = table.joined
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    parts = [
        (learned, held)
        for learned, held in splitter.split(joined, target, groups)
        if len(set(target[learned])) == 2
    ]
    tried = []
    for choice in choices:
        losses = []
        for learned, held in parts:
            pipeline = _pipeline(table, settings, choice)
            _fit(pipeline, joined.iloc[learned], target[learned])
            found = pipeline.predict_proba(joined.iloc[held])
            losses.append(log_loss(target[held], found, labels=[0, 1]))
        tried.append({**choice, "log_loss": float(np.mean(losses))})
    return tried if parts else []


def _pipeline(table: Table, settings: ComparatorsSettings, choice: dict[str, float]) -> Pipeline:
    fields = table.fields
    numbers = [name for name in fields if pd.api.types.is_numeric_dtype(fields[name])]
    words = [name for name in fields if name not in numbers]
    # A column that is empty in a training set stays, as a constant: others may not be.
    fill = SimpleImputer(strategy="median", keep_empty_features=True)
    parts: list[tuple[str, Any, list[str]]] = []
    if numbers:
        steps = [("fill", fill), ("scale", StandardScaler())]
        parts.append(("numbers", Pipeline(steps), numbers))
    if words:
        encode = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        filled = SimpleImputer(strategy="constant", fill_value=NOT_KNOWN, missing_values=np.nan)
        parts.append(("words", Pipeline([("fill", filled), ("encode", encode)]), words))
    if len(table.features.columns):
        few = FewFeatures(int(choice["features"]), settings.radiomics.correlation)
        steps = [("fill", fill), ("few", few), ("scale", StandardScaler())]
        parts.append(("features", Pipeline(steps), list(table.features.columns)))
    model = LogisticRegression(C=choice["penalty"], max_iter=2000)
    return Pipeline([("read", ColumnTransformer(parts)), ("model", model)])


def _fit(pipeline: Pipeline, joined: pd.DataFrame, target: npt.NDArray[np.int_]) -> None:
    with warnings.catch_warnings():
        # Not converged would be a wrong model: an error, not a line in a log.
        warnings.simplefilter("error", ConvergenceWarning)
        pipeline.fit(joined, target)
