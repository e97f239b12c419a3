"""Confounding: how well scanner and acquisition predict the label without any image."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.model_selection import StratifiedKFold

from radnec.core.labels import POSITIVE
from radnec.core.seeding import derive_seed
from radnec.evaluate.cohort.covariates import CLINICAL, SCANNER, case_covariates
from radnec.evaluate.comparisons.balance import compare_counts
from radnec.evaluate.comparisons.multiplicity import holm
from radnec.evaluate.measures.auc import area, delong_interval
from radnec.evaluate.measures.estimate import Estimate, undefined
from radnec.evaluate.tables.output import write_results

FOLDS = 5
PENALTY = 1.0


def check_confounding(
    *,
    cases_table: Path,
    cohort: Path,
    nifti: Path,
    confidence: float,
    repeats: int,
    seed: int,
    notice: str,
    output: Path,
) -> None:
    """Write evaluation/confounding.tsv: fields alone against the label, all included cases.

    Rows of kind ``group``: the out-of-fold AUC of a ridge regression on all fields of a group
    (scanner, acquisition, clinical), with DeLong's interval and a permutation p-value. An AUC
    well above one half means that a network could score without looking at the lesion. Where
    the fields say nothing, an out-of-fold AUC falls below one half (a level with many positives
    in the test fold has few in the training folds): the p-value knows that, the interval not.
    Rows of kind ``field``: one field at a time, Pearson's chi-square or Mann-Whitney's test,
    Holm over all fields. `confidence` is the level of every interval, `repeats` the permutations
    behind a p-value.
    """
    table = case_covariates(cases_table, cohort, nifti)
    positive = (table["label"] == POSITIVE).to_numpy()
    groups = groups_of_fields(table)
    rows: list[dict[str, Any]] = []
    for name, fields in groups.items():
        features, used = encode(table[fields])
        estimate, p = predict_label(
            features, positive, confidence=confidence, repeats=repeats, seed=derive_seed(seed, name)
        )
        rows.append(
            {
                "kind": "group",
                "name": name,
                "fields": ", ".join(used),
                "auc": estimate.value,
                "auc_lo": estimate.low,
                "auc_hi": estimate.high,
                "p_value": p,
                "test": f"permutation, {repeats} refits",
                "notes": estimate.note,
            }
        )
    by_field = [_field(table[name], positive) for columns in groups.values() for name in columns]
    corrected = holm([row["p_value"] for row in by_field])
    rows += [{**row, "holm_p": p} for row, p in zip(by_field, corrected, strict=True)]
    counts = {"n_necrosis": int(positive.sum()), "n_recurrence": int((~positive).sum())}
    write_results(pd.DataFrame(rows).assign(**counts), output, notice)


def groups_of_fields(table: pd.DataFrame) -> dict[str, list[str]]:
    """Return the columns of :func:`case_covariates` by what they are about."""
    known = {"case", "label", "age_group", "site", *CLINICAL, *SCANNER}
    acquisition = [name for name in table.columns if name not in known]
    return {"scanner": list(SCANNER), "acquisition": acquisition, "clinical": list(CLINICAL)}


def encode(table: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """Return standardised numbers and one column a category, and the fields that vary.

    A missing number becomes the mean, with a column that says that it was missing.
    """
    columns: list[np.ndarray] = []
    used = []
    for name in table.columns:
        values = table[name]
        if pd.api.types.is_numeric_dtype(values):
            missing = values.isna().to_numpy()
            filled = values.fillna(values.mean()).to_numpy(dtype=float)
            parts = [filled] if not missing.all() else []
            parts += [missing.astype(float)]
        else:
            filled = values.fillna("").to_numpy(dtype=str)
            parts = [(filled == level).astype(float) for level in sorted(set(filled))]
        varying = [part for part in parts if np.ptp(part) > 0]
        if varying:
            used.append(str(name))
            columns += [(part - part.mean()) / part.std() for part in varying]
    features = np.stack(columns, axis=1) if columns else np.empty((len(table), 0))
    return features, used


def predict_label(
    features: np.ndarray, positive: np.ndarray, *, confidence: float, repeats: int, seed: int
) -> tuple[Estimate, float]:
    """Return the out-of-fold AUC of a ridge regression of the label, and its permutation p.

    Parameters
    ----------
    features
        Shape (cases, columns), standardised.
    positive
        Boolean, shape (cases,).
    """
    method = f"ridge regression, {FOLDS}-fold out of fold, DeLong"
    folds = min(FOLDS, int(positive.sum()), int((~positive).sum()))
    if folds < 2:
        return undefined(method, "fewer than 2 cases of a class"), math.nan
    if features.shape[1] == 0:
        return undefined(method, "no field of this group varies"), math.nan
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    tests = [test for _, test in splitter.split(features, positive)]
    score = out_of_fold(features, positive, tests)
    observed = area(positive, score)
    rng = np.random.default_rng(seed)
    reached = 1
    for _ in range(repeats):
        # Shuffled rows of features: labels, and with them the stratified folds, stay.
        shuffled = features[rng.permutation(len(features))]
        reached += area(positive, out_of_fold(shuffled, positive, tests)) >= observed
    p = reached / (repeats + 1)
    return delong_interval(positive, score, confidence), p


def out_of_fold(features: np.ndarray, positive: np.ndarray, tests: list[np.ndarray]) -> np.ndarray:
    """Return each case's prediction by the ridge regression fitted without its fold.

    scikit-learn's Ridge gives the same numbers; thousands of small fits are faster in closed
    form (Hoerl and Kennard 1970).
    """
    score = np.empty(len(positive))
    outcome = positive.astype(float)
    identity = PENALTY * np.eye(features.shape[1])
    for test in tests:
        train = np.ones(len(positive), dtype=bool)
        train[test] = False
        centre, mean = features[train].mean(axis=0), outcome[train].mean()
        x = features[train] - centre
        weights = np.linalg.solve(x.T @ x + identity, x.T @ (outcome[train] - mean))
        score[test] = mean + (features[test] - centre) @ weights
    return score


def _field(values: pd.Series, positive: np.ndarray) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": "field", "name": values.name, "fields": values.name}
    if pd.api.types.is_numeric_dtype(values):
        stated = values.notna().to_numpy()
        numbers, inside = values.to_numpy(dtype=float)[stated], positive[stated]
        row["test"] = "Mann-Whitney"
        if not inside.any() or inside.all() or np.ptp(numbers) == 0:
            return row | {"p_value": math.nan, "notes": "not defined: does not vary"}
        row["auc"] = area(inside, numbers)
        test = stats.mannwhitneyu(numbers[inside], numbers[~inside])
        return row | {"p_value": float(test.pvalue), "notes": ""}
    levels = values.fillna("").to_numpy(dtype=str)
    counts = np.array(
        [[(positive & (levels == k)).sum(), (~positive & (levels == k)).sum()] for k in set(levels)]
    )
    compared = compare_counts(counts)
    exact = not math.isnan(compared.further_p)
    row["test"] = compared.further_test if exact else compared.test
    p = compared.further_p if exact else compared.p
    return row | {"p_value": p, "notes": compared.note}
