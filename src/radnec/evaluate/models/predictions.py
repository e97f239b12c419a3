"""Predictions of all runs of one model: read, checked, and pooled to one row a case."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from radnec.core.errors import InputError
from radnec.core.labels import CLASSES, POSITIVE
from radnec.core.tables import read_tsv
from radnec.evaluate.models.retraining import retraining_inflation, scores_by_repeat

COLUMNS = ("case", "label", "fold", "seed", "set", "p_necrosis", "p_recurrence")
SETS = ("train", "validation", "test")
HOLDOUT = "holdout"
_SUM_TOLERANCE = 1e-4


@dataclasses.dataclass(frozen=True)
class Pooled:
    """The test predictions of one backbone and input set, each case once.

    Attributes
    ----------
    cases
        Columns case, patient, label, p_necrosis, p_recurrence, runs (how many were averaged),
        sorted by case.
    how
        In words, how the runs were brought together.
    inflation
        Variance of an AUC with the networks trained anew over that with these networks: 1 for
        one split, see :func:`retraining_inflation` for a cross-validation.
    """

    cases: pd.DataFrame
    how: str
    inflation: float = 1.0

    @property
    def positive(self) -> np.ndarray:
        """Boolean, shape (cases,): is the true class necrosis."""
        return np.asarray(self.cases["label"] == POSITIVE)

    @property
    def score(self) -> np.ndarray:
        """Probability of necrosis, shape (cases,)."""
        return np.asarray(self.cases["p_necrosis"], dtype=float)

    @property
    def patients(self) -> np.ndarray:
        """Patient of each case, shape (cases,): the unit of every interval."""
        return np.asarray(self.cases["patient"], dtype=str)


def read_predictions(path: Path) -> pd.DataFrame:
    """Read a table of predictions and check every row.

    Returns
    -------
    DataFrame
        At least the columns case, label, fold, seed, set, p_necrosis, p_recurrence.

    Raises
    ------
    InputError
        Naming the file, the row, the value found and the value expected.
    """
    table = read_tsv(path, dtype={"case": str, "label": str, "fold": str, "set": str})
    if missing := [name for name in COLUMNS if name not in table]:
        raise InputError(f"{path}: columns missing: {', '.join(missing)}")

    def refuse(wrong: pd.Series, column: str, expected: str) -> None:
        if wrong.any():
            at = int(np.flatnonzero(wrong.to_numpy())[0])
            found = table[column][at]
            shown = repr(found) if isinstance(found, str) else str(found)
            raise InputError(
                f"{path} row {at + 2} (case {table['case'][at]!r}): {column}: found "
                f"{shown}, expected {expected}"
            )

    refuse(~table["label"].isin(CLASSES), "label", " or ".join(CLASSES))
    refuse(~table["set"].isin(SETS), "set", ", ".join(SETS))
    for column in ("p_necrosis", "p_recurrence"):
        numbers = pd.to_numeric(table[column], errors="coerce")
        refuse(~numbers.between(0, 1), column, "a probability from 0 to 1")
        table[column] = numbers
    total = table["p_necrosis"] + table["p_recurrence"]
    refuse((total - 1).abs() > _SUM_TOLERANCE, "p_recurrence", "1 - p_necrosis")
    refuse(
        table.duplicated(["case", "fold", "seed", "set"]), "case", "one row a case, fold and seed"
    )
    refuse(
        table.groupby("case")["label"].transform("nunique") > 1, "label", "the same in every run"
    )
    refuse(
        (table["fold"] == HOLDOUT) != (table["fold"].iloc[:1] == HOLDOUT).all(),
        "fold",
        f"{HOLDOUT!r} in every row or in none",
    )
    # A run's table holds all its sets; a case of two of them was trained on and tested.
    refuse(
        table.duplicated(["case", "fold", "seed"]), "set", "each case in one set of a fold and seed"
    )
    if "test" in set(table["set"]) and table["fold"].iloc[0] != HOLDOUT:
        _check_folds(path, table[table["set"] == "test"])
    return table


def check_complete(path: Path, table: pd.DataFrame) -> None:
    """Refuse the joined test predictions of a study in which a case was tested less often.

    Every case of a study is tested by every seed, and in a cross-validation once in every
    repeat; a table without a fold, or with uneven repeats, is not whole.

    Raises
    ------
    InputError
        Naming the file, a case, how often it was tested and how often it should have been.
    """
    test = table[table["set"] == "test"]
    times = test.groupby("case").size()
    repeats = 1 if (test["fold"] == HOLDOUT).all() else folds_of(test)["repeat"].nunique()
    expected = repeats * test["seed"].nunique()
    if (wrong := times[times != expected]).size:
        raise InputError(
            f"{path} case {wrong.index[0]!r}: tested {wrong.iloc[0]} times, expected {expected} "
            f"(repeats: {repeats}, seeds: {test['seed'].nunique()}); a fold or run is missing"
        )
    if (test["fold"] == HOLDOUT).all():
        return
    for repeat, rows in folds_of(test).groupby("repeat"):
        parts, all_parts = rows["part"].nunique(), folds_of(test)["part"].nunique()
        if parts != all_parts:
            raise InputError(
                f"{path}: repeat {repeat} has {parts} folds, expected {all_parts} as in the others"
            )


def _check_folds(path: Path, test: pd.DataFrame) -> None:
    """Refuse a case that two folds of one repeat test."""
    keys = test[["case", "seed"]].assign(repeat=folds_of(test)["repeat"])
    if (twice := keys.duplicated()).any():
        row = keys[twice].iloc[0]
        folds = test[(test["case"] == row["case"]) & (test["seed"] == row["seed"])]["fold"]
        raise InputError(
            f"{path} row {int(np.flatnonzero(twice)[0]) + 2} (case {row['case']!r}): fold: tested "
            f"in {', '.join(sorted(folds))}, expected one fold of a repeat"
        )


def pool(table: pd.DataFrame, patients: Mapping[str, str] | None = None) -> Pooled:
    """Average the test predictions so that each case counts once.

    Intervals for proportions and DeLong's variance need independent cases. Several seeds of
    one split, or several repeats of a cross-validation, see the same cases again: their
    probabilities are averaged case by case. The folds of one cross-validation are joined, each
    case predicted by the network that was not trained on it (out of fold).

    Parameters
    ----------
    table
        Predictions of all runs of one model.
    patients
        Case to patient; None where every case is one of its own.
    """
    test = table[table["set"] == "test"]
    cases = (
        test.groupby("case", sort=True)
        .agg(
            label=("label", "first"),
            p_necrosis=("p_necrosis", "mean"),
            p_recurrence=("p_recurrence", "mean"),
            runs=("p_necrosis", "size"),
        )
        .reset_index()
    )
    names = cases["case"] if patients is None else cases["case"].map(patients)
    cases.insert(1, "patient", names)
    if (test["fold"] == HOLDOUT).all():
        return Pooled(cases, _how(test))
    parts = folds_of(test)
    scores, positive = scores_by_repeat(test, parts)
    return Pooled(
        cases, _how(test), retraining_inflation(scores, positive, parts["part"].nunique())
    )


def read_patients(split: Path, cases: Iterable[str]) -> dict[str, str]:
    """Return the patient of each tested case, from split/split.tsv.

    Raises
    ------
    InputError
        If a case is not in the table.
    """
    table = read_tsv(split, dtype=str).drop_duplicates("case")
    found = dict(zip(table["case"], table["patient"], strict=True))
    if missing := sorted(set(cases) - set(found)):
        raise InputError(f"{split}: no row of case {missing[0]!r}, which was tested")
    return found


def folds_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return repeat and fold numbers of test rows named ``r<repeat>f<fold>``.

    Raises
    ------
    InputError
        If a fold has another name.
    """
    parts = table["fold"].str.extract(r"^r(?P<repeat>\d+)f(?P<part>\d+)$")
    if parts.isna().any(axis=None):
        wrong = table.loc[parts.isna().any(axis=1), "fold"].iloc[0]
        raise InputError(f"fold: found {wrong!r}, expected {HOLDOUT!r} or r<repeat>f<fold>")
    return parts.astype(int)


def _how(test: pd.DataFrame) -> str:
    seeds = test["seed"].nunique()
    mean = f"mean probability over {seeds} seeds" if seeds > 1 else ""
    if (test["fold"] == HOLDOUT).all():
        return f"one split, {mean}" if mean else "one split, one run"
    parts = folds_of(test)
    repeats, folds = parts["repeat"].nunique(), parts["part"].nunique()
    words = [f"out-of-fold predictions of {folds} folds joined"]
    if repeats > 1:
        words.append(f"mean probability over {repeats} repeats")
    return ", ".join(words + ([mean] if mean else []))
