"""The two classes, and the one place that says which of them is positive.

The paper (Ying et al. 2025, "Evaluation metric") defines necrosis as the positive
class, because it is the rarer one and the one whose miss costs the patient most.
"""

from __future__ import annotations

NEGATIVE = "recurrence"
POSITIVE = "necrosis"

# The order is the order of the network's two outputs: channel 1 is necrosis.
CLASSES = (NEGATIVE, POSITIVE)


def class_index(label: str) -> int:
    """Return the network output channel of a class: 0 recurrence, 1 necrosis.

    Raises
    ------
    ValueError
        If `label` is neither class.
    """
    if label not in CLASSES:
        raise ValueError(f"label {label!r}: expected one of {', '.join(CLASSES)}")
    return CLASSES.index(label)


def called(p_necrosis: float) -> str:
    """Return the likelier class of a probability of necrosis; at 0.5 recurrence."""
    return POSITIVE if p_necrosis > 0.5 else NEGATIVE
