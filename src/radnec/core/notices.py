"""What every page, table and figure says about itself."""

from __future__ import annotations

RESEARCH_USE = "Research use only: not a medical device, not for diagnosis or treatment."
PHANTOM = (
    "Simulated data: the cohort is a physics phantom, no patient was imaged; "
    "its figures say nothing about clinical performance."
)


def notice(phantom: bool) -> str:
    """Return the sentence that goes below every table and figure of a study."""
    return f"{PHANTOM} {RESEARCH_USE}" if phantom else RESEARCH_USE


def cohort_kind(phantom: bool) -> str:
    """Return the value of the last column, `cohort`, of every table of results."""
    return "physics phantom" if phantom else "patients"
