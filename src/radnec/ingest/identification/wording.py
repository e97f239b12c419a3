"""The wording of a name as tokens, and the words of all languages by their role.

Case, accents, width, joined words, signs and slips of the hand are normalised here; what the tokens
say is decided in `agent.py`.
"""

# ruff: noqa: RUF001, E501 (letters of other alphabets are meant; long patterns)
from __future__ import annotations

import difflib
import functools
import re
import unicodedata

from radnec.ingest.identification.languages import LANGUAGES, words_of
from radnec.ingest.identification.words import NAMES

# Letters that have no decomposition into a base letter and an accent.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})
# Scripts that are written without spaces: Han, kana, Hangul (also as decomposed letters).
UNSPACED = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
# What is misspelt most: a word so close to one of these is read as that one.
_OFTEN_MISSPELT = ("contrast", "kontrast", "contraste", "gadolinium")
_SIMILARITY, _SHORTEST = 0.85, 6


def plain_letters(text: str) -> str:
    """Return the text in lower case, of compatible width, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


class Words:
    """Words of one role, of all languages: whole ones, stems, and those of unspaced scripts."""

    def __init__(self, text: str) -> None:
        entries = [plain_letters(entry).replace("_", " ") for entry in text.split()]
        self.unspaced = sorted((e for e in entries if UNSPACED.match(e)), key=len, reverse=True)
        spaced = [e for e in entries if not UNSPACED.match(e)]
        self.phrases = {e for e in spaced if " " in e}
        self.whole = {e for e in spaced if not e.endswith("*")} - self.phrases
        self.stems = tuple(e[:-1] for e in spaced if e.endswith("*") and len(e) > 2)

    def __contains__(self, word: str) -> bool:
        return word in self.whole or (len(word) > 2 and word.startswith(self.stems))


def _role(role: str) -> Words:
    return Words(words_of(role))


AGENT, PLAIN, ENHANCED = _role("agent"), _role("plain"), _role("enhanced")
WITHOUT, WITH = _role("without"), _role("with")
WITHOUT_AFTER, WITH_AFTER = _role("without_after"), _role("with_after")
BRANDS = Words(LANGUAGES["brands", "agent"] + " gado* gd")
NONE, GIVEN, DOUBT = _role("none"), _role("given"), _role("doubt")
FILLER, AND = _role("filler"), _role("conjunction")
EVENT, TECHNICAL = _role("event"), _role("technical")
ENDINGS = frozenset(plain_letters(words_of("ending")).split())
PRIVATIVE = frozenset(plain_letters(words_of("privative")).split())
KNOWN = Words(words_of("neutral") + " " + " ".join(NAMES.values()).replace("_", " "))
_PHRASES = {
    phrase for words in (AGENT, PLAIN, ENHANCED, WITHOUT_AFTER, FILLER) for phrase in words.phrases
}
_MARKS = (
    (re.compile(r"[(\[] *[-\u2212\u2013\u30fc] *[)\]]"), " minus "),
    (re.compile(r"[(\[] *\+ *[)\]]"), " + "),
    # Spanish s/c and c/c, Swedish m/ and u/, and their like.
    (re.compile(r"(?<!\w)s/ *(?=[^\W\d])"), " sin "),
    (re.compile(r"(?<!\w)c/ *(?=[^\W\d])"), " con "),
    (re.compile(r"(?<!\w)m/ *(?=[^\W\d])"), " med "),
    (re.compile(r"(?<!\w)u/ *(?=[^\W\d])"), " uten "),
    (re.compile(r"(?<![a-z])w ?/? ?o(?:ut)?(?![a-z])"), " wo "),
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
    # "AX T1 POST : processed": what follows belongs to another phrase.
    (re.compile(r"(?<![a-z])(post|pre) *[:;,|]"), r"\1contrast "),
    (re.compile(r"\+ ?/ ?[-\u2212\u2013]|\u00b1"), " wo w contrast "),
    (re.compile(r"(?<![a-z])w ?& ?wo(?![a-z])"), " wo w contrast "),
    (re.compile(r"\+"), " + "),
)  # fmt: skip


def tokens_of(text: str) -> list[str]:
    """Return the words of a name, plain and apart; `+` and `minus` are words of their own."""
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
    known = (AGENT, PLAIN, ENHANCED, KNOWN, FILLER, NONE, WITHOUT, WITH)
    if len(token) < _SHORTEST or not token.isalpha() or any(token in words for words in known):
        return token
    near = difflib.get_close_matches(token, _OFTEN_MISSPELT, 1, _SIMILARITY)
    return near[0] if near else token


@functools.lru_cache(maxsize=500)
def _joined(phrase: str) -> None:
    """Let a phrase written as one word play the roles of the phrase."""
    for words in (AGENT, PLAIN, ENHANCED, WITHOUT_AFTER, NONE, FILLER):
        if phrase in words.phrases:
            words.whole.add(phrase.replace(" ", ""))
