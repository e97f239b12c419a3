"""Names whose words are apart: who belongs to whom among agent, with, without and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from radnec.ingest.identification.statements import CONTRAST, NO_CONTRAST, UNCLEAR
from radnec.ingest.identification.wording import (
    AGENT,
    AND,
    DOUBT,
    ENDINGS,
    ENHANCED,
    EVENT,
    FILLER,
    KNOWN,
    PLAIN,
    PRIVATIVE,
    TECHNICAL,
    WITH,
    WITH_AFTER,
    WITHOUT,
    WITHOUT_AFTER,
)

_FARTHEST = 4
# Too short to name an agent unless a word before them says with or without.
_ONLY_AFTER_A_WORD = frozenset({"c", "con", "cont", "iv", "k", "g"})
# English words that stand before what they belong to; at the end of a name, to what is before.
_OF_THE_NEXT = frozenset({"no", "not", "pre", "free", "without", "wo"})
# Name a thing given, but also other things: count beside a word of with or without alone.
_WEAK = frozenset({"produit", "mezzo", "dota", "cm", "kl", "ka", "ку", "кв", "кс", "opak"})


def said(tokens: list[str]) -> Iterator[str]:
    """Yield what the words of a name state about contrast agent, one after another."""
    used: set[int] = set()
    for at, token in enumerate(tokens):
        before = _before(tokens, at)
        alone = token in PLAIN or token in ENHANCED
        if at not in used and token not in _ONLY_AFTER_A_WORD and token in AGENT and not alone:
            yield from _around(tokens, at, before, used)
        elif token in _ONLY_AFTER_A_WORD and before is not None:
            word = tokens[before]
            english = word in {"wo", "w", "with", "without", "no", "non", "pre", "post"}
            if token == "con" and not english:
                continue
            if before == at - 1 and (
                word in {"minus"} or (word in WITHOUT and (word != "non" or token == "con"))
            ):
                used |= {before, at}
                yield NO_CONTRAST
            elif before == at - 1 and (word in WITH or word == "+"):
                used |= {before, at}
                yield CONTRAST
    for at, token in enumerate(tokens):
        if at in used:
            continue
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in ("post", "pre"):
            other = following in EVENT or following in TECHNICAL
            if not other and not (at and tokens[at - 1] == "st"):
                # Post or pre of what, where the next word is in no table?
                known = CONTRAST if token == "post" else NO_CONTRAST
                yield UNCLEAR if unknown(following) else known
        elif token in PLAIN:
            yield NO_CONTRAST
        elif token in ENHANCED:
            yield NO_CONTRAST if at and tokens[at - 1] in WITHOUT else CONTRAST
        elif token in ("c", "k", "g", "iv") and following in ("+", "minus"):
            used.add(at + 1)
            yield CONTRAST if following == "+" else NO_CONTRAST
        elif token == "+" and at == len(tokens) - 1 and at:
            yield CONTRAST
        elif token == "+" and unknown(following):
            yield UNCLEAR
        elif token == "minus" and at == len(tokens) - 1 and at:
            yield UNCLEAR
        elif token == "wo" and at == len(tokens) - 1 and at:
            # "AX T1 W/O": nothing else is left out of a name.
            yield NO_CONTRAST
        elif token == "g" and at == len(tokens) - 1 and at:
            # GE's older consoles: "3D-T1-G"
            yield CONTRAST


def _before(tokens: list[str], at: int) -> int | None:
    """Return where the word stands that an agent belongs to, fillers left aside."""
    for back in range(1, _FARTHEST + 1):
        if at - back < 0:
            return None
        word = tokens[at - back]
        if word in WITHOUT or word in WITH or word not in FILLER:
            return at - back
    return None


def _around(tokens: list[str], at: int, before: int | None, used: set[int]) -> Iterator[str]:
    used.add(at)
    if any(word in DOUBT for word in tokens):
        yield UNCLEAR
        return
    if inflected := _by_ending(tokens[at]):
        yield inflected
        return
    word = tokens[before] if before is not None else ""
    after = at + 1
    while after < len(tokens) and tokens[after] in AGENT:
        used.add(after)
        after += 1
    if _without(word, tokens[at]) or (_is_with(word) and before is not None):
        assert before is not None
        used.add(before)
        other = _beyond(tokens, before)
        if other is not None and _without(word, tokens[at]) != _without(tokens[other], tokens[at]):
            used.add(other)
            yield from (CONTRAST, NO_CONTRAST)
            return
        yield NO_CONTRAST if _without(word, tokens[at]) else CONTRAST
        return
    while after < len(tokens) and tokens[after] in FILLER and tokens[after] not in WITHOUT_AFTER:
        after += 1
    following = tokens[after] if after < len(tokens) else ""
    further = tokens[after + 1] if after + 1 < len(tokens) else ""
    if following in _OF_THE_NEXT and further:
        # "T1 GD NO FS": it belongs to the word after it.
        yield UNCLEAR if unknown(further) and further not in EVENT else CONTRAST
    elif following and (following in WITHOUT_AFTER or following in WITH_AFTER):
        used.add(after)
        yield NO_CONTRAST if following in WITHOUT_AFTER else CONTRAST
    elif tokens[at] in _WEAK:
        return
    elif unknown(word) or unknown(following):
        yield UNCLEAR
    else:
        yield CONTRAST


def _by_ending(word: str) -> str:
    """Return what the ending of the word for contrast says; "" where it says nothing.

    Many languages deny by an ending: Turkish "kontrastsız", Estonian "kontrastita". One that no
    table has may do so.
    """
    stem = re.match(r"kontraszt|[ck]ontrast|kontrasc|контраст", word)
    ending = word[stem.end() :] if stem else ""
    if ending in PRIVATIVE:
        return NO_CONTRAST
    return UNCLEAR if ending and ending not in ENDINGS else ""


def _without(word: str, agent: str) -> bool:
    # Danish "før" loses its accent and looks like English "for".
    if word == "for":
        return agent.startswith(("kontrast", "gd", "gad"))
    # Catalan for without, and Philips' parallel imaging ("T1 SENSE Gd").
    if word == "sense":
        return agent.startswith("contrast")
    return word in WITHOUT or word == "minus"


def _is_with(word: str) -> bool:
    return word in WITH or word == "+"


def _beyond(tokens: list[str], before: int) -> int | None:
    """Return where another word of with or without stands: "ohne und mit KM"."""
    at = before - 1
    while at >= 0 and before - at <= 3 and (tokens[at] in AND or tokens[at] in AGENT):
        if _is_with(tokens[at]) and tokens[at] not in ("+",):
            return at
        at -= 1
    if at >= 0 and before - at <= 3 and (tokens[at] in WITHOUT or _is_with(tokens[at])):
        return at
    return None


def unknown(word: str) -> bool:
    """Return whether no table has a word of a name."""
    return (
        len(word) > 1
        and word.isalpha()
        and word not in KNOWN
        and word not in AGENT
        and word not in FILLER
        and word not in AND
        and word not in EVENT
        and not re.match(r"[t][12]|mpr|fl[23]d|spc|tfl|gre|vibe", word)
    )
