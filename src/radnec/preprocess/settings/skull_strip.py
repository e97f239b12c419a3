"""Settings of the skull stripping: the section `skull_strip` of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from radnec.core.settings import Conflict, Flag, Range, Settings


class SkullStripSettings(Settings):
    """How everything but the brain is taken out of a case's images."""

    backend: Literal["hd-bet", "atlas", "given", "none"] = "hd-bet"
    """hd-bet, atlas, given (column `mask`) or none

    `given`: every case names its mask; `none`: the images come stripped, or keep their skull.

    Change: `atlas` where the network's files cannot be had
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
    """hd-bet: average over mirrored heads; false is 8 times faster

    The mean over the eight mirrored heads is HD-BET's default; without it the masks are a little
    less exact.

    Change: `false` on machines without a GPU
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
