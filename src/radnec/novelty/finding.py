"""What one check found of one case."""

from __future__ import annotations

from dataclasses import dataclass

WITHIN, OUTSIDE, UNKNOWN = "within", "outside", "not compared"
"""Verdicts of one check."""


@dataclass(frozen=True)
class Finding:
    """How far a case lies from the cases of a study, in one respect.

    Attributes
    ----------
    score
        The larger, the further; its scale is the check's own.
    found, seen
        The value that decided, and what the study's cases had, for reading.
    """

    score: float
    found: str
    seen: str


def furthest(findings: list[Finding]) -> Finding | None:
    """Return the finding of the largest score; None where nothing could be compared."""
    return max(findings, key=lambda one: one.score, default=None)
