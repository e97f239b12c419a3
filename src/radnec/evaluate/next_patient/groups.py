"""Parts of the tested cases for cross-fitting: what is fitted on some describes the others."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

PARTS = 10
"""So many parts at most; fewer where a class has fewer patients."""


def parts_of(positive: np.ndarray, patients: np.ndarray, seed: int) -> np.ndarray | None:
    """Divide the cases into parts, both classes in each where possible, no patient in two.

    Parameters
    ----------
    positive, patients
        Shape (cases,).

    Returns
    -------
    ndarray or None
        Part of each case, shape (cases,), from 0; None where a class has fewer than two patients.
    """
    counts = [len(np.unique(patients[chosen])) for chosen in (positive, ~positive)]
    if min(counts) < 2:
        return None
    parts = np.full(len(positive), -1)
    divide = StratifiedGroupKFold(min(PARTS, *counts), shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # Several cases a patient: a class may have fewer patients than it looks.
        warnings.simplefilter("ignore", UserWarning)
        for part, (_, held) in enumerate(divide.split(positive, positive, patients)):
            parts[held] = part
    return parts
