"""What the text of the element for the contrast agent says."""

from __future__ import annotations

import re

from radnec.ingest.identification.agent import said_of_agent
from radnec.ingest.identification.statements import CONTRAST, NO_CONTRAST, UNCLEAR
from radnec.ingest.identification.wording import AGENT, BRANDS, FILLER, GIVEN, NONE, tokens_of

_UNITS = frozenset({"ml", "cc", "mmol", "mg", "kg"})


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
