"""With or without contrast agent: tags, names, and what was given earlier in the session."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Hashable, Iterator

from radnec.ingest.decode import Plain
from radnec.ingest.evidence import EVIDENCE, HINT, STATEMENT, Evidence, shares
from radnec.ingest.facts import Facts
from radnec.ingest.grouping import Volume
from radnec.ingest.slices import Header
from radnec.ingest.vocabulary import fold

READINGS = ("yes", "no")
# What people write into the tag to say that nothing was given.
_DENIED = frozenset(
    {"no", "none", "n", "0", "nein", "non", "kein", "keins", "keine", "ohne", "without", "w", "wo"}
    | {"o", "nil", "na", "a", "not", "applicable", "negative", "nativ", "unenhanced", "sin"}
    | {"sans", "false", "无", "否"}
)


def tag_evidence(header: Header) -> Iterator[Evidence]:
    """Yield what the contrast elements of the header say."""
    agent = _text(header.get("ContrastBolusAgent")) or _text(header.get("ContrastBolusIngredient"))
    if agent:
        if all(word in _DENIED for word in fold(agent).split()):
            yield Evidence("no", EVIDENCE, "contrast tag says none")
        else:
            yield Evidence("yes", EVIDENCE + HINT, "contrast tag is filled")
    for name in ("ContrastBolusVolume", "ContrastBolusTotalDose"):
        value = header.get(name)
        if isinstance(value, float) and value > 0:
            yield Evidence("yes", EVIDENCE, "contrast volume is filled")
            break


def name_evidence(facts: Facts) -> Iterator[Evidence]:
    """Yield what the names of the series say."""
    said = facts.said if {"contrast", "no contrast"} & facts.said else facts.words
    if "no contrast" in said:
        yield Evidence("no", STATEMENT, "named as without contrast")
    elif "contrast" in said:
        yield Evidence("yes", STATEMENT, "named as with contrast")


def _text(value: Plain | None) -> str:
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value).strip()
    return str(value).strip() if value is not None else ""


@dataclasses.dataclass(frozen=True)
class Context:
    """What the other series of the case say about when contrast agent was given.

    Attributes
    ----------
    first_after
        For each session, the time of the earliest series known to be after the injection.
    last_before
        For each session, the time of the latest series said to be before it.
    twins
        For a series, whether it is the earlier or the later of two equal T1 series.
    """

    first_after: dict[str, str]
    last_before: dict[str, str]
    twins: dict[str, str]


def context_of(series: list[tuple[Volume, Facts]]) -> Context:
    """Gather from all series of a case when contrast agent was given."""
    after: dict[str, str] = {}
    before: dict[str, str] = {}
    for volume, facts in series:
        share = shares([*tag_evidence(volume.header), *name_evidence(facts)], READINGS)
        if not volume.time:
            continue
        if share["yes"] > 0.9:
            after[volume.session] = min(volume.time, after.get(volume.session, volume.time))
        elif "no contrast" in facts.said:
            before[volume.session] = max(volume.time, before.get(volume.session, volume.time))
    return Context(after, before, _twins(series))


def judge(
    volume: Volume, facts: Facts, context: Context
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the shares of with and without contrast agent, and why."""
    evidence = [*tag_evidence(volume.header), *name_evidence(facts)]
    certain = any(piece.weight >= STATEMENT for piece in evidence)
    first = context.first_after.get(volume.session)
    if volume.time and first and not certain:
        if volume.time > first:
            evidence.append(
                Evidence("yes", EVIDENCE, "acquired after a series with contrast agent")
            )
        elif volume.time < first and not evidence:
            evidence.append(Evidence("no", EVIDENCE, "acquired before the contrast agent"))
    if not evidence and (turn := context.twins.get(volume.series)):
        reading = "yes" if turn == "later" else "no"
        evidence.append(Evidence(reading, EVIDENCE, f"the {turn} of two equal T1 series"))
    if not evidence:
        if "stereotactic" in facts.words:
            reason = "a planning scan, which is usually but not always made with contrast agent"
            evidence.append(Evidence("yes", HINT, reason))
        evidence.append(Evidence("no", HINT, "nothing says that contrast agent was given"))
    share = shares(evidence, READINGS)
    return share, tuple(piece.reason for piece in sorted(evidence, key=lambda e: -e.weight))


def _twins(series: list[tuple[Volume, Facts]]) -> dict[str, str]:
    """Find pairs of T1 series that differ in time alone."""
    alike: dict[Hashable, list[Volume]] = defaultdict(list)
    for volume, facts in series:
        if not volume.time or facts.tr is None or facts.te is None or facts.derived:
            continue
        if "t2" in facts.words or facts.te > 35:
            continue
        key = (
            volume.session,
            volume.geometry.plane,
            volume.header.get("Rows"),
            volume.header.get("Columns"),
            len(volume.slices),
            round(facts.tr),
            round(facts.te, 1),
            facts.flip,
            facts.scanning,
        )
        alike[key].append(volume)
    turns: dict[str, str] = {}
    for pair in alike.values():
        if len(pair) == 2:
            earlier, later = sorted(pair, key=lambda volume: volume.time)
            turns |= {earlier.series: "earlier", later.series: "later"}
    return turns
