"""The comparators by name: what a configuration can ask for, and what each reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ComparatorName = Literal[
    "always_recurrence",
    "scanner",
    "clinical",
    "radiomics",
    "clinical+radiomics",
    "frozen",
    "late_fusion",
    "gao2d",
]
COMPARATORS: tuple[str, ...] = get_args(ComparatorName)

NO_IMAGES = "no-images"
"""In place of an input set in the results of a comparator that reads no image."""


@dataclass(frozen=True)
class Reads:
    """What a comparator learns from.

    Attributes
    ----------
    clinical, scanner
        Columns of the table of cases; manufacturer, model and acquisition.
    radiomics
        Features of the lesion's region.
    encoder
        Features of a frozen, pretrained network.
    network
        The probabilities of a 3D network.
    volumes
        The normalised volumes themselves.
    """

    clinical: bool = False
    scanner: bool = False
    radiomics: bool = False
    encoder: bool = False
    network: bool = False
    volumes: bool = False

    @property
    def images(self) -> bool:
        """Whether there is one model for each input set."""
        return self.radiomics or self.encoder or self.network or self.volumes

    @property
    def lesion(self) -> bool:
        """Whether it has to be known where the lesion is."""
        return self.radiomics or self.volumes


READS: dict[str, Reads] = {
    "always_recurrence": Reads(),
    "scanner": Reads(scanner=True),
    "clinical": Reads(clinical=True),
    "radiomics": Reads(radiomics=True),
    "clinical+radiomics": Reads(clinical=True, radiomics=True),
    "frozen": Reads(encoder=True),
    "late_fusion": Reads(clinical=True, network=True),
    "gao2d": Reads(volumes=True),
}
