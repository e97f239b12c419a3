"""One piece of evidence about a series, and how pieces add up."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

# Natural log odds. A hint makes its reading about 3 times as likely, plain evidence 12 times,
# a statement of the scanner or the operator 150 times.
HINT, EVIDENCE, STATEMENT = 1.1, 2.5, 5.0


class Evidence(NamedTuple):
    """A reason for (weight > 0) or against (weight < 0) one reading of a series."""

    reading: str
    weight: float
    reason: str


def shares(evidence: Iterable[Evidence], readings: tuple[str, ...], among: int) -> dict[str, float]:
    """Return each reading's share of the evidence: softmax of the summed log odds.

    Parameters
    ----------
    among
        How many readings are possible at all, whether named in `readings` or not; those
        without evidence count as equally likely.
    """
    totals: dict[str, float] = {}
    for piece in evidence:
        totals[piece.reading] = totals.get(piece.reading, 0.0) + piece.weight
    powers = {name: math.exp(total) for name, total in totals.items()}
    whole = sum(powers.values()) + max(0, among - len(powers))
    return {name: powers.get(name, 1.0) / whole for name in readings}
