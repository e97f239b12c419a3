"""The section ``figures`` of the configuration."""

from __future__ import annotations

import dataclasses

from radnec.core.settings import Settings


@dataclasses.dataclass(frozen=True)
class FigureSettings(Settings):
    """How the figures are drawn.

    Attributes
    ----------
    dpi
        Pixels per inch of every PNG.
    slices
        Most slices that figure 4 shows; a scan with more is shown at even steps.
    """

    dpi: int
    slices: int
