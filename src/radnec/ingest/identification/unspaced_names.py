"""Names in scripts that are written without spaces: Han, kana and Hangul."""

from __future__ import annotations

import re

from radnec.ingest.identification.statements import CONTRAST, NO_CONTRAST
from radnec.ingest.identification.wording import (
    AGENT,
    AND,
    ENHANCED,
    FILLER,
    KNOWN,
    PLAIN,
    UNSPACED,
    WITH,
    WITH_AFTER,
    WITHOUT,
    WITHOUT_AFTER,
    Words,
    plain_letters,
)

_WORDS = re.compile(rf"(?:\S*{UNSPACED.pattern}\S*\s*)+")
_LATIN_AGENT = "gd|gad|km"


def _pattern() -> re.Pattern[str]:
    def any_of(words: Words) -> str:
        return "|".join(map(re.escape, words.unspaced))

    latin = rf"(?<![a-z])(?:{_LATIN_AGENT})(?![a-z])"
    agent = rf"(?:gd|mri)? ?(?:{any_of(AGENT)}|{latin})(?: ?(?:剤|剂|劑|mri|検査|mr))?"
    return re.compile(
        rf"(?P<both>(?:{agent}) ?前 ?[/と和及・]? ?[后後]|조영 ?전 ?후)"
        rf"|(?P<no>(?:{any_of(WITHOUT)}) ?(?:{agent})"
        rf"|(?:{agent}) ?(?:{any_of(WITHOUT_AFTER)}|minus)|{any_of(PLAIN)})"
        rf"|(?P<yes>{agent}|{any_of(ENHANCED)})"
    )


def _decomposed(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(plain_letters(pattern.pattern).replace("(?p<", "(?P<"))


_NAME = _decomposed(_pattern())
_READ = re.compile(
    "|".join(
        re.escape(word)
        for word in sorted(
            {
                word
                for words in (AGENT, PLAIN, ENHANCED, WITH, WITHOUT, WITH_AFTER, WITHOUT_AFTER)
                for word in words.unspaced
            }
            | {word for words in (KNOWN, FILLER, AND) for word in words.unspaced},
            key=len,
            reverse=True,
        )
    )
)
# "Gd 後": the agent in Latin letters belongs to the word after it.
_SPLIT_AGENT = re.compile(rf"(?<![a-z])({_LATIN_AGENT}) (?={UNSPACED.pattern})")


def joined(tokens: list[str]) -> list[str]:
    """Return the tokens with a Latin abbreviation of the agent joined to what follows it."""
    return _SPLIT_AGENT.sub(r"\1", " ".join(tokens)).split()


def parts_of(tokens: list[str]) -> list[str]:
    """Return the runs of words that hold letters of such a script."""
    return [run.strip() for run in _WORDS.findall(" ".join(tokens))]


def said(run: str) -> set[str]:
    """Return what a run of words states about contrast agent."""
    found: set[str] = set()
    for match in _NAME.finditer(run):
        found |= {"both": {CONTRAST, NO_CONTRAST}, "no": {NO_CONTRAST}, "yes": {CONTRAST}}[
            str(match.lastgroup)
        ]
    return found


def has_unread(run: str) -> bool:
    """Return whether letters of such a script are left when all known words are taken out."""
    return bool(UNSPACED.search(_READ.sub("", run)))
