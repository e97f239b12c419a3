"""What a name, or the text of the contrast element, says about contrast agent.

A name is read word by word with the tables of `languages.py`. Where the agent is named beside a
word that no table knows, the word may be a denial in another language: the name is unclear.
"""

# ruff: noqa: RUF001, E501 (letters of other alphabets are meant, and count double in a line)
from __future__ import annotations

import difflib
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator

from radnec.ingest.identification.languages import CONJUNCTIONS, FILLERS, LANGUAGES, NEUTRAL
from radnec.ingest.identification.words import NAMES

CONTRAST, NO_CONTRAST, UNCLEAR = "contrast", "no contrast", "contrast unclear"
MEANINGS = frozenset({CONTRAST, NO_CONTRAST, UNCLEAR})
_FARTHEST = 4
# Letters that have no decomposition into a base letter and an accent.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})
# Scripts that are written without spaces: Han, kana, Hangul (also as decomposed letters).
_UNSPACED = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_UNSPACED_WORDS = re.compile(rf"(?:\S*{_UNSPACED.pattern}\S*\s*)+")
# Scripts of which some language is in the tables.
_KNOWN_SCRIPTS = re.compile(r"[\u0000-\u024f\u0370-\u052f\u1e00-\u1fff]")
# "post" and "pre" of something else than contrast agent.
_OTHER_EVENT = re.compile(
    r"op(?!tim)\w*|proc\w*|surg\w*|treat\w*|rt|radi\w*|chir\w*|cir\w*|res\w*|ther\w*|biop\w*|fus\w*"
    r"|stroke\w*|label\w*|rx|chemo\w*|trauma\w*|processing|scan\w*|sat|reg|fossa|ictal\w*|lp|"
    r"temodal|avastin|bestrahl\w*|strahl\w*|ct|mortem|plan\w*|srs|gk"
)


def plain_letters(text: str) -> str:
    """Return the text in lower case, of compatible width, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


class _Words:
    """Words of one role, of all languages: whole ones, stems, and those of unspaced scripts."""

    def __init__(self, text: str) -> None:
        entries = [plain_letters(entry).replace("_", " ") for entry in text.split()]
        self.unspaced = sorted((e for e in entries if _UNSPACED.match(e)), key=len, reverse=True)
        spaced = [e for e in entries if not _UNSPACED.match(e)]
        self.phrases = {e for e in spaced if " " in e}
        self.whole = {e for e in spaced if not e.endswith("*")} - self.phrases
        self.stems = tuple(e[:-1] for e in spaced if e.endswith("*") and len(e) > 2)

    def __contains__(self, word: str) -> bool:
        return word in self.whole or (len(word) > 2 and word.startswith(self.stems))


def _role(role: str) -> _Words:
    return _Words(" ".join(words.get(role, "") for words in LANGUAGES.values()))


_AGENT, _PLAIN, _ENHANCED = _role("agent"), _role("plain"), _role("enhanced")
_WITHOUT, _WITH = _role("without"), _role("with")
_WITHOUT_AFTER, _WITH_AFTER = _role("without_after"), _role("with_after")
_BRANDS = _Words(LANGUAGES["brands"]["agent"] + " gado* gd")
_NONE, _GIVEN = _role("none"), _role("given")
_FILLER, _AND = _Words(FILLERS), _Words(CONJUNCTIONS)
_KNOWN = _Words(NEUTRAL + " ".join(NAMES.values()).replace("_", " "))
_PHRASES = {
    phrase
    for words in (_AGENT, _PLAIN, _ENHANCED, _WITHOUT_AFTER, _FILLER)
    for phrase in words.phrases
}
# Too short to name an agent unless a word before them says with or without.
_ONLY_AFTER_A_WORD = frozenset({"c", "con", "cont", "iv", "k", "g"})
# What is misspelt most: a word so close to one of these is read as that one.
_OFTEN_MISSPELT = ("contrast", "kontrast", "contraste", "gadolinium")
_SIMILARITY, _SHORTEST = 0.85, 6
# Hint at agent without saying that it was given: a dose may be of saline, "late" of a repeat.
_HINT = re.compile(
    r"(?<![\d.,])(?:0*[1-9]\d*|\d*[.,]\d+) ?(?:mmol|ml|cc)(?![a-z])"
    r"|(?<![a-z])(?:delay(?:ed)?|tardi[a-z]*|spat|iv|pg)(?![a-z])"
)
# Name a thing given, but also other things: count beside a word of with or without alone.
_UNITS = frozenset({"ml", "cc", "mmol", "mg", "kg"})
_WEAK = frozenset({"produit", "mezzo", "dota", "cm", "kl", "ka", "ку", "кв", "кс", "opak"})


def _unspaced_pattern() -> re.Pattern[str]:
    def any_of(words: _Words) -> str:
        return "|".join(map(re.escape, words.unspaced))

    agent = rf"(?:gd|mri)? ?(?:{any_of(_AGENT)})(?: ?(?:剤|剂|劑|mri|検査|mr))?"
    return re.compile(
        rf"(?P<both>(?:{agent}) ?前 ?[/と和及・]? ?[后後]|조영 ?전 ?후)"
        rf"|(?P<no>(?:{any_of(_WITHOUT)}) ?(?:{agent})"
        rf"|(?:{agent}) ?(?:{any_of(_WITHOUT_AFTER)}|minus)|{any_of(_PLAIN)})"
        rf"|(?P<yes>{agent}|{any_of(_ENHANCED)})"
    )


def _decomposed(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(plain_letters(pattern.pattern).replace("(?p<", "(?P<"))


_UNSPACED_NAME = _decomposed(_unspaced_pattern())
_MARKS = (
    (re.compile(r"[(\[] *[-\u2212\u2013\u30fc] *[)\]]"), " minus "),
    (re.compile(r"[(\[] *\+ *[)\]]"), " + "),
    # Spanish s/c and c/c, Swedish m/ and u/, and their like.
    (re.compile(r"(?<!\w)s/ *(?=[^\W\d])"), " sin "),
    (re.compile(r"(?<!\w)c/ *(?=[^\W\d])"), " con "),
    (re.compile(r"(?<!\w)m/ *(?=[^\W\d])"), " med "),
    (re.compile(r"(?<!\w)u/ *(?=[^\W\d])"), " uten "),
    (re.compile(r"(?<![a-z])w ?/? ?o(?![a-z])"), " wo "),
    (re.compile(r"(?<!\w)w/"), " w "),
    # German: "v. KM" is before, "o. KM" is without; "i.v. KM" is neither.
    (re.compile(r"(?<![\w./])(?<!i\. )(?<!i )v\. ?(?=(?:km|kontrast))"), " vor "),
    (re.compile(r"(?<![\w./])o\. ?(?=(?:km|kontrast))"), " ohne "),
    (re.compile(r"(?<![a-z0-9])p\. ?c\.?(?![a-z0-9])"), " postcontrast "),
    (re.compile(r"(?<=[^\W\d])\.(?=[^\W\d])"), " "),
    # A minus belongs to the agent that it touches, and not to a word before it.
    (re.compile(r"(?<!\w)[-\u2212\u2013](?=(?:c|gd|km|gad|iv|ce|mdc)(?!\w))"), " minus "),
    (
        re.compile(r"(?<!\w)(c|gd|km|gad\w*|iv|k|ce|mdc|kl|contrast\w*|kontrast\w*) ?[-\u2212\u2013](?!\w)"),
        r" \1 minus ",
    ),
    # AxT1Gad, T1post, GdT1: weighting, plane and agent written together.
    (re.compile(r"(?<![a-z])(ax|axi|axial|sag|cor|coro|tra|trans)(?=t[12]|[23]d|flair|post|pre|gd|gad|km)"), r"\1 "),
    (re.compile(r"(?<![a-z])([23]d)(?=[a-z])"), r"\1 "),
    (re.compile(r"(?<![a-z])((?:t[12]|pd)w?i?)[\s_]?(?=\+?(?:gd|gad|km|post|pre|mdc|contr|kontr|inj|nativ))"), r"\1 "),
    (re.compile(r"(?<![a-z])(gd|gad|gado|km|ce|post|pre)(?=t[12])"), r"\1 "),
    (re.compile(r"(?<![a-z])(post|pre|ohne|nach|mit|dopo|senza|sans|apres|sin|con|sem|com|pos)(?=(?:gd|gad|km|mdc)(?![a-z]))"), r"\1 "),
    (re.compile(r"\+"), " + "),
)  # fmt: skip


def _tokens(text: str) -> list[str]:
    # A new word begins where a capital follows small letters; not after one: mIP, pCASL.
    text = re.sub(r"(?<=[a-z]{2})(?=[A-Z])|(?<=[Tt][12])(?=[A-Z][a-z])", " ", text)
    folded = plain_letters(text)
    for pattern, replacement in _MARKS:
        folded = pattern.sub(replacement, folded)
    folded = " ".join(re.sub(r"[^\w+]+|_", " ", folded).split())
    for phrase in _PHRASES:
        if f" {phrase} " in f" {folded} ":
            folded = f" {folded} ".replace(f" {phrase} ", f" {phrase.replace(' ', '')} ").strip()
            _joined(phrase)
    return [_spelt(token) for token in folded.split()]


@functools.lru_cache(maxsize=20_000)
def _spelt(token: str) -> str:
    """Return the word that is meant, where a slip of the hand is likely."""
    known = (_AGENT, _PLAIN, _ENHANCED, _KNOWN, _FILLER, _NONE, _WITHOUT, _WITH)
    if len(token) < _SHORTEST or not token.isalpha() or any(token in words for words in known):
        return token
    near = difflib.get_close_matches(token, _OFTEN_MISSPELT, 1, _SIMILARITY)
    return near[0] if near else token


@functools.lru_cache(maxsize=500)
def _joined(phrase: str) -> None:
    """Let a phrase written as one word play the roles of the phrase."""
    for words in (_AGENT, _PLAIN, _ENHANCED, _WITHOUT_AFTER, _NONE, _FILLER):
        if phrase in words.phrases:
            words.whole.add(phrase.replace(" ", ""))


@functools.lru_cache(maxsize=20_000)
def said_of_agent(text: str) -> frozenset[str]:
    """Return which of `MEANINGS` a name states; both, or unclear, where that cannot be decided."""
    found: set[str] = set()
    tokens = _tokens(text)
    spaced = []
    unspaced = _UNSPACED_WORDS.findall(" ".join(tokens))
    found |= set().union(*(_unspaced(words.strip()) for words in unspaced))
    for token in tokens:
        if _UNSPACED.search(token):
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
        alone = token in _PLAIN or token in _ENHANCED
        if at not in used and token not in _ONLY_AFTER_A_WORD and token in _AGENT and not alone:
            yield from _around(tokens, at, before, used)
        elif token in _ONLY_AFTER_A_WORD and before is not None:
            word = tokens[before]
            english = word in {"wo", "w", "with", "without", "no", "non", "pre", "post"}
            if token == "con" and not english:
                continue
            if before == at - 1 and (word in {"minus"} or (word in _WITHOUT and word != "non")):
                used |= {before, at}
                yield NO_CONTRAST
            elif before == at - 1 and (word in _WITH or word == "+"):
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
        elif token in _PLAIN:
            yield NO_CONTRAST
        elif token in _ENHANCED:
            yield NO_CONTRAST if at and tokens[at - 1] in _WITHOUT else CONTRAST
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
        if word in _WITHOUT or word in _WITH or word not in _FILLER:
            return at - back
    return None


def _around(tokens: list[str], at: int, before: int | None, used: set[int]) -> Iterator[str]:
    used.add(at)
    word = tokens[before] if before is not None else ""
    after = at + 1
    while after < len(tokens) and tokens[after] in _AGENT:
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
    while after < len(tokens) and tokens[after] in _FILLER and tokens[after] not in _WITHOUT_AFTER:
        after += 1
    following = tokens[after] if after < len(tokens) else ""
    if following and (following in _WITHOUT_AFTER or following in _WITH_AFTER):
        used.add(after)
        yield NO_CONTRAST if following in _WITHOUT_AFTER else CONTRAST
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
    return word in _WITHOUT or word == "minus"


def _is_with(word: str) -> bool:
    return word in _WITH or word == "+"


def _beyond(tokens: list[str], before: int) -> int | None:
    """Return where another word of with or without stands: "ohne und mit KM"."""
    at = before - 1
    while at >= 0 and before - at <= 3 and (tokens[at] in _AND or tokens[at] in _AGENT):
        if _is_with(tokens[at]) and tokens[at] not in ("+",):
            return at
        at -= 1
    if at >= 0 and before - at <= 3 and (tokens[at] in _WITHOUT or _is_with(tokens[at])):
        return at
    return None


def _unknown(word: str) -> bool:
    return (
        len(word) > 1
        and word.isalpha()
        and word not in _KNOWN
        and word not in _AGENT
        and word not in _FILLER
        and word not in _AND
        and not re.match(r"[t][12]|mpr|fl[23]d|spc|tfl|gre|vibe", word)
    )


def tag_reading(text: str) -> str:
    """Return what the text of the contrast element says: yes, no, unclear, or "" for nothing."""
    tokens = _tokens(text)
    amounts = [int(token) for token in re.findall(r"\d+", text)]
    words = [token for token in tokens if not re.fullmatch(r"\d+(?:ml|cc|mmol|mg|kg)?", token)]
    words = [word for word in words if word not in _UNITS]
    if not words:
        return "" if not amounts else ("yes" if any(amounts) else "no")
    bare = [word for word in words if word not in _FILLER and word not in _AGENT] or words
    if all(word in _NONE or word in _NONE.unspaced for word in bare) and any(
        word in _NONE or word in _NONE.unspaced for word in words
    ):
        return "no"
    if {"unknown", "unbekannt", "inconnu", "desconocido", "onbekend"} & set(words):
        return ""
    said = said_of_agent(text)
    named = any(word in _BRANDS for word in words)
    if said == {CONTRAST} or (said == {UNCLEAR} and named):
        return "yes"
    if said == {NO_CONTRAST}:
        return "no"
    if said:
        return "unclear" if CONTRAST in said or UNCLEAR in said else "no"
    if any(word in _GIVEN or word in _GIVEN.unspaced for word in words):
        return "yes"
    return "unclear"


def agent_meanings(texts: Iterable[str]) -> set[str]:
    """Return what any of the texts states about contrast agent."""
    return set().union(*(said_of_agent(text) for text in texts)) if texts else set()
