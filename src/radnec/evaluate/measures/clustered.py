"""Several cases of one patient: the AUC's variance and the permutation test over patients."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from radnec.evaluate.measures.auc import placements, why_undefined


def clustered_covariance(
    positive: np.ndarray, scores: np.ndarray, patients: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the AUC of each model and their covariance, the patient as the unit.

    Parameters
    ----------
    positive
        Boolean, shape (cases,), necrosis in at least two patients, recurrence too.
    scores
        Shape (models, cases).
    patients
        Shape (cases,): cases of one name may depend on each other in any way.

    Notes
    -----
    Obuchowski 1997, Biometrics 53:567: var = S10 / m + S01 / n + 2 S11 / (m n), the sums of a
    patient's placement values in the place of single ones. With one case a patient it is
    DeLong's covariance.
    """
    v10, v01 = placements(positive, scores)
    m, n = v10.shape[1], v01.shape[1]
    areas = v10.mean(axis=1)
    _, unit = np.unique(patients, return_inverse=True)
    units = int(unit.max()) + 1
    sums = []
    for values, members in ((v10, unit[positive]), (v01, unit[~positive])):
        # Of each patient: sum of placements minus number of cases times the AUC.
        own = np.zeros((len(scores), units))
        np.add.at(own.T, members, (values - areas[:, None]).T)
        sums.append(own)
    with10, with01 = (len(np.unique(unit[chosen])) for chosen in (positive, ~positive))
    s10 = sums[0] @ sums[0].T * with10 / (with10 - 1) / m
    s01 = sums[1] @ sums[1].T * with01 / (with01 - 1) / n
    cross = sums[0] @ sums[1].T * units / (units - 1)
    return areas, s10 / m + s01 / n + (cross + cross.T) / (m * n)


def why_not_clustered(positive: np.ndarray, patients: np.ndarray) -> str:
    """Return why the covariance above does not exist; empty where it does."""
    for chosen, name in ((positive, "necrosis"), (~positive, "recurrence")):
        count = len(np.unique(patients[chosen]))
        if count < 2:
            ending = "" if count == 1 else "s"
            return f"{count} patient{ending} with {name}, at least 2 needed"
    return ""


def design_effect(values: np.ndarray, patients: np.ndarray) -> float:
    """Return the variance of a mean over cases, the patient as the unit, over the simple one.

    Rao and Scott 1992, Biometrics 48:577: the mean as a ratio of two sums over patients. Counts
    divided by it stand for as many independent cases. Never below 1; where no value differs, the
    mean number of cases of a patient, as if those of a patient were copies.

    Parameters
    ----------
    values, patients
        Shape (cases,).
    """
    _, unit, sizes = np.unique(patients, return_inverse=True, return_counts=True)
    n, units = len(values), len(sizes)
    if units == n:
        return 1.0
    simple = float(np.var(values)) / n
    if simple == 0 or units < 2:
        return n / units
    apart = np.bincount(unit, values - np.mean(values))
    return max(1.0, float((apart**2).sum()) * units / (units - 1) / n**2 / simple)


def repeated(patients: np.ndarray) -> bool:
    """Return whether any patient has more than one case."""
    return len(np.unique(patients)) < len(patients)


def permutation_by_patient(
    positive: np.ndarray,
    score: np.ndarray,
    patients: np.ndarray,
    *,
    repeats: int,
    seed: int,
    inflation: float = 1.0,
) -> tuple[float, str, str]:
    """Return p of "the AUC is not above one half" with the labels moved patient by patient.

    The labels of a patient's cases stay together and go to a patient with as many cases, since
    only those could have had them. One-sided, the observed labels among the permutations
    (Winkler et al. 2015, NeuroImage 123:253, whole-block exchangeability). In a
    cross-validation the labels would have trained other networks; the AUCs of the permutations
    are set apart from one half by the root of `inflation`.

    Returns
    -------
    tuple
        p, how it was found, and why there is none if so.
    """
    how = f"{repeats} permutations of patients, one-sided"
    if inflation > 1:
        how += f", variance times {inflation:.2f} for networks trained anew"
    if why := why_undefined(positive, least=2):
        return math.nan, how, f"not defined: {why}"
    order = np.argsort(patients, kind="stable")
    labels, ordered = positive[order], score[order]
    _, starts, counts = np.unique(patients[order], return_index=True, return_counts=True)
    blocks = [starts[counts == size][:, None] + np.arange(size) for size in np.unique(counts)]
    rng = np.random.default_rng(seed)
    ranks, m = stats.rankdata(ordered), int(labels.sum())
    moved = np.empty((repeats + 1, len(labels)), dtype=bool)
    moved[0] = labels
    for row in moved[1:]:
        for block in blocks:
            row[block] = labels[block[rng.permutation(len(block))]]
    # Mann and Whitney's U over its largest value, as far from one half as trained anew.
    areas = (moved @ ranks - m * (m + 1) / 2) / (m * (len(labels) - m)) - 0.5
    reached = int((areas[1:] * math.sqrt(inflation) >= areas[0] - 1e-12).sum()) + 1
    return reached / (repeats + 1), how, ""
