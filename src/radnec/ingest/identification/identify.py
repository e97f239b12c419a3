"""Which sequence each series is: rules on headers, added up to a score with reasons."""

from __future__ import annotations

from collections.abc import Sequence

from radnec.ingest.identification import contrast, weighting
from radnec.ingest.identification.evidence import Evidence, shares
from radnec.ingest.identification.facts import Facts, exam_wide, facts_of
from radnec.ingest.identification.roles import role
from radnec.ingest.identification.types import AMBIGUOUS, Identity
from radnec.ingest.reading.volume import Volume


def identify(volumes: Sequence[Volume], min_confidence: float) -> list[Identity]:
    """Identify the volumes of one case, in their order.

    Parameters
    ----------
    min_confidence
        Share of the evidence that a reading needs; below it the volume is ambiguous.
    """
    shared = exam_wide(volumes)
    facts = [
        facts_of(volume, use_protocol=volume.header.get("ProtocolName") not in shared)
        for volume in volumes
    ]
    context = contrast.context_of(list(zip(volumes, facts, strict=True)))
    return [
        _identify(volume, known, context, min_confidence)
        for volume, known in zip(volumes, facts, strict=True)
    ]


def _identify(
    volume: Volume, facts: Facts, context: contrast.Context, min_confidence: float
) -> Identity:
    other = role(volume, facts)
    given, given_why = contrast.judge(volume, facts, context)
    if other is not None:
        return Identity(volume, facts, other[0], 1.0, _given(given), (), (other[1],))
    evidence = list(weighting.weighting_evidence(facts))
    if not evidence:
        reason = "no names, echo or repetition time in the headers to tell the sequence by"
        return Identity(volume, facts, "unknown", 0.0, _given(given), (), (reason,))
    share = shares(evidence, weighting.READINGS, weighting.AMONG)
    ranked = sorted(share, key=lambda name: -share[name])
    best = ranked[0]
    reasons = _reasons(evidence, best)
    if share[best] < min_confidence:
        likely = tuple(name for name in ranked if share[name] > (1 - min_confidence) / 2)
        return Identity(
            volume, facts, AMBIGUOUS, share[best], _given(given), _as_sequences(likely, given),
            _reasons(evidence, *likely),
        )  # fmt: skip
    if best != "t1":
        return Identity(volume, facts, best, share[best], _given(given), (), reasons)
    reasons += given_why
    with_agent = given["yes"]
    if max(with_agent, 1 - with_agent) < min_confidence:
        candidates = ("t1ce", "t1") if with_agent >= 0.5 else ("t1", "t1ce")
        score = share["t1"] * max(with_agent, 1 - with_agent)
        return Identity(volume, facts, AMBIGUOUS, score, "unknown", candidates, reasons)
    sequence = "t1ce" if with_agent > 0.5 else "t1"
    score = share["t1"] * max(with_agent, 1 - with_agent)
    return Identity(volume, facts, sequence, score, _given(given), (), reasons)


def _given(share: dict[str, float]) -> str:
    if share["yes"] >= 0.9:
        return "yes"
    return "no" if share["no"] >= 0.9 else "unknown"


def _as_sequences(likely: tuple[str, ...], given: dict[str, float]) -> tuple[str, ...]:
    t1 = "t1ce" if given["yes"] > 0.5 else "t1"
    return tuple(t1 if name == "t1" else name for name in likely)


def _reasons(evidence: list[Evidence], *readings: str) -> tuple[str, ...]:
    kept = sorted((e for e in evidence if e.reading in readings), key=lambda e: -e.weight)
    return tuple(dict.fromkeys(piece.reason for piece in kept))
