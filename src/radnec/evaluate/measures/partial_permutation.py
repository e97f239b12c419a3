"""Whether predictions go with something else once the label is given: permutation within it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

# Directions of the features below this share of the largest are rounding.
_RANK = 1e-9


@dataclasses.dataclass(frozen=True)
class PartialTest:
    """Share of the predictions' variance within the labels that the features explain, and p.

    Attributes
    ----------
    r2
        Of the observed cases.
    expected
        Its mean over the permutations: above 0 by chance, the more so the more features.
    """

    r2: float
    expected: float
    p: float
    note: str = ""


def permutations_within(
    positive: np.ndarray, patients: np.ndarray, repeats: int, seed: int
) -> np.ndarray:
    """Return orders of the cases that exchange patients with the same labels.

    Parameters
    ----------
    positive, patients
        Shape (cases,). A patient's cases stay together and go to a patient with as many cases
        of the same labels in the same order.

    Returns
    -------
    ndarray
        Shape (repeats, cases), indices of cases.
    """
    members: dict[tuple[bool, ...], list[np.ndarray]] = {}
    for patient in np.unique(patients):
        own = np.flatnonzero(patients == patient)
        members.setdefault(tuple(map(bool, positive[own])), []).append(own)
    blocks = [np.stack(found) for found in members.values()]
    rng = np.random.default_rng(seed)
    orders = np.tile(np.arange(len(positive)), (repeats, 1))
    for block in blocks:
        drawn = rng.permuted(np.tile(np.arange(len(block)), (repeats, 1)), axis=1)
        orders[:, block.ravel()] = block[drawn].reshape(repeats, -1)
    return orders


def partial_test(
    positive: np.ndarray, score: np.ndarray, features: np.ndarray, orders: np.ndarray
) -> PartialTest:
    """Test whether predictions are independent of features given the label.

    Parameters
    ----------
    positive
        Boolean, shape (cases,).
    score
        Predictions, shape (cases,).
    features
        Numbers, one column a feature, shape (cases, columns).
    orders
        From :func:`permutations_within`.

    Notes
    -----
    The hypothesis of the partial confounder test (Spisak 2022, GigaScience 11:giac082). There
    the confounder is drawn anew from a model of its distribution given the outcome (Berrett et
    al. 2020, J R Stat Soc B 82:175); with a label of two classes that distribution is the one
    observed in each class, and to draw from it is to exchange cases of one class, which is
    exact. The statistic is R squared of the least-squares fit of predictions on features, both
    with their means over each class taken off.
    """
    nothing = (math.nan, math.nan, math.nan)
    x, r = features.astype(float).copy(), score.astype(float).copy()
    for members in (positive, ~positive):
        if members.any():
            x[members] -= x[members].mean(axis=0)
            r[members] -= r[members].mean()
    if not np.any(np.abs(r) > _RANK):
        return PartialTest(*nothing, "not defined: predictions do not vary within a class")
    if not x.size or not np.any(np.abs(x) > _RANK):
        return PartialTest(*nothing, "not defined: no field varies within a class")
    directions, sizes, _ = np.linalg.svd(x, full_matrices=False)
    directions = directions[:, sizes > _RANK * sizes[0]]
    if directions.shape[1] >= len(r) - 2:
        return PartialTest(*nothing, "not defined: as many different fields as cases")
    if not (orders != orders[:1]).any():
        return PartialTest(*nothing, "not defined: no two patients have the same labels")
    total = float(r @ r)
    observed = float(((r @ directions) ** 2).sum()) / total
    drawn = ((r[orders] @ directions) ** 2).sum(axis=1) / total
    reached = int((drawn >= observed - 1e-12).sum())
    return PartialTest(observed, float(drawn.mean()), (reached + 1) / (len(orders) + 1))
