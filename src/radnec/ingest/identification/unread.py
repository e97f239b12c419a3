"""Whether a name has words that no table knows: what it says of contrast agent is open then.

A T1 is called native where nothing says that agent was given. That "nothing" can only be said of a
name that was read: an abbreviation or a language that no table has may be the statement itself.
"""

from __future__ import annotations

import functools

from radnec.ingest.identification import unspaced_names
from radnec.ingest.identification.spaced_names import unknown
from radnec.ingest.identification.wording import (
    ENHANCED,
    EVENT,
    FILLER,
    KNOWN,
    PLAIN,
    TECHNICAL,
    UNSPACED,
    WITH,
    WITHOUT,
    tokens_of,
)


@functools.lru_cache(maxsize=20_000)
def unread(text: str) -> bool:
    """Return whether a name has an unknown word, or a with or without that belongs to nothing.

    "Post" and "pre" of an event in the patient's history (an operation) count as well: images
    before and after injection are both made then.
    """
    tokens = unspaced_names.joined(tokens_of(text))
    if any(unspaced_names.has_unread(run) for run in unspaced_names.parts_of(tokens)):
        return True
    spaced = [token for token in tokens if not UNSPACED.search(token)]
    return any(_open(spaced, at) for at in range(len(spaced)))


def _open(tokens: list[str], at: int) -> bool:
    token = tokens[at]
    if token in WITH or token in WITHOUT:
        rest = [word for word in tokens[at + 1 :] if word not in FILLER]
        # "SENSE" at the end is Philips' parallel imaging, and no Catalan word.
        meant = len(token) > 1 and token not in KNOWN
        if not rest:
            return meant
        return rest[0] in EVENT or (meant and (rest[0] in WITH or rest[0] in WITHOUT))
    # "T1 SPIR C": an agent to some, a place on the neck or a mode to others.
    if token == "c":
        return True
    # "postop", "preop": one word.
    if token in EVENT and token.startswith(("post", "pre")):
        return True
    known = (PLAIN, ENHANCED, TECHNICAL)
    return unknown(token) and not any(token in words for words in known)
