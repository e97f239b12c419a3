"""What a name, or the text of the contrast element, says about contrast agent.

A name is read word by word, as `wording.py` gives them. Where the agent is named beside a
word that no table knows, the word may be a denial in another language: the name is unclear.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator

from radnec.ingest.identification.wording import (
    AGENT,
    AND,
    BRANDS,
    ENHANCED,
    FILLER,
    GIVEN,
    KNOWN,
    NONE,
    PLAIN,
    UNSPACED,
    WITH,
    WITH_AFTER,
    WITHOUT,
    WITHOUT_AFTER,
    Words,
    plain_letters,
    tokens_of,
)

CONTRAST, NO_CONTRAST, UNCLEAR = "contrast", "no contrast", "contrast unclear"
MEANINGS = frozenset({CONTRAST, NO_CONTRAST, UNCLEAR})
_FARTHEST = 4
_UNSPACED_WORDS = re.compile(rf"(?:\S*{UNSPACED.pattern}\S*\s*)+")
# Scripts of which some language is in the tables.
_KNOWN_SCRIPTS = re.compile(r"[\u0000-\u024f\u0370-\u052f\u1e00-\u1fff]")
# "post" and "pre" of something else than contrast agent.
_OTHER_EVENT = re.compile(
    r"op(?!tim)\w*|proc\w*|surg\w*|treat\w*|rt|radi\w*|chir\w*|cir\w*|res\w*|ther\w*|biop\w*|fus\w*"
    r"|stroke\w*|label\w*|rx|chemo\w*|trauma\w*|processing|scan\w*|sat|reg|fossa|ictal\w*|lp|"
    r"temodal|avastin|bestrahl\w*|strahl\w*|ct|mortem|plan\w*|srs|gk"
)
# Too short to name an agent unless a word before them says with or without.
_ONLY_AFTER_A_WORD = frozenset({"c", "con", "cont", "iv", "k", "g"})
# Hint at agent without saying that it was given: a dose may be of saline, "late" of a repeat.
_HINT = re.compile(
    r"(?<![\d.,])(?:0*[1-9]\d*|\d*[.,]\d+) ?(?:mmol|ml|cc)(?![a-z])"
    r"|(?<![a-z])(?:delay(?:ed)?|tardi[a-z]*|spat|iv|pg)(?![a-z])"
)
# Name a thing given, but also other things: count beside a word of with or without alone.
_UNITS = frozenset({"ml", "cc", "mmol", "mg", "kg"})
_WEAK = frozenset({"produit", "mezzo", "dota", "cm", "kl", "ka", "ку", "кв", "кс", "opak"})


def _unspaced_pattern() -> re.Pattern[str]:
    def any_of(words: Words) -> str:
        return "|".join(map(re.escape, words.unspaced))

    agent = rf"(?:gd|mri)? ?(?:{any_of(AGENT)})(?: ?(?:剤|剂|劑|mri|検査|mr))?"
    return re.compile(
        rf"(?P<both>(?:{agent}) ?前 ?[/と和及・]? ?[后後]|조영 ?전 ?후)"
        rf"|(?P<no>(?:{any_of(WITHOUT)}) ?(?:{agent})"
        rf"|(?:{agent}) ?(?:{any_of(WITHOUT_AFTER)}|minus)|{any_of(PLAIN)})"
        rf"|(?P<yes>{agent}|{any_of(ENHANCED)})"
    )


def _decomposed(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(plain_letters(pattern.pattern).replace("(?p<", "(?P<"))


_UNSPACED_NAME = _decomposed(_unspaced_pattern())


@functools.lru_cache(maxsize=20_000)
def said_of_agent(text: str) -> frozenset[str]:
    """Return which of `MEANINGS` a name states; both, or unclear, where that cannot be decided."""
    found: set[str] = set()
    tokens = tokens_of(text)
    spaced = []
    unspaced = _UNSPACED_WORDS.findall(" ".join(tokens))
    found |= set().union(*(_unspaced(words.strip()) for words in unspaced))
    for token in tokens:
        if UNSPACED.search(token):
            continue
        elif not _KNOWN_SCRIPTS.match(token):
            found.add(UNCLEAR)
        else:
            spaced.append(token)
    for one, two in itertools.pairwise(tokens):
        if two == "minus" and _unspaced(one) == {CONTRAST}:
            found = (found - {CONTRAST}) | {NO_CONTRAST}
            spaced.remove("minus")
    found |= set(_spaced(spaced))
    if not found and _HINT.search(plain_letters(text).replace("_", " ")):
        found.add(UNCLEAR)
    # Runs of question marks: letters of another script that were lost on the way.
    if re.search(r"\?{2,}|\ufffd", text):
        found.add(UNCLEAR)
    return frozenset(found)


def _unspaced(token: str) -> set[str]:
    found: set[str] = set()
    for match in _UNSPACED_NAME.finditer(token):
        found |= {"both": {CONTRAST, NO_CONTRAST}, "no": {NO_CONTRAST}, "yes": {CONTRAST}}[
            str(match.lastgroup)
        ]
    return found


def _spaced(tokens: list[str]) -> Iterator[str]:
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
            if before == at - 1 and (word in {"minus"} or (word in WITHOUT and word != "non")):
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
            if not _OTHER_EVENT.fullmatch(following) and not (at and tokens[at - 1] == "st"):
                # Post or pre of what, where the next word is in no table?
                known = CONTRAST if token == "post" else NO_CONTRAST
                yield UNCLEAR if _unknown(following) else known
        elif token in PLAIN:
            yield NO_CONTRAST
        elif token in ENHANCED:
            yield NO_CONTRAST if at and tokens[at - 1] in WITHOUT else CONTRAST
        elif token in ("c", "k", "g", "iv") and following in ("+", "minus"):
            used.add(at + 1)
            yield CONTRAST if following == "+" else NO_CONTRAST
        elif token == "+" and at == len(tokens) - 1 and at:
            yield CONTRAST
        elif token == "+" and _unknown(following):
            yield UNCLEAR
        elif token == "minus" and at == len(tokens) - 1 and at:
            yield UNCLEAR
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
    if following and (following in WITHOUT_AFTER or following in WITH_AFTER):
        used.add(after)
        yield NO_CONTRAST if following in WITHOUT_AFTER else CONTRAST
    elif tokens[at] in _WEAK:
        return
    elif _unknown(word) or _unknown(following):
        yield UNCLEAR
    else:
        yield CONTRAST


def _without(word: str, agent: str) -> bool:
    # Danish "før" loses its accent and looks like English "for".
    if word == "for":
        return agent.startswith(("kontrast", "gd", "gad"))
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


def _unknown(word: str) -> bool:
    return (
        len(word) > 1
        and word.isalpha()
        and word not in KNOWN
        and word not in AGENT
        and word not in FILLER
        and word not in AND
        and not re.match(r"[t][12]|mpr|fl[23]d|spc|tfl|gre|vibe", word)
    )


def tag_reading(text: str) -> str:
    """Return what the text of the contrast element says: yes, no, unclear, or "" for nothing."""
    tokens = tokens_of(text)
    amounts = [int(token) for token in re.findall(r"\d+", text)]
    words = [token for token in tokens if not re.fullmatch(r"\d+(?:ml|cc|mmol|mg|kg)?", token)]
    words = [word for word in words if word not in _UNITS]
    if not words:
        return "" if not amounts else ("yes" if any(amounts) else "no")
    bare = [word for word in words if word not in FILLER and word not in AGENT] or words
    if all(word in NONE or word in NONE.unspaced for word in bare) and any(
        word in NONE or word in NONE.unspaced for word in words
    ):
        return "no"
    if {"unknown", "unbekannt", "inconnu", "desconocido", "onbekend"} & set(words):
        return ""
    said = said_of_agent(text)
    named = any(word in BRANDS for word in words)
    if said == {CONTRAST} or (said == {UNCLEAR} and named):
        return "yes"
    if said == {NO_CONTRAST}:
        return "no"
    if said:
        return "unclear" if CONTRAST in said or UNCLEAR in said else "no"
    if any(word in GIVEN or word in GIVEN.unspaced for word in words):
        return "yes"
    return "unclear"


def agent_meanings(texts: Iterable[str]) -> set[str]:
    """Return what any of the texts states about contrast agent."""
    return set().union(*(said_of_agent(text) for text in texts)) if texts else set()
