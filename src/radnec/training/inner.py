"""The validation part inside the training set."""

from __future__ import annotations

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.labels import CLASSES
from radnec.core.seeding import derive_seed


def inner_split(
    cases: pd.DataFrame, fraction: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cases that are learned from and those that choose the epoch.

    The parts are stratified by class and never share a patient: the first part of a
    stratified grouped k-fold with k nearest to 1 / fraction.

    Raises
    ------
    InputError
        If the validation part would lack a class.
    """
    if fraction == 0:
        return cases, cases.iloc[:0]
    folds = max(2, round(1 / fraction))
    parts = inner_folds(cases, folds, derive_seed(seed, "validation"))
    return parts[0]


def inner_folds(
    cases: pd.DataFrame, folds: int, seed: int
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Return the (training, validation) parts of a stratified k-fold by patient.

    Raises
    ------
    InputError
        If a class has fewer patients than there are parts.
    """
    for label in CLASSES:
        patients = cases.loc[cases["label"] == label, "patient"].nunique()
        if patients < folds:
            raise InputError(
                f"the training set has {patients} patients of class {label!r}, expected at least "
                f"{folds} to draw a validation part from; change training.validation_fraction "
                f"or training.grid_folds"
            )
    from sklearn.model_selection import (
        StratifiedGroupKFold,  # a second, and most runs split nothing
    )

    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    return [
        (cases.iloc[learned].reset_index(drop=True), cases.iloc[held].reset_index(drop=True))
        for learned, held in splitter.split(cases, cases["target"], cases["patient"])
    ]
