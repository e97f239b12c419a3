"""What radiographers and scanners call things, in the languages seen on consoles.

Names are free text. They are folded (lower case, no accents, words apart) and searched for the
words below; nothing else in them is looked at or kept. So a patient's name that somebody typed
into a series description decides nothing and is written nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from radnec.ingest.identification.agent import agent_meanings
from radnec.ingest.identification.wording import plain_letters
from radnec.ingest.identification.words import (
    NAMES,
    NO_TEST_OBJECTS,
    SEQUENCES_OF_VENDORS,
    TEST_OBJECTS,
)

# T1 begins a word, or follows a plane or a dimension written together with it.
_T = r"(?:(?<![a-z0-9])[osewk]?|(?<=ax)|(?<=sag)|(?<=cor)|(?<=tra)|(?<=[23]d)|(?<=se)|(?<=wi))"
_WEIGHTINGS = {
    "t1": re.compile(rf"{_T}t_?1(?!\d| ?rho| ?map)|t1(?:wi|w|加权|增强|平扫)"),
    "t2": re.compile(rf"{_T}t_?2(?!\d| ?star| ?stern| ?etoile| ?\*| ?map)|t2(?:wi|w|加权|压脂)"),
}


def _expression(words: str) -> str:
    """Turn words of the vocabulary into a regular expression over folded text."""
    found = []
    for word in words.split():
        phrase = re.escape(word.replace("_", " "))
        if not word.isascii():
            found.append(phrase)
            continue
        # The asterisk of T2* is part of the name, every other one stands for any ending.
        if re.fullmatch(r"t2_?\*", word):
            found.append(rf"(?<![a-z0-9]){phrase}")
            continue
        phrase = phrase.replace(r"\*", "[a-z0-9]*").replace(r"\ ", " ?" if len(word) > 6 else " ")
        found.append(rf"(?<![a-z0-9]){phrase}(?![a-z0-9])")
    return "|".join(found)


def _compiled(table: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {meaning: re.compile(_expression(words)) for meaning, words in table.items()}


# "sub" alone also begins the subject's name in the BIDS style, so what follows has to fit.
_SUBTRACTED = re.compile(
    r"(?<![a-z0-9])subs?(?=$| (?:t1|ax|cor|sag|tra|post|image|[23]d|mprage|gd|gad|se)[a-z]*)"
)
_NAMES = _compiled(NAMES) | _WEIGHTINGS
_NAMES["subtraction"] = re.compile(f"{_NAMES['subtraction'].pattern}|{_SUBTRACTED.pattern}")
_OBJECTS = _compiled(TEST_OBJECTS)
_NO_OBJECT = re.compile(_expression(NO_TEST_OBJECTS))
_SEQUENCES = _compiled(SEQUENCES_OF_VENDORS)


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, with single spaces between words.

    A new word begins where a capital follows a small letter (``AxT1Gad``). ``+`` and ``*`` stay.
    """
    # Not after a first letter alone: mIP, pCASL, dADC are one word.
    text = re.sub(r"(?<=[a-z]{2})(?=[A-Z])|(?<![a-zA-Z])([se])(?=T[12])", r"\1 ", text)
    plain = re.sub(r"[^\w+*]+|_", " ", plain_letters(text))
    # axt1, t1mprage, t2tse, 3dflair: a new word begins after a plane, a weighting, a dimension.
    plain = re.sub(r"(?<![a-z])(ax|sag|cor|tra)(?=t[12]|[23]d|flair)", r"\1 ", plain)
    plain = re.sub(r"(?<![a-z])([23]d)(?=[a-z])", r"\1 ", plain)
    plain = re.sub(
        r"(?<![a-z0-9])(t[12])(?=(?!w|ce?\b|gd|gad|km|rho|star|map|post)[a-z])", r"\1 ", plain
    )
    return " ".join(plain.split())


def meanings(texts: Iterable[str]) -> set[str]:
    """Return which meanings of the vocabulary occur in any of the texts.

    What they say about contrast agent is among them; see `agent.MEANINGS`.
    """
    found: set[str] = set()
    for text in texts:
        folded = fold(text)
        found |= {meaning for meaning, pattern in _NAMES.items() if pattern.search(folded)}
        found |= agent_meanings([text])
    return found


def sequence_meanings(texts: Iterable[str]) -> set[str]:
    """Return what the scanner's own names of the pulse sequence say."""
    folded = [fold(text) for text in texts]
    return {m for m, pattern in _SEQUENCES.items() if any(pattern.search(one) for one in folded)}


def test_object(texts: Iterable[str]) -> set[str]:
    """Return which words for test objects the texts hold; see `words.TEST_OBJECTS`."""
    folded = [_NO_OBJECT.sub(" ", fold(text)) for text in texts]
    return {m for m, pattern in _OBJECTS.items() if any(pattern.search(one) for one in folded)}
