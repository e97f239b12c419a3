"""What a reader of the first screen has to beware of, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SHOWN = 3
"""So many caveats stand on the first screen; the section on limits has them all."""

FEW = 30
"""Fewer cases than this in the rarer class leave an interval too wide for most uses."""


@dataclass(frozen=True)
class Caveat:
    """A sentence, and the anchor of the section that tells more."""

    text: str
    anchor: str


def caveats(facts: Mapping[str, Any]) -> list[Caveat]:
    """Return the caveats that apply, the gravest first, at most :data:`SHOWN`.

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
            "The patients are simulated. The numbers show that the method runs, and say nothing "
            "about real patients.",
            "limits",
        )
    told = groups[(groups["p_value"] < 0.05) & groups["name"].isin(["scanner", "acquisition"])]
    if len(told):
        names = " and ".join(told["name"])
        yield Caveat(
            f"{names.capitalize()} alone tell the classes apart: a network may have learned the "
            "hospital instead of the lesion.",
            "confounding",
        )
    rarer = min(("necrosis", "recurrence"), key=lambda label: counts[label])
    if counts[rarer] < FEW:
        yield Caveat(
            f"There are only {counts[rarer]} cases of {rarer}: the true AUC can lie anywhere in "
            "the interval, and a few other patients could have changed the answer.",
            "planning" if facts["planned"] else "limits",
        )
    if float(facts["first"]["auc"]) == 1.0:
        yield Caveat(
            "The best model made no ranking error at all. On a small cohort this is no proof of a "
            "perfect model; look for a trace of the label in the images.",
            "ranking",
        )
    if facts["design"] in ("stratified", "given"):
        yield Caveat(
            "One division into training and test cases was used; another one could give another "
            "result.",
            "limits",
        )
    yield Caveat(
        "The cases come from one cohort. Whether the model works elsewhere was not tested.",
        "limits",
    )
    if counts["excluded"] > 0.2 * counts["all"]:
        yield Caveat(
            f"{counts['excluded']} of {counts['all']} cases could not be used; those left may "
            "be the easier ones.",
            "excluded",
        )
    if facts["warned"]:
        yield Caveat(
            f"Quality control has remarks on {facts['warned']} cases.",
            "quality",
        )
