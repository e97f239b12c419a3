"""Means and differences over the folds of a repeated cross-validation."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy import stats


@dataclasses.dataclass(frozen=True)
class Resampled:
    """A mean over folds with the corrected interval and test against zero."""

    folds: int
    mean: float
    sd: float
    low: float
    high: float
    t: float
    df: int
    p: float
    note: str = ""


def corrected_mean(values: np.ndarray, test_to_train: float, confidence: float) -> Resampled:
    """Return the mean of one value a fold, with the corrected resampled t-test against zero.

    Parameters
    ----------
    values
        Shape (folds,), over all repeats: an AUC, or the difference of two models' AUCs on the
        same fold.
    test_to_train
        Number of test cases over number of training cases of a fold.

    Notes
    -----
    Folds share training cases, so their values are not independent and the plain t-test is far
    too often significant. Nadeau and Bengio 2003, Mach Learn 52:239: the variance of the mean
    is (1 / J + n_test / n_train) s^2, J folds, J - 1 degrees of freedom. For repeated
    cross-validation: Bouckaert and Frank 2004, PAKDD.
    """
    values = np.asarray(values, dtype=float)
    n = len(values)
    nan = math.nan
    if n < 2:
        mean = float(values.mean()) if n else nan
        why = f"not defined: {n} fold{'' if n == 1 else 's'}, at least 2 needed"
        return Resampled(n, mean, nan, nan, nan, nan, max(0, n - 1), nan, why)
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    if sd < 1e-12:
        why = "not defined: the same value in every fold"
        return Resampled(n, mean, 0.0, nan, nan, nan, n - 1, nan, why)
    error = math.sqrt(1 / n + test_to_train) * sd
    half = float(stats.t.ppf(0.5 + confidence / 2, n - 1)) * error
    t = mean / error
    p = 2 * float(stats.t.sf(abs(t), n - 1))
    return Resampled(n, mean, sd, mean - half, mean + half, t, n - 1, p)
