"""Whether the AUC is more than chance: a permutation test of the labels."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from radnec.evaluate.measures.auc import why_undefined


def auc_p_value(
    positive: np.ndarray, score: np.ndarray, *, repeats: int, seed: int
) -> tuple[float, str, str]:
    """Return the p-value of "the AUC is not above one half", how it was found, and why not.

    One-sided: the share of permutations of the labels, the observed one among them, whose AUC
    reaches the observed one (Phipson and Smyth 2010, Stat Appl Genet Mol Biol 9:39). The AUC is
    Mann and Whitney's U over its largest value, so scipy's permutation of U is this test.

    With no more ways to choose the positives than `repeats`, all of them are gone through and
    the p-value is exact.

    Parameters
    ----------
    positive
        Boolean, shape (cases,).
    score
        Probability of necrosis, shape (cases,).
    """
    ways = math.comb(len(positive), int(positive.sum()))
    how = f"all {ways} permutations" if ways <= repeats else f"{repeats} permutations"
    how += ", one-sided"
    if why := why_undefined(positive, least=2):
        return math.nan, how, f"not defined: {why}"
    method = stats.PermutationMethod(n_resamples=repeats, rng=np.random.default_rng(seed))
    test = stats.mannwhitneyu(
        score[positive], score[~positive], alternative="greater", method=method
    )
    return float(test.pvalue), how, ""
