"""The four MRI sequences, in the order in which one of them becomes the reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

# Ying et al. 2025, "Data preprocessing", step 3: T1ce > T1 > T2 > FLAIR.
SequenceName = Literal["t1ce", "t1", "t2", "flair"]
SEQUENCES: tuple[str, ...] = get_args(SequenceName)


def reference_of(available: Iterable[str]) -> str:
    """Return the sequence that the others of a case are registered to.

    Raises
    ------
    ValueError
        If none of the four sequences is available.
    """
    present = set(available)
    for sequence in SEQUENCES:
        if sequence in present:
            return sequence
    raise ValueError(
        f"no reference among {sorted(present)}: expected one of {', '.join(SEQUENCES)}"
    )
