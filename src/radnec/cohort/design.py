"""The designs of a study: one split, a given one, or repeated cross-validation."""

from __future__ import annotations

import dataclasses
from typing import Literal

from radnec.core.settings import Settings


@dataclasses.dataclass(frozen=True)
class SplitSettings(Settings):
    """The section ``split`` of the configuration.

    Attributes
    ----------
    design
        ``stratified``: one split (the paper); ``given``: the column `set` of the table of
        cases; ``kfold``: `repeats` times stratified cross-validation with `folds` folds.
    test_fraction
        Share of patients in the test set of the one split (the paper: 1/4).
    """

    design: Literal["stratified", "given", "kfold"]
    test_fraction: float
    folds: int
    repeats: int


def fold_names(settings: SplitSettings) -> list[str]:
    """Return the names of the folds that a design has, in order."""
    if settings.design == "kfold":
        return [f"r{r}f{f}" for r in range(settings.repeats) for f in range(settings.folds)]
    return ["holdout"]
