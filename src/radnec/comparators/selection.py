"""Which radiomic features a fold keeps: the stable ones, then few that differ from each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from sklearn.base import BaseEstimator, TransformerMixin

from radnec.evaluate.measures.auc import area

Floats = npt.NDArray[np.float64]


def intraclass_correlation(values: Floats) -> float:
    """Return ICC(1,1), one-way random effects, single measurement.

    Shrout and Fleiss 1979 (doi 10.1037/0033-2909.86.2.420): (BMS - WMS) / (BMS + (k - 1) WMS),
    with the mean squares between and within cases.

    Parameters
    ----------
    values
        Shape (cases, measurements), at least two of each; NaN where a value is missing, whose
        case is left out.

    Returns
    -------
    float
        At most 1; NaN where fewer than two cases are whole, or where nothing varies.
    """
    whole = values[~np.isnan(values).any(axis=1)]
    n, k = whole.shape
    if n < 2 or k < 2:
        return float("nan")
    means = whole.mean(axis=1)
    between = k * float(((means - means.mean()) ** 2).sum()) / (n - 1)
    within = float(((whole - means[:, None]) ** 2).sum()) / (n * (k - 1))
    total = between + (k - 1) * within
    return (between - within) / total if total > 0 else float("nan")


def stable_features(features: pd.DataFrame, least: float) -> list[str]:
    """Return the features that hardly depend on how exactly the region is drawn.

    Parameters
    ----------
    features
        Rows of training cases, index (case, perturbation), one column a feature.
    least
        Intraclass correlation over the perturbations that a feature has to reach.

    Notes
    -----
    No label is read. Where there is one measurement a case all features pass.
    """
    if features.index.get_level_values("perturbation").nunique() < 2:
        return list(features.columns)
    kept = []
    for name in features:
        wide = features[name].unstack("perturbation").to_numpy(dtype=float)
        if intraclass_correlation(wide) >= least:
            kept.append(str(name))
    return kept


class FewFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # without types
    """Keep the features that tell the classes apart best, of those that resemble each other one.

    Features are taken in the order of their AUC, as far from one half as possible; one that
    correlates (Spearman) more than `correlation` with a kept one is passed over, until `most`
    are kept.

    Attributes
    ----------
    kept_
        Positions of the kept columns, the best first.
    """

    def __init__(self, most: int = 6, correlation: float = 0.9) -> None:
        self.most = most
        self.correlation = correlation

    def fit(self, features: Floats, target: npt.NDArray[np.int_]) -> Self:
        """Choose from features (cases, columns) without gaps, and classes 0 and 1."""
        values = np.asarray(features, dtype=float)
        positive = np.asarray(target) == 1
        strength = np.array([abs(area(positive, column) - 0.5) for column in values.T])
        ranks = np.apply_along_axis(stats.rankdata, 0, values)
        kept: list[int] = []
        # Ties in the order of the columns, which is that of their names.
        for column in np.argsort(-strength, kind="stable"):
            if len(kept) == self.most:
                break
            if np.ptp(values[:, column]) == 0:
                continue
            if all(
                abs(_pearson(ranks[:, column], ranks[:, one])) <= self.correlation for one in kept
            ):
                kept.append(int(column))
        self.kept_ = kept
        return self

    def transform(self, features: Floats) -> Floats:
        """Return the kept columns."""
        return np.asarray(features, dtype=float)[:, self.kept_]

    def get_feature_names_out(self, input_features: Sequence[str]) -> npt.NDArray[Any]:
        """Return the names of the kept columns."""
        return np.asarray(input_features, dtype=object)[self.kept_]


def _pearson(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(one, other)[0, 1])
