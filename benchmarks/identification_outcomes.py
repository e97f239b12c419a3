"""What a user meets of an identification: right, open, or wrong, with or without a warning.

- right: what is true or as acceptable; "right, warned" is a false alarm
- fair: ambiguous, where that is as acceptable as the truth
- open: ambiguous otherwise, or its case is excluded: a person has to decide
- lost: one of the four, taken for something else, so that its sequence is missing
- wrong, not chosen: taken for a wrong sequence, for which the case has a better series
- wrong, warned: used as a wrong sequence, and a warning of the case names that sequence
- wrong, silent: used as a wrong sequence, and nothing says so

Any of the four is wrong where nobody can tell. Intervals are Wilson's at 95 %.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from statsmodels.stats.proportion import proportion_confint

from radnec.core.sequences import SEQUENCES

OPEN = "open"
OUTCOMES = (
    "right",
    "right, warned",
    "fair",
    OPEN,
    "lost",
    "wrong, not chosen",
    "wrong, warned",
    "wrong, silent",
)


class Shown(NamedTuple):
    """What the study shows of one series.

    Attributes
    ----------
    sequence
        One of the four; `OPEN` where it is ambiguous, unknown or its case is excluded; else what
        it is taken for, in words.
    chosen
        Whether the study uses it for that sequence.
    warned
        Whether a warning of the case names that sequence.
    """

    sequence: str
    chosen: bool
    warned: bool


class Judged(NamedTuple):
    """The outcome of one series, the row of the table it counts in, and a line for the list."""

    outcome: str
    kind: str
    line: str


def outcome(shown: Shown, truth: str, also: Sequence[str] = ()) -> str:
    """Return which of `OUTCOMES` it is.

    Parameters
    ----------
    truth
        t1, t1ce, t2, flair, open where nobody can tell, or anything else for none of the four.
    also
        What is as acceptable: open, other or a sequence.
    """
    taken = shown.sequence if shown.sequence in (*SEQUENCES, OPEN) else "other"
    truth = truth if truth in (*SEQUENCES, OPEN) else "other"
    warned = shown.chosen and shown.warned
    if taken == truth or (taken in also and taken != OPEN):
        return "right, warned" if warned else "right"
    if taken == OPEN:
        return "fair" if taken in also else OPEN
    if taken not in SEQUENCES:
        return "lost"
    if not shown.chosen:
        return "wrong, not chosen"
    return "wrong, warned" if warned else "wrong, silent"


def print_outcomes(found: Sequence[Judged], *, listed: bool) -> None:
    """Print the share of each outcome, of false alarms among what is right, and a row a kind.

    Parameters
    ----------
    listed
        Whether each series that is not right is printed as well.
    """
    counts = Counter(one.outcome for one in found)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        by_kind[one.kind][one.outcome] += 1
        if listed and not one.outcome.startswith("right"):
            print(f"{one.outcome}: {one.kind}: {one.line}")
    for what in OUTCOMES:
        print(_share(what, counts[what], len(found)))
    right = counts["right"] + counts["right, warned"]
    print(_share("warned of what is right", counts["right, warned"], right))
    print("kind" + " " * 32 + "".join(f"{what:>18s}" for what in OUTCOMES))
    for kind, count in sorted(by_kind.items()):
        print(f"{kind:36s}" + "".join(f"{count[what]:18d}" for what in OUTCOMES))


def _share(what: str, count: int, among: int) -> str:
    low, high = proportion_confint(count, among, method="wilson")
    return f"{what:24s} {count:4d}  {count / among:7.2%}  ({low:.2%} to {high:.2%})"
