"""Mahalanobis's distance where there are fewer cases than numbers a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.covariance import ledoit_wolf_shrinkage


@dataclass(frozen=True)
class Gaussian:
    """Mean and shrunk covariance of some cases, kept as principal axes.

    The covariance is (1 - s) S + s m I with S the sample covariance, m the mean of its diagonal
    and the shrinkage s of Ledoit and Wolf 2004 (J Multivariate Anal 88:365), as scikit-learn
    computes it. Of S only the axes along which the cases vary are kept, at most as many as cases.

    Attributes
    ----------
    mean
        Shape (numbers,).
    axes
        Shape (axes, numbers), orthonormal rows.
    variances
        Shape (axes,), of the shrunk covariance along these axes.
    floor
        Its variance along every other direction, s m.
    """

    mean: np.ndarray
    axes: np.ndarray
    variances: np.ndarray
    floor: float

    @classmethod
    def of(cls, cases: np.ndarray) -> Self:
        """Fit to cases, shape (cases, numbers).

        Raises
        ------
        ValueError
            If there are fewer than two cases.
        """
        if len(cases) < 2:
            raise ValueError(f"{len(cases)} cases, expected at least two")
        rows = np.asarray(cases, dtype=np.float64)
        mean = rows.mean(axis=0)
        _, singular, axes = np.linalg.svd(rows - mean, full_matrices=False)
        sample = singular**2 / len(rows)
        average = float(sample.sum()) / rows.shape[1]
        shrinkage = float(ledoit_wolf_shrinkage(rows)) if average > 0 else 1.0
        kept = sample > 1e-12 * max(float(sample.max(initial=0.0)), 1e-300)
        floor = max(shrinkage * average, 1e-12 * max(float(sample.max(initial=0.0)), 1.0))
        return cls(mean, axes[kept], (1 - shrinkage) * sample[kept] + floor, floor)

    def coordinates(self, case: np.ndarray) -> np.ndarray:
        """Return a case along the axes, each in its standard deviations, shape (axes,)."""
        along = self.axes @ (np.asarray(case, dtype=np.float64) - self.mean)
        return np.asarray(along / np.sqrt(self.variances))

    def distance(self, case: np.ndarray) -> float:
        """Return the logarithm of the squared distance over the count of numbers.

        Around 0 for a case drawn from the same distribution as those that were fitted.
        """
        off = np.asarray(case, dtype=np.float64) - self.mean
        along = self.axes @ off
        rest = max(float(off @ off - along @ along), 0.0)
        squared = float((along**2 / self.variances).sum()) + rest / self.floor
        return float(np.log(max(squared, 1e-12) / len(off)))
