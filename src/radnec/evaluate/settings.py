"""Settings of the statistics: the configuration's section `evaluation`."""

from __future__ import annotations

import dataclasses

from radnec.core.errors import InputError
from radnec.core.settings import Settings


@dataclasses.dataclass(frozen=True)
class EvaluationSettings(Settings):
    """What the statistics need to be told.

    Attributes
    ----------
    confidence
        Level of every interval.
    bootstrap_repeats
        Resamples of every bootstrap.
    permutation_repeats
        Permutations of the labels behind a permutation p-value.
    prevalence
        Shares of necrosis at which predictive values are stated.
    calibration_bins
        Bins of equal counts for the expected calibration error.
    """

    confidence: float
    bootstrap_repeats: int
    permutation_repeats: int
    prevalence: tuple[float, ...]
    calibration_bins: int

    def __post_init__(self) -> None:
        self._require("confidence", 0.5 <= self.confidence < 1, "0.5 or more and below 1")
        for name in ("bootstrap_repeats", "permutation_repeats"):
            self._require(name, getattr(self, name) >= 100, "100 or more")
        inside = all(0 < share < 1 for share in self.prevalence)
        self._require("prevalence", inside and len(self.prevalence) > 0, "shares between 0 and 1")
        self._require("calibration_bins", self.calibration_bins >= 2, "2 or more")

    def _require(self, name: str, right: bool, expected: str) -> None:
        if not right:
            raise InputError(f"evaluation.{name} is {getattr(self, name)!r}, expected {expected}")
