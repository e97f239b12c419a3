"""The designs of a study: one split, a given one, cross-validation, or each site left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Lt

from radnec.core.settings import Count, Number, Settings, Whole


class SplitSettings(Settings):
    """The section ``split`` of the configuration."""

    design: Literal["stratified", "given", "kfold", "leave_one_site_out"] = "stratified"
    """stratified (one split), given (column `set`), kfold, or leave_one_site_out

    With `leave_one_site_out` each of `sites` is tested by networks trained on all others.

    `stratified` is the paper's; `kfold` is `repeats` times stratified cross-validation with
    `folds` folds.

    Change: `kfold` for a study of your own: one split with few positives says little
    """
    test_fraction: Annotated[Number, Gt(0), Lt(1)] = 0.25
    """stratified: 3 to 1

    Share of patients in the test set of the one split.

    Change: rarely
    """
    folds: Annotated[Whole, Ge(2)] = 4
    """kfold

    Change: with `kfold`
    """
    repeats: Count = 1
    """kfold

    Added repeats leave the first ones as they are.

    Change: with `kfold`
    """
    sites: tuple[str, ...] = ()
    """leave_one_site_out: names in column `site`

    In the order of the folds. A site that is added at the end leaves the names of the folds before
    it as they are.

    Change: with `leave_one_site_out`
    """


def fold_names(settings: SplitSettings) -> list[str]:
    """Return the names of the folds that a design has, in order."""
    if settings.design == "kfold":
        return [f"r{r}f{f}" for r in range(settings.repeats) for f in range(settings.folds)]
    if settings.design == "leave_one_site_out":
        return [f"r0f{f}" for f in range(len(settings.sites))]
    return ["holdout"]


def holdout_counts(patients: Sequence[int], test_fraction: float) -> list[int]:
    """Return how many patients of each class the test set of the one split holds.

    The numbers are those of scikit-learn's StratifiedShuffleSplit, which draws them: the classes
    keep their shares, and what is left over goes to the largest remainders.

    Parameters
    ----------
    patients
        Number of patients of each class.
    """
    total = sum(patients)
    train = total - math.ceil(test_fraction * total)
    shares = [count * train / total for count in patients]
    kept = [math.floor(share) for share in shares]
    by_remainder = sorted(range(len(patients)), key=lambda one: kept[one] - shares[one])
    for one in by_remainder[: train - sum(kept)]:
        kept[one] += 1
    return [count - one for count, one in zip(patients, kept, strict=True)]
