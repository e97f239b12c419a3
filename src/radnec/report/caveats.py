"""The caveats of the first screen, the most serious first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SHOWN = 3
"""Number of caveats on the first screen; the section on limits has all of them."""

FEW = 30
"""Fewer cases than this in the rarer class leave an interval too wide for most uses."""


@dataclass(frozen=True)
class Caveat:
    """A sentence, and the anchor of the section with the details."""

    text: str
    anchor: str


def caveats(facts: Mapping[str, Any]) -> list[Caveat]:
    """Return the caveats that apply, the most serious first, at most :data:`SHOWN`.

    Parameters
    ----------
    facts
        ``phantom``, ``counts`` (all, included, excluded, recurrence, necrosis), ``design`` (of the
        split), ``first`` (row of ranking.tsv), ``low`` and ``high`` (of the AUC reported),
        ``groups`` (rows of confounding.tsv, kind ``group``), ``warned`` (cases that quality
        control remarks on).
    """
    return list(_all(facts))[:SHOWN]


def _all(facts: Mapping[str, Any]) -> Iterator[Caveat]:
    counts, groups = facts["counts"], facts["groups"]
    if facts["phantom"]:
        yield Caveat(
            "The patients are simulated. The numbers show that the method runs; they say nothing "
            "about real patients.",
            "limits",
        )
    told = groups[(groups["p_value"] < 0.05) & groups["name"].isin(["scanner", "acquisition"])]
    if len(told):
        names = " and ".join(told["name"])
        verb = "distinguishes" if len(told) == 1 else "distinguish"
        yield Caveat(
            f"{names.capitalize()} alone {verb} the classes: a network may have learned the "
            "scanner or hospital instead of the lesion.",
            "confounding",
        )
    rarer = min(("necrosis", "recurrence"), key=lambda label: counts[label])
    if counts[rarer] < FEW:
        yield Caveat(
            f"There are only {counts[rarer]} cases of {rarer}: the interval is wide, and a few "
            "different patients could have changed the answer.",
            "planning" if facts["planned"] else "limits",
        )
    if float(facts["first"]["auc"]) == 1.0:
        yield Caveat(
            "The best model made no ranking error. In a small cohort this does not prove a perfect "
            "model; check whether the images reveal the label.",
            "ranking",
        )
    if facts["design"] in ("stratified", "given"):
        yield Caveat(
            "A single split into training and test cases was used; another split could give a "
            "different result.",
            "limits",
        )
    if facts["external"]:
        yield Caveat(
            "These figures come from one cohort; those on cases of elsewhere stand apart.",
            "external",
        )
    else:
        yield Caveat(
            "The cases come from one cohort. The model was not validated elsewhere.",
            "limits",
        )
    if counts["excluded"] > 0.2 * counts["all"]:
        yield Caveat(
            f"{counts['excluded']} of {counts['all']} cases were excluded; the remaining "
            "ones may be the easier ones.",
            "excluded",
        )
    if facts["warned"]:
        yield Caveat(
            f"Quality control has remarks on {facts['warned']} case"
            f"{'' if facts['warned'] == 1 else 's'}.",
            "quality",
        )
