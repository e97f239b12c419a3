"""What identification passes on: what a volume is taken for, and what becomes of it."""

from __future__ import annotations

import dataclasses

from radnec.ingest.identification.facts import Facts
from radnec.ingest.reading.volume import Volume

AMBIGUOUS = "ambiguous"
CHOSEN, NOT_CHOSEN, NOT_USED, REFUSED = "chosen", "not chosen", "not used", "refused"
BY_HAND = "named in the table of overrides"


@dataclasses.dataclass(frozen=True)
class Identity:
    """What a volume is taken for.

    Attributes
    ----------
    sequence
        t1, t1ce, t2, flair; another kind in words; or ``ambiguous``.
    score
        Share of the evidence for `sequence`, 0 to 1.
    contrast
        yes, no or unknown.
    candidates
        For an ambiguous volume, the sequences it may be, the likelier first.
    reasons
        In words, the strongest first; nothing of the headers' free text.
    """

    volume: Volume
    facts: Facts
    sequence: str
    score: float
    contrast: str
    candidates: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Decision:
    """What becomes of one volume.

    Attributes
    ----------
    status
        ``chosen``; ``not chosen`` (another series of the sequence is better); ``not used``
        (not one of the sequences); ``refused`` (one of them, but cannot be converted).
    reason
        Why, in words without identity.
    """

    identity: Identity
    sequence: str
    status: str
    reason: str
