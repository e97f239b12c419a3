"""How much a cross-validated AUC varies because its networks would be trained anew, too."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from radnec.core.labels import POSITIVE

RETRAINING_SLOPE = 1.5
"""Growth of the variance with the instability, found by simulation (docs/statistics.md)."""


def retraining_inflation(scores: np.ndarray, positive: np.ndarray, folds: int) -> float:
    """Return the factor by which the variance of a cross-validated AUC exceeds DeLong's.

    DeLong's variance takes the networks as given. In another cohort they would be trained on
    other cases, and each case of this one both was tested and trained the networks that tested
    the others. How much that adds depends on how far a network follows its training cases,
    which repeats of the cross-validation show.

    Parameters
    ----------
    scores
        Out-of-fold probabilities, shape (repeats, cases), seeds averaged.
    positive
        Boolean, shape (cases,), two or more of each class.
    folds
        Folds of one repeat.

    Returns
    -------
    float
        ``1 + 1.5 folds u``, at most ``1 + folds / (folds - 1)``: u is the variance of a case's
        rank between repeats over that of ranks within a class. Two networks that did not train
        on a case share all but one fold's part of their training cases, so u is about 1 / folds
        of what it would be between cohorts. The most is the correction of Nadeau and Bengio 2003
        (Mach Learn 52:239) for one repeat, and what is returned where there is one repeat only.

    Notes
    -----
    No formula of the literature: slope and shape were chosen by simulation, with learners from
    steady to very unsteady, and docs/coverage.tsv shows what they hold.
    """
    most = 1 + folds / (folds - 1)
    repeats, cases = scores.shape
    if repeats < 2 or min(positive.sum(), (~positive).sum()) < 2:
        return most
    ranks = stats.rankdata(scores, axis=1)
    between = float(ranks.var(axis=0, ddof=1).mean())
    within = sum(
        float(ranks[:, chosen].var(axis=1, ddof=1).mean()) * (chosen.sum() - 1)
        for chosen in (positive, ~positive)
    ) / (cases - 2)
    if within == 0:
        return most
    return float(min(most, 1 + RETRAINING_SLOPE * folds * between / within))


def scores_by_repeat(test: pd.DataFrame, parts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return what :func:`retraining_inflation` takes of a table of test predictions.

    Parameters
    ----------
    test
        Columns case, label, p_necrosis; every case in every repeat.
    parts
        Its columns repeat and part, see :func:`radnec.evaluate.models.predictions.folds_of`.

    Returns
    -------
    tuple of ndarray
        Scores, shape (repeats, cases), and whether each case is positive, shape (cases,).
    """
    wide = test.assign(repeat=parts["repeat"]).pivot_table(
        index="case", columns="repeat", values="p_necrosis", aggfunc="mean"
    )
    positive = test.groupby("case")["label"].first().reindex(wide.index) == POSITIVE
    return wide.to_numpy(dtype=float).T, positive.to_numpy()
