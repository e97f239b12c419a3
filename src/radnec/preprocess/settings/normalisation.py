"""Settings of the normalisation: the section `normalisation` of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from radnec.core.expectations import Expected
from radnec.core.settings import Conflict, Count, Flag, NotNegative, Range, Settings


class NormalisationSettings(Settings):
    """How every case is brought to one orientation, one size and one scale of intensity."""

    size: Annotated[
        tuple[Count, Count, Count],
        Expected("a list of three whole numbers of at least 1: voxels along x, y, z"),
    ] = (160, 160, 32)
    """voxels: left-right, back-front, bottom-top

    The paper prints none.

    Change: to trade detail for time
    """
    keep_aspect: Flag = True
    """false: the brain fills the volume along each axis

    True: a case is scaled by one factor along all axes and padded.

    Change: rarely
    """
    margin: NotNegative = 4.0
    """mm around the brain

    Change: rarely
    """
    intensity: Literal["min-max", "percentile", "z-score"] = "min-max"
    """as the paper; or percentile, z-score

    Change: for scans with outlying voxels
    """
    percentiles: Range = (0.5, 99.5)
    """for percentile

    Change: with `percentile`
    """
    region: Literal["volume", "brain"] = "volume"
    """or brain

    Whose intensities decide the scale.

    Change: rarely
    """

    def conflicts(self) -> Iterator[Conflict]:
        """Give percentiles above 100."""
        if self.percentiles[1] > 100:
            yield Conflict("percentiles", "a list of two numbers from 0 to 100, the lower first")
