"""Batches of cases that one process works on, so that its network is loaded once for them."""

from __future__ import annotations

from collections.abc import Container, Sequence

HDBET_BATCH = 10
"""Cases in a batch of HD-BET."""


class Batches:
    """Cases in batches of one size, by their place in a list.

    The place is that among all cases, used or not: a case that comes to need a mask, or no longer
    does, moves no other case into another batch.
    """

    def __init__(self, cases: Sequence[str], size: int) -> None:
        self._cases = cases
        self._size = size
        # A dictionary: looking a case up in the list takes minutes with ten thousand of them.
        self._places = {case: place for place, case in enumerate(cases)}

    def number(self, case: str) -> int:
        """Return the number of the batch of a case, counted from 0."""
        return self._places[case] // self._size

    def cases(self, number: int, among: Container[str]) -> list[str]:
        """Return the cases of a batch that are `among` some, in order."""
        first = number * self._size
        return [case for case in self._cases[first : first + self._size] if case in among]
