"""What a name, or the text of the contrast element, says about contrast agent.

A name is read word by word, as `wording.py` gives them. Where the agent is named beside a
word that no table knows, the word may be a denial in another language: the name is unclear.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable

from radnec.ingest.identification import spaced_names, unspaced_names
from radnec.ingest.identification.statements import CONTRAST, NO_CONTRAST, UNCLEAR
from radnec.ingest.identification.wording import UNSPACED, plain_letters, tokens_of

# Scripts of which some language is in the tables.
_KNOWN_SCRIPTS = re.compile(r"[\u0000-\u024f\u0370-\u052f\u1e00-\u1fff]")
# Hint at agent without saying that it was given: a dose may be of saline, "late" of a repeat.
_HINT = re.compile(
    r"(?<![\d.,])(?:0*[1-9]\d*|\d*[.,]\d+) ?(?:mmol|ml|cc)(?![a-z])"
    r"|(?<![a-z])(?:delay(?:ed)?|tardi[a-z]*|spat|iv|pg)(?![a-z])"
)
# Letters of another script that were lost on the way, or a question.
_DOUBTFUL = re.compile(r"\?|\ufffd")


@functools.lru_cache(maxsize=20_000)
def said_of_agent(text: str) -> frozenset[str]:
    """Return which of `MEANINGS` a name states; both, or unclear, where that cannot be decided."""
    tokens = unspaced_names.joined(tokens_of(text))
    spaced = [token for token in tokens if not UNSPACED.search(token)]
    if _DOUBTFUL.search(text) or not all(_KNOWN_SCRIPTS.match(token) for token in spaced):
        # What was lost, or cannot be read, may deny what is left.
        return frozenset({UNCLEAR})
    found = set().union(*(unspaced_names.said(run) for run in unspaced_names.parts_of(tokens)))
    for one, two in itertools.pairwise(tokens):
        if two == "minus" and UNSPACED.search(one) and unspaced_names.said(one) == {CONTRAST}:
            found = (found - {CONTRAST}) | {NO_CONTRAST}
            spaced.remove("minus")
    found |= set(spaced_names.said(spaced))
    if not found and _HINT.search(plain_letters(text).replace("_", " ")):
        found.add(UNCLEAR)
    return frozenset(found)


def agent_meanings(texts: Iterable[str]) -> set[str]:
    """Return what any of the texts states about contrast agent."""
    return set().union(*(said_of_agent(text) for text in texts)) if texts else set()
