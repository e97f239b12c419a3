"""The two ways in which input can be wrong: the study's, or one case's."""

from __future__ import annotations


class InputError(ValueError):
    """The configuration or a table is wrong: the study stops before anything runs.

    The message names the file, the key or row, the value found and the value expected.
    """


class CaseExcluded(Exception):
    """One case cannot go on; the study does, without it.

    Parameters
    ----------
    reason
        What a reader of cohort/cases.tsv needs to understand why, free of identity.
    **measures
        Figures that belong to the reason and go into the case's record.
    """

    def __init__(self, reason: str, **measures: float | str | bool | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.measures = measures
