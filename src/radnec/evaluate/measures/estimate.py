"""One number with its interval, or the reason why there is none."""

from __future__ import annotations

import dataclasses
import math
from typing import Any


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A point estimate, its confidence limits and what has to be said about them.

    Attributes
    ----------
    value, low, high
        NaN where not defined; `note` then begins with ``not defined:`` and says why.
    method
        How the interval was computed.
    """

    value: float
    low: float
    high: float
    method: str
    note: str = ""

    @property
    def defined(self) -> bool:
        """Whether value and both limits are numbers."""
        return not any(math.isnan(number) for number in (self.value, self.low, self.high))

    def row(self) -> dict[str, Any]:
        """Return the estimate as cells of a long table; NaN becomes an empty cell."""
        return dataclasses.asdict(self)


def undefined(method: str, why: str, value: float = math.nan) -> Estimate:
    """Return an estimate without an interval, and without a value unless one is given.

    Examples
    --------
    >>> undefined("DeLong", "no necrosis case").note
    'not defined: no necrosis case'
    """
    return Estimate(value, math.nan, math.nan, method, f"not defined: {why}")
