"""Settings of the skull stripping: the section `skull_strip` of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from annotated_types import Le

from radnec.core.settings import Conflict, Count, Flag, Range, Settings

# The backends whose networks are loaded once for a batch of cases.
LEARNED = ("hd-bet", "hd-bet-1", "deepbet")


class SkullStripSettings(Settings):
    """How everything but the brain is taken out of a case's images."""

    backend: Literal["hd-bet", "hd-bet-1", "deepbet", "atlas", "given", "none"] = "hd-bet"
    """hd-bet, hd-bet-1, deepbet, atlas, given (column `mask`) or none

    `hd-bet-1` and `deepbet` take their networks from installed packages; `given`: every case names
    its mask; `none`: the images come stripped, or keep their skull.

    Change: `hd-bet-1` where the network of `hd-bet` cannot be had, `deepbet` on small machines
    """
    atlas_head: str = ""
    """atlas: a head template of your own

    Empty: the one that is found by itself.

    Change: for children, for instance
    """
    atlas_mask: str = ""
    """and its brain mask

    Change: with `atlas_head`
    """
    mirroring: Flag = True
    """hd-bet, hd-bet-1: average over mirrored heads; false is 8 times faster

    The mean over the eight mirrored heads is HD-BET's default; without it the masks are a little
    less exact.

    Change: `false` on machines without a GPU
    """
    networks: Annotated[Count, Le(5)] = 1
    """hd-bet-1: how many of its five networks are averaged

    Each takes as long as the first.

    Change: 5 on a GPU, for masks as HD-BET's default makes them
    """
    volume_ml: Range = (800.0, 2200.0)
    """a brain outside is flagged

    Change: for children
    """
    on_failure: Literal["exclude", "keep"] = "keep"
    """or exclude

    What becomes of a case with a flagged mask; it is kept with a warning.

    Change: after a look at the quality control
    """

    def conflicts(self) -> Iterator[Conflict]:
        """Give a head template without its mask, or the other way round."""
        if bool(self.atlas_head) != bool(self.atlas_mask):
            given, missing = "atlas_head", "atlas_mask"
            if self.atlas_mask:
                given, missing = missing, given
            yield Conflict(missing, f"a path, as {given} is {getattr(self, given)!r}")
