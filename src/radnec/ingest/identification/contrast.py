"""With or without contrast agent: tags, names, and what was given earlier in the session."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from radnec.ingest.identification import pairs
from radnec.ingest.identification.bolus import CERTAIN, boluses
from radnec.ingest.identification.contrast_tag import tag_reading
from radnec.ingest.identification.evidence import EVIDENCE, HINT, STATEMENT, Evidence, shares
from radnec.ingest.identification.facts import Facts
from radnec.ingest.identification.statements import CONTRAST, NO_CONTRAST, UNCLEAR, UNREAD
from radnec.ingest.identification.vocabulary import meanings
from radnec.ingest.reading.types import Header, Plain, texts
from radnec.ingest.reading.volume import Volume

READINGS = ("yes", "no")
NOT_SAID = "nothing says that contrast agent was given"
LATER_OF_TWO = "the later of two equal T1 series"
_KNOWN = 0.9


@dataclasses.dataclass(frozen=True)
class Context:
    """What the other series of the case say about when contrast agent was given.

    Attributes
    ----------
    first_after
        For each session, the moment of the earliest series known to be after the injection.
    perhaps_after
        The same for perfusion that may have needed contrast agent or not.
    promised
        Sessions whose study or protocol name says "with contrast".
    copied
        Sessions whose contrast tag stands on series made before any injection as well.
    turns
        For a series, its place in time among equal T1 series; see `pairs`.
    """

    first_after: dict[str, str]
    perhaps_after: dict[str, str]
    promised: set[str]
    copied: set[str]
    turns: dict[str, str]


def tag_evidence(header: Header) -> Iterator[Evidence]:
    """Yield what the contrast elements of the header say."""
    agent = _text(header.get("ContrastBolusAgent")) or _text(header.get("ContrastBolusIngredient"))
    reading = tag_reading(agent) if agent else ""
    if reading == "no":
        yield Evidence("no", EVIDENCE, "contrast tag says none")
    elif reading == "yes":
        yield Evidence("yes", EVIDENCE + HINT, "contrast tag is filled")
    elif reading == "unclear":
        yield Evidence("yes", HINT, "contrast tag has words that are not known")
        yield Evidence("no", HINT, "contrast tag has words that are not known")
    for name in ("ContrastBolusVolume", "ContrastBolusTotalDose"):
        value = header.get(name)
        if isinstance(value, float) and value > 0 and reading != "no":
            yield Evidence("yes", EVIDENCE, "contrast volume is filled")
            break


def name_evidence(facts: Facts) -> Iterator[Evidence]:
    """Yield what the names of the series say; one that states both, or is unclear, is open."""
    stated = {CONTRAST, NO_CONTRAST} & facts.words
    if stated == {NO_CONTRAST}:
        yield Evidence("no", STATEMENT, "named as without contrast")
    elif stated == {CONTRAST}:
        yield Evidence("yes", STATEMENT, "named as with contrast")
    elif stated or UNCLEAR in facts.words:
        reason = "the name speaks of contrast agent in words that are not clear"
        if stated:
            reason = "the name says both with and without contrast"
        yield Evidence("yes", HINT, reason)
        yield Evidence("no", HINT, reason)


def context_of(series: Sequence[tuple[Volume, Facts]]) -> Context:
    """Gather from all series of a case when contrast agent was given."""
    turns = pairs.places_in_time(series)
    copied = _copied(series, turns)
    given = boluses(series)
    after: dict[str, str] = {}
    perhaps: dict[str, str] = {}
    promised: set[str] = set(copied)
    for volume, facts in series:
        share = shares(_own_evidence(volume, facts, copied), READINGS, among=2)
        bolus = given.get(volume.series)
        if volume.moment and (share["yes"] > _KNOWN or bolus):
            into = after if share["yes"] > _KNOWN or bolus == CERTAIN else perhaps
            into[volume.session] = min(volume.moment, into.get(volume.session, volume.moment))
        if CONTRAST in meanings(texts(volume.header, ("StudyDescription", "ProtocolName"))):
            promised.add(volume.session)
    return Context(after, perhaps, promised, copied, turns)


def _copied(series: Sequence[tuple[Volume, Facts]], turns: dict[str, str]) -> set[str]:
    """Return the sessions whose tag says nothing about a single series.

    It was filled at registration where it stands on the localizer, on a series named as without
    contrast, or on all series with the earlier of two equal T1 among them.
    """
    tagged: dict[str, list[bool]] = {}
    copied: set[str] = set()
    for volume, facts in series:
        filled = any(piece.reading == "yes" for piece in tag_evidence(volume.header))
        tagged.setdefault(volume.session, []).append(filled)
        localizer = "localizer" in facts.words | facts.sequence or "LOCALIZER" in facts.image_type
        before = {CONTRAST, NO_CONTRAST} & facts.words == {NO_CONTRAST}
        if filled and (localizer or before):
            copied.add(volume.session)
    for volume, _ in series:
        if turns.get(volume.series) == pairs.EARLIER and all(tagged[volume.session]):
            copied.add(volume.session)
    return copied


def _own_evidence(volume: Volume, facts: Facts, copied: set[str]) -> list[Evidence]:
    found = list(name_evidence(facts))
    if volume.session not in copied:
        found = [*tag_evidence(volume.header), *found]
    return found


def judge(
    volume: Volume, facts: Facts, context: Context
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the shares of with and without contrast agent, and why."""
    evidence = _own_evidence(volume, facts, context.copied)
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
    ordered = sorted(evidence, key=lambda e: -e.weight)
    return share, tuple(dict.fromkeys(piece.reason for piece in ordered))


def _circumstances(volume: Volume, facts: Facts, context: Context) -> Iterator[Evidence]:
    """Yield what is left where neither tags nor names nor earlier series say anything."""
    turn = context.turns.get(volume.series)
    if turn == pairs.LATER:
        yield Evidence("yes", EVIDENCE, LATER_OF_TWO)
        return
    if turn == pairs.EARLIER:
        yield Evidence("no", EVIDENCE, "the earlier of two equal T1 series")
        return
    yield Evidence("no", HINT, NOT_SAID)
    perhaps = context.perhaps_after.get(volume.session)
    if turn == pairs.REPEAT:
        reason = "one of two equal T1 series in a row: before and after contrast agent, or repeated"
        yield Evidence("yes", HINT, reason)
    elif perhaps and _comparable(volume.moment, perhaps) and volume.moment > perhaps:
        reason = "acquired after perfusion that may have needed contrast agent"
        yield Evidence("yes", HINT, reason)
    elif UNREAD in facts.words:
        reason = "the name has words that no table knows, which may speak of contrast agent"
        yield Evidence("yes", HINT, reason)
    elif "stereotactic" in facts.words:
        reason = "a planning scan, usually but not always made with contrast agent"
        yield Evidence("yes", HINT, reason)
    elif volume.session in context.copied:
        reason = "the contrast tag stands on all of the exam, also on what came before the agent"
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
