"""Perfusion series: which of them show that contrast agent was injected, and which do not.

Perfusion is measured with a bolus (DSC, DCE) or by spin labelling, which needs no agent. Maps of
blood flow come from either.
"""

from __future__ import annotations

from collections.abc import Sequence

from radnec.ingest.identification.facts import Facts
from radnec.ingest.reading.volume import Volume

CERTAIN, POSSIBLE, LABELLED, NONE = "bolus", "perhaps a bolus", "spin labelling", ""
_LABEL_TYPES = frozenset({"ASL", "PASL", "PCASL", "CASL", "ASL_CBF", "M0"})
_PERFUSION_TYPES = frozenset({"PERFUSION", "CBF", "RELCBF", "RCBF", "CBV", "RELCBV", "MTT", "TTP"})


def kind_of(facts: Facts) -> str:
    """Return what a series by itself says about a bolus."""
    kinds = set(facts.image_type)
    if "spin labelling" in facts.words or kinds & _LABEL_TYPES:
        return LABELLED
    perfusion = {"perfusion", "bolus"} & facts.words or kinds & _PERFUSION_TYPES
    if facts.contrast_kind == "PERFUSION":
        perfusion = {"perfusion"}
    if not perfusion:
        return NONE
    tr, te = facts.tr, facts.te
    if "bolus" not in facts.words and tr is not None and te is not None and tr >= 3400 and te < 25:
        # Labelling and the delay after it take seconds; the echo is short (Alsop et al. 2015,
        # Magn Reson Med 73:102). A bolus is followed with a TR of about 2 s and a late echo.
        return LABELLED
    if "bolus" in facts.words:
        return CERTAIN
    if facts.gradient_planar and tr is not None and te is not None and tr <= 2500 and te >= 20:
        return CERTAIN
    return POSSIBLE


def boluses(series: Sequence[tuple[Volume, Facts]]) -> dict[str, str]:
    """Return `CERTAIN` or `POSSIBLE` for each series that may have needed contrast agent.

    A map of blood flow in a session with spin labelling, and with no bolus, is taken for its map.
    """
    kinds = {volume.series: kind_of(facts) for volume, facts in series}
    labelled = {v.session for v, _ in series if kinds[v.series] == LABELLED}
    found = {}
    for volume, _ in series:
        kind = kinds[volume.series]
        if kind == CERTAIN or (kind == POSSIBLE and volume.session not in labelled):
            found[volume.series] = kind
    return found
