"""With or without contrast agent: tags, names, and what was given earlier in the session."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from radnec.ingest.identification.evidence import EVIDENCE, HINT, STATEMENT, Evidence, shares
from radnec.ingest.identification.facts import Facts
from radnec.ingest.identification.vocabulary import fold, meanings
from radnec.ingest.reading.types import Header, Plain, texts
from radnec.ingest.reading.volume import Volume

READINGS = ("yes", "no")
_KNOWN = 0.9
# Two equal scans nearer in time than this, with nothing in between, are as likely a repeat
# after movement as a scan before and after injection.
_REPEAT_SECONDS = 240.0
# What people write into the tag to say that nothing was given.
_DENIED = frozenset(
    {"no", "none", "n", "0", "nein", "non", "kein", "keins", "keine", "ohne", "without", "w", "wo"}
    | {"o", "nil", "na", "a", "not", "applicable", "negative", "nativ", "unenhanced", "sin"}
    | {"sans", "false", "contrast", "minus", "unknown", "unbekannt", "无", "否"}
)


@dataclasses.dataclass(frozen=True)
class Context:
    """What the other series of the case say about when contrast agent was given.

    Attributes
    ----------
    first_after
        For each session, the moment of the earliest series known to be after the injection.
    promised
        Sessions whose study or protocol name says "with contrast".
    twins
        For a series, its place (``earlier``, ``later``, ``repeat``) among two equal T1 series.
    """

    first_after: dict[str, str]
    promised: set[str]
    twins: dict[str, str]


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
    """Yield what the names of the series say; a name that states both says nothing."""
    stated = {"contrast", "no contrast"} & facts.words
    if stated == {"no contrast"}:
        yield Evidence("no", STATEMENT, "named as without contrast")
    elif stated == {"contrast"}:
        yield Evidence("yes", STATEMENT, "named as with contrast")


def context_of(series: Sequence[tuple[Volume, Facts]]) -> Context:
    """Gather from all series of a case when contrast agent was given."""
    after: dict[str, str] = {}
    promised: set[str] = set()
    for volume, facts in series:
        share = shares([*tag_evidence(volume.header), *name_evidence(facts)], READINGS, among=2)
        # Bolus perfusion needs contrast agent; arterial spin labelling does not.
        if (share["yes"] > _KNOWN or "perfusion" in facts.words) and volume.moment:
            after[volume.session] = min(volume.moment, after.get(volume.session, volume.moment))
        exam = meanings(texts(volume.header, ("StudyDescription", "ProtocolName")))
        if "contrast" in exam:
            promised.add(volume.session)
    return Context(after, promised, _twins(series))


def judge(
    volume: Volume, facts: Facts, context: Context
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the shares of with and without contrast agent, and why."""
    evidence = [*tag_evidence(volume.header), *name_evidence(facts)]
    certain = any(piece.weight >= STATEMENT for piece in evidence)
    first = context.first_after.get(volume.session)
    if first and not certain and _comparable(volume.moment, first):
        if volume.moment > first:
            reason = "acquired after a series with contrast agent"
            evidence.append(Evidence("yes", EVIDENCE, reason))
        elif volume.moment < first and not evidence:
            evidence.append(Evidence("no", EVIDENCE, "acquired before the contrast agent"))
    if not evidence:
        evidence += _circumstances(volume, facts, context)
    share = shares(evidence, READINGS, among=2)
    return share, tuple(piece.reason for piece in sorted(evidence, key=lambda e: -e.weight))


def _circumstances(volume: Volume, facts: Facts, context: Context) -> Iterator[Evidence]:
    """Yield what is left where neither tags nor names nor earlier series say anything."""
    turn = context.twins.get(volume.series)
    if turn == "later":
        yield Evidence("yes", EVIDENCE, "the later of two equal T1 series")
        return
    if turn == "earlier":
        yield Evidence("no", EVIDENCE, "the earlier of two equal T1 series")
        return
    yield Evidence("no", HINT, "nothing says that contrast agent was given")
    if turn == "repeat":
        reason = "one of two equal T1 series in a row: before and after contrast agent, or repeated"
        yield Evidence("yes", HINT, reason)
    elif "stereotactic" in facts.words:
        reason = "a planning scan, usually but not always made with contrast agent"
        yield Evidence("yes", HINT, reason)
    elif volume.session in context.promised and volume.session not in context.first_after:
        reason = "the exam's name says with contrast agent, but no series does"
        yield Evidence("yes", HINT, reason)


def _text(value: Plain | None) -> str:
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value).strip()
    return str(value).strip() if value is not None else ""


def _comparable(moment: str, other: str) -> bool:
    # A clock time and a series number cannot be compared.
    return bool(moment and other) and (moment[0] == "#") == (other[0] == "#")


def _twins(series: Sequence[tuple[Volume, Facts]]) -> dict[str, str]:
    """Find pairs of T1 series that differ in time alone."""
    alike: dict[Hashable, list[Volume]] = defaultdict(list)
    for volume, facts in series:
        if not volume.moment or facts.tr is None or facts.te is None or facts.derived:
            continue
        if facts.te > 35 or {"t2", "flair", "localizer"} & facts.words - {"t1"}:
            continue
        key = (
            volume.study,
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
        if len(pair) != 2:
            continue
        earlier, later = sorted(pair, key=lambda volume: volume.moment)
        others = (v.moment for v, _ in series if v.session == earlier.session and v.series)
        between = any(earlier.moment < moment < later.moment for moment in others)
        gap = seconds_between(earlier.moment, later.moment)
        if between or gap is None or gap >= _REPEAT_SECONDS:
            turns |= {earlier.series: "earlier", later.series: "later"}
        else:
            turns |= {earlier.series: "repeat", later.series: "repeat"}
    return turns


def seconds_between(earlier: str, later: str) -> float | None:
    """Return the time from one moment to another of the same day; None where unknown."""
    found = []
    for moment in (earlier, later):
        clock = moment.partition("T")[2]
        if len(clock) < 6 or not clock[:6].isdigit():
            return None
        found.append(int(clock[:2]) * 3600 + int(clock[2:4]) * 60 + int(clock[4:6]))
    return float(found[1] - found[0])
