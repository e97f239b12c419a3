"""Tables of comparisons between models: on the pooled test cases, and over folds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from radnec.core.labels import POSITIVE
from radnec.evaluate.comparisons.compare import compare_aucs, compare_decisions
from radnec.evaluate.comparisons.multiplicity import holm
from radnec.evaluate.comparisons.resampled import Resampled, corrected_mean
from radnec.evaluate.measures.auc import area
from radnec.evaluate.measures.operating_point import HIGHER_PROBABILITY
from radnec.evaluate.models.model import Model
from radnec.evaluate.models.predictions import HOLDOUT, Pooled

# Three families of questions: which backbone, which input, and what images add to models without.
BACKBONES, INPUTS, IMAGES = "backbones", "inputs", "images"
_OF_DECISIONS = {
    *("acc_difference_lo", "acc_difference_hi", "odds_ratio_lo", "odds_ratio_hi"),
    *("mcnemar_exact_p", "mcnemar_mid_p"),
}
_NAMES = ["family", "first_backbone", "first_input_set", "second_backbone", "second_input_set"]


def pairs_of(models: Sequence[Model]) -> Iterator[tuple[str, Model, Model]]:
    """Yield pairs that differ in the backbone only, or in the input only, or in reading images.

    A backbone is a network or a comparator. The last are the pairs of a model that reads images
    and one that reads none.
    """
    for family, same, other in (
        (BACKBONES, "input_set", "backbone"),
        (INPUTS, "backbone", "input_set"),
    ):
        for first, second in itertools.combinations(models, 2):
            if first.key[same] == second.key[same] and first.key[other] != second.key[other]:
                yield family, first, second
    for first, second in itertools.combinations(models, 2):
        if bool(first.sequences) != bool(second.sequences):
            yield IMAGES, first, second


_CROSS_VALIDATED = (
    "cross-validation: DeLong's variance times {inflation:.2f} for networks trained anew; no test "
    "of decisions, McNemar's takes the networks as fixed"
)


def comparison_table(
    models: Sequence[Model], confidence: float, cross_validated: bool
) -> pd.DataFrame:
    """Return every pair of models compared on the same test cases, Holm over each family.

    In a cross-validation DeLong's variance is inflated by the larger factor of the two models
    (``Pooled.inflation``), and McNemar's test, which takes the networks as fixed, is left out.
    """
    rows = []
    for family, first, second in pairs_of(models):
        row = _named(family, first, second)
        one, two = first.pooled, second.pooled
        if list(one.cases["case"]) != list(two.cases["case"]):
            rows.append({**row, "n": 0, "notes": "not defined: not the same test cases"})
            continue
        inflation = max(one.inflation, two.inflation)
        auc = compare_aucs(one.positive, one.score, two.score, confidence, one.patients, inflation)
        decision = compare_decisions(_right(one), _right(two), one.patients, confidence)
        rows.append(
            {
                **row,
                "n": len(one.cases),
                "auc_first": auc.first,
                "auc_second": auc.second,
                "auc_difference": auc.difference,
                "auc_difference_lo": auc.low,
                "auc_difference_hi": auc.high,
                "delong_z": auc.z,
                "delong_p": auc.p,
                "first_only_right": decision.first_only,
                "second_only_right": decision.second_only,
                "acc_difference": decision.difference,
                "acc_difference_lo": decision.low,
                "acc_difference_hi": decision.high,
                "odds_ratio": decision.odds_ratio,
                "odds_ratio_lo": decision.odds_low,
                "odds_ratio_hi": decision.odds_high,
                "mcnemar_exact_p": decision.exact_p,
                "mcnemar_mid_p": decision.mid_p,
                "notes": "; ".join(filter(None, (auc.note, decision.note))),
            }
        )
        if cross_validated:
            said = (auc.note, _CROSS_VALIDATED.format(inflation=inflation))
            rows[-1] |= dict.fromkeys(_OF_DECISIONS, math.nan)
            rows[-1]["notes"] = "; ".join(filter(None, said))
    tests = ["delong_p", "mcnemar_exact_p"]
    table = pd.DataFrame(rows, columns=None if rows else [*_NAMES, *tests, "notes"])
    for test in tests:
        corrected = f"{test.removesuffix('_p')}_holm_p"
        table[corrected] = math.nan
        if test not in table:
            table[test] = math.nan
        for _, members in table.groupby("family"):
            table.loc[members.index, corrected] = holm(members[test].to_numpy(dtype=float))
    return table


def resampled_table(
    models: Sequence[Model], frames: Mapping[tuple[str, str], pd.DataFrame], confidence: float
) -> pd.DataFrame:
    """Return mean AUCs over folds and their paired differences, with the corrected t-test.

    Parameters
    ----------
    frames
        Test predictions of each model, by backbone and input set. A study with one split has
        no folds: one row says so.
    """
    rows: list[dict[str, Any]] = []
    folds = {key: _fold_areas(frame) for key, frame in frames.items()}
    if all((frame["fold"] == HOLDOUT).all() for frame in frames.values()):
        return pd.DataFrame([{"kind": "none", "notes": "not applicable: one split, no folds"}])
    for model in models:
        values, lost = folds[model.backbone, model.input_set]
        ratio = _test_to_train(frames[model.backbone, model.input_set])
        found = corrected_mean(values.to_numpy(), ratio, confidence)
        # Above one half is the question for a mean, zero for a difference.
        test = corrected_mean(values.to_numpy() - 0.5, ratio, confidence)
        names = {"first_backbone": model.backbone, "first_input_set": model.input_set}
        cells = _cells(found, test, lost)
        # A t interval knows no bounds; a mean of AUCs does. NaN stays NaN.
        cells |= {
            "auc_lo": float(np.maximum(0, found.low)),
            "auc_hi": float(np.minimum(1, found.high)),
        }
        rows.append({"kind": "mean", **names, **cells})
    for family, first, second in pairs_of(models):
        one, lost_one = folds[first.backbone, first.input_set]
        two, lost_two = folds[second.backbone, second.input_set]
        difference = (one - two).dropna().to_numpy()
        ratio = _test_to_train(frames[first.backbone, first.input_set])
        found = corrected_mean(difference, ratio, confidence)
        lost = max(lost_one, lost_two, key=len)
        names = _named(family, first, second)
        rows.append({"kind": "difference", **names, **_cells(found, found, lost)})
    table = pd.DataFrame(rows)
    table["holm_p"] = math.nan
    family = table.get("family", pd.Series("", index=table.index)).fillna("")
    for _, members in table.groupby([table["kind"], family]):
        table.loc[members.index, "holm_p"] = holm(members["p"].to_numpy(dtype=float))
    return table


def _right(pooled: Pooled) -> np.ndarray:
    return np.asarray((pooled.score > HIGHER_PROBABILITY) == pooled.positive)


def _named(family: str, first: Model, second: Model) -> dict[str, Any]:
    values = (family, first.backbone, first.input_set, second.backbone, second.input_set)
    return dict(zip(_NAMES, values, strict=True))


def _cells(found: Resampled, test: Resampled, lost: str) -> dict[str, Any]:
    return {
        "folds": found.folds,
        "auc": found.mean,
        "sd_over_folds": found.sd,
        "auc_lo": found.low,
        "auc_hi": found.high,
        "t_value": test.t,
        "df": test.df,
        "p": test.p,
        "notes": "; ".join(filter(None, (found.note, lost))),
    }


def _fold_areas(frame: pd.DataFrame) -> tuple[pd.Series, str]:
    """Return the AUC of each fold (mean over seeds), and which folds have none."""
    areas = {}
    for (fold, _seed), rows in frame.groupby(["fold", "seed"]):
        positive = (rows["label"] == POSITIVE).to_numpy()
        areas[fold, _seed] = area(positive, rows["p_necrosis"].to_numpy(dtype=float))
    values = pd.Series(areas).groupby(level=0).mean()
    lost = list(values.index[values.isna()])
    note = f"folds with one class only left out: {', '.join(lost)}" if lost else ""
    return values.dropna(), note


def _test_to_train(frame: pd.DataFrame) -> float:
    """Return the mean ratio of test to training cases of a fold of a cross-validation."""
    sizes = frame.groupby("fold")["case"].nunique().to_numpy()
    everyone = frame["case"].nunique()
    return float(np.mean(sizes / (everyone - sizes)))
