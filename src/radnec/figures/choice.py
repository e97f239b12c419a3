"""Which cases the figures show, chosen by a fixed rule."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from radnec.core.labels import CLASSES


@dataclass(frozen=True)
class Choice:
    """A case to show, and the sentence that says why it is this one.

    Attributes
    ----------
    case, label
        The case and its class.
    p_recurrence
        The number that the paper prints beside it: the probability of recurrence.
    reason
        For the caption.
    cells
        Cells of the network's layer along x, y and z, before the map is interpolated.
    method
        How the map was made, as in `radnec.explain.settings.METHODS`.
    """

    case: str
    label: str
    p_recurrence: float
    reason: str
    cells: tuple[int, ...]
    method: str

    @property
    def resolution(self) -> str:
        """How fine the map can be, as a sentence: smooth colours hide how few its cells are."""
        if max(self.cells) == 1:
            return "The layer has one cell: the map is the same everywhere and points nowhere."
        return f"The map has {' x '.join(map(str, self.cells))} cells, smoothed for the eye."


def choose_case(summary: pd.DataFrame, label: str) -> Choice | None:
    """Return the test case of a class that stands for it in the figures.

    It is the correctly classified one with the most confident answer; among equals the first by
    name. If none is correct, it is the least wrong one, and the reason says so. Cases with a
    map of zeros are passed over where there are others. None if the class has no case.

    Parameters
    ----------
    summary
        summary.tsv of the maps (see :func:`radnec.explain.run.explain_run`).
    label
        The class.
    """
    cases = summary[summary["label"] == label]
    if cases.empty:
        return None
    shown = cases[cases["zero"] == "no"]
    shown = cases if shown.empty else shown
    ranked = shown.sort_values([f"p_{label}", "case"], ascending=[False, True])
    best = ranked.iloc[0]
    number = len(cases)
    if best["predicted"] == label:
        reason = f"the most confident correct answer among {number} test cases of {label}"
    else:
        reason = f"no test case of {label} ({number}) was classified correctly; the least wrong one"
    if cases["zero"].eq("yes").all():
        reason += "; its map is zero: nothing spoke for the answer"
    cells = tuple(int(number) for number in str(best["layer_grid"]).split("x"))
    probability = float(best["p_recurrence"])
    return Choice(str(best["case"]), label, probability, reason, cells, str(best["method"]))


def choose_cases(summary: pd.DataFrame) -> list[Choice]:
    """Return the case of each class that has one, recurrence first, as in the paper."""
    return [choice for label in CLASSES if (choice := choose_case(summary, label)) is not None]
