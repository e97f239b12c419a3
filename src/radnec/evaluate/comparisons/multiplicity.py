"""Correction for the number of tests of a family."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from statsmodels.stats.multitest import multipletests


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return Holm's adjusted p-values (Holm 1979, Scand J Stat 6:65).

    A test that is not defined (NaN) is no test: it stays NaN and does not count.
    """
    p = np.asarray(p_values, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    done = ~np.isnan(p)
    if done.any():
        adjusted[done] = multipletests(p[done], method="holm")[1]
    return adjusted
