"""A threshold for each test case, from cases its networks were not tested on."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from radnec.core.labels import POSITIVE
from radnec.evaluate.measures.operating_point import choose_threshold
from radnec.evaluate.models.predictions import Pooled


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """The threshold of each pooled test case and where it comes from.

    Attributes
    ----------
    per_case
        Shape (cases,), in the order of the pooled cases.
    source
        In words; begins with ``not defined:`` where there is none.
    """

    per_case: np.ndarray
    source: str

    @property
    def defined(self) -> bool:
        """Whether every case has a threshold."""
        return bool(len(self.per_case)) and not bool(np.isnan(self.per_case).any())


def thresholds_of(pooled: Pooled, runs: Sequence[pd.DataFrame]) -> Thresholds:
    """Choose one threshold a run on its own development cases and bring it to its test cases.

    Parameters
    ----------
    pooled
        The pooled test predictions.
    runs
        The predictions of each run (one fold and seed), with the rows of all its sets.

    Notes
    -----
    The validation cases of a run decide; a run without any uses its training cases, on which
    a network is better than it is, so that this threshold may lie off. A pooled probability is
    the mean over the runs that tested the case, and so is its threshold.
    """
    nothing = np.full(len(pooled.cases), math.nan)
    if not runs:
        return Thresholds(nothing, "not defined: no predictions of development cases given")
    collected: dict[str, list[float]] = {}
    sources = set()
    for run in runs:
        name = "validation" if (run["set"] == "validation").any() else "train"
        development = run[run["set"] == name]
        sources.add("training" if name == "train" else name)
        positive = (development["label"] == POSITIVE).to_numpy()
        if development.empty:
            threshold = math.nan
        else:
            threshold = choose_threshold(positive, development["p_necrosis"].to_numpy())
        for case in run.loc[run["set"] == "test", "case"]:
            collected.setdefault(case, []).append(threshold)
    per_case = np.array([np.mean(collected.get(case, [math.nan])) for case in pooled.cases["case"]])
    if np.isnan(per_case).any():
        why = "development cases of one class only, or with one score"
        return Thresholds(nothing, f"not defined: {why}")
    return Thresholds(per_case, f"Youden index on the {' or '.join(sorted(sources))} cases")
