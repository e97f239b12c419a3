"""What radiographers and scanners call things, in the languages seen on consoles.

Names are free text. They are folded (lower case, no accents, words apart) and searched for the
words below; nothing else in them is looked at or kept. So a patient's name that somebody typed
into a series description decides nothing and is written nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from radnec.ingest.identification.words import NAMES, SEQUENCES_OF_VENDORS, TEST_OBJECTS

# T1 begins a word, or follows a plane or a dimension written together with it.
_T = r"(?:(?<![a-z0-9])[osewk]?|(?<=ax)|(?<=sag)|(?<=cor)|(?<=tra)|(?<=[23]d)|(?<=se)|(?<=wi))"
_WEIGHTINGS = {
    "t1": re.compile(rf"{_T}t_?1(?!\d| ?rho| ?map)|t1(?:wi|w|加权|增强|平扫)"),
    "t2": re.compile(rf"{_T}t_?2(?!\d| ?star| ?stern| ?etoile| ?\*| ?map)|t2(?:wi|w|加权|压脂)"),
}

_AGENT = (
    r"(?:gd|gad\w*|contrast\w*|kontrast\w*|km|ce?|iv|ivc|inj\w*|inyec\w*|dotarem|gadovist"
    r"|magnevist|prohance|multihance|clariscan|enhanc\w*)"
)
# "W/WO", "with and without": the name of an exam, which says both.
_BOTH = re.compile(r"(?<![a-z0-9])(?:w|with) ?(?:and|und|et|\+)? ?(?:w ?o|without)(?![a-z0-9])")
_WITHOUT = re.compile(
    rf"(?<![a-z0-9])(?:pre|non|no|not|without|w ?o|ohne|sans|sin|vor|avant|before|minus) ?(?:iv )?"
    rf"{_AGENT}(?![a-z0-9])"
    r"|(?<![a-z0-9])(?:pre(?! ?(?:op|surg|rt|radi|treat|therap|chir|scan))"
    r"|pre(?:con|gad|reg|inj)\w*"
    r"|pregd|t1w?pre[a-z]*|nativ\w*|nonenh\w*|noncontrast|unenhanced|plain|nc)(?![a-z0-9])"
    r"|(?<![a-z0-9])(?:gd|km|c) ?minus"
    r"|平扫|平掃|增强前|增強前|未增强"
)
_WITH = re.compile(
    r"(?<![a-z0-9])(?:post|pos|with|mit|avec|con|nach|apres|after|w|plus) ?(?:iv )?"
    rf"{_AGENT}(?![a-z0-9])"
    rf"|\+ ?{_AGENT}(?![a-z0-9])|(?<=[a-z0-9)])\+$|(?<![a-z0-9])(?:gd|gad|km|k|ce?) ?\+"
    r"|(?<![a-z0-9])(?:gd|gad|gd dtpa|dtpa|km|ce|inj|injecte?e?|injection|dotarem|gadovist"
    r"|magnevist|prohance|multihance|clariscan|omniscan|elucirem|vueway|contraste?d?|kontrast\w*"
    r"|postcon\w*|postkm|postgad\w*|postgd|enhanced?|enh|enhancement)(?![a-z0-9])"
    r"|gado(?!linium free)|gadolin"
    r"|(?<![a-z0-9])t1w?(?:ce?|gd|gad|km|post[a-z]*)(?![a-z0-9])|(?<=[a-z0-9]) g$"
    r"|(?<![a-z0-9])post(?! ?(?:op|proc|surg|treat|rt|radi|chir|res|ther|biop|fus|stroke|label))"
    r"(?![a-z0-9])"
    r"|增强|增強|强化|強化|造影"
)


_NO_SPLIT = r"w|ce?\b|gd|gad|km|rho|star|map|post|pre"


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
_SEQUENCES = _compiled(SEQUENCES_OF_VENDORS)


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, with single spaces between words.

    A new word begins where a capital follows a small letter (``AxT1Gad``). ``+`` and ``*``
    stay; a minus stays, as the word ``minus``, where it belongs to a contrast agent.
    """
    # Not after a first letter alone: mIP, pCASL, dADC are one word.
    text = re.sub(r"(?<=[a-z]{2})(?=[A-Z])|(?<![a-zA-Z])([se])(?=T[12])", r"\1 ", text)
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"(?<![a-z0-9])-(?=(?:c|gd|km|gad)(?![a-z0-9]))", " minus ", plain)
    plain = re.sub(r"(?<=(?<![a-z0-9])c)-(?![a-z0-9])", " minus ", plain)
    plain = re.sub(r"(?<=(?<![a-z0-9])[gk][dm])-(?![a-z0-9])", " minus ", plain)
    plain = re.sub(r"[^\w+*]+|_", " ", plain)
    # t1mprage, t2tse, 3dflair: a new word begins where a weighting or a dimension ends.
    plain = re.sub(r"(?<![a-z])([23]d)(?=[a-z])", r"\1 ", plain)
    plain = re.sub(
        r"(?<![a-z0-9])(t[12])(?=(?!w|ce?\b|gd|gad|km|rho|star|map|post)[a-z])", r"\1 ", plain
    )
    return " ".join(plain.split())


def meanings(texts: Iterable[str]) -> set[str]:
    """Return which meanings of the vocabulary occur in any of the texts.

    ``contrast`` and ``no contrast`` exclude each other unless a text states both.
    """
    found: set[str] = set()
    for text in texts:
        folded = fold(text)
        found |= {meaning for meaning, pattern in _NAMES.items() if pattern.search(folded)}
        if _BOTH.search(folded):
            found |= {"contrast", "no contrast"}
            continue
        rest, denials = _WITHOUT.subn(" ", folded)
        if denials:
            found.add("no contrast")
        if _WITH.search(rest):
            found.add("contrast")
    return found


def sequence_meanings(texts: Iterable[str]) -> set[str]:
    """Return what the scanner's own names of the pulse sequence say."""
    folded = [fold(text) for text in texts]
    return {m for m, pattern in _SEQUENCES.items() if any(pattern.search(one) for one in folded)}


def test_object(texts: Iterable[str]) -> set[str]:
    """Return whether texts name a phantom or a fruit."""
    folded = [fold(text) for text in texts]
    return {m for m, pattern in _OBJECTS.items() if any(pattern.search(one) for one in folded)}
