"""What a check of a patient against a study may find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from radnec.novelty.finding import OUTSIDE


def outside(likeness: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """Return the checks that found the patient outside.

    Parameters
    ----------
    likeness
        See `radnec.apply.likeness.compare_with_study`.
    """
    return [check for check in likeness["checks"] if check["verdict"] == OUTSIDE]
