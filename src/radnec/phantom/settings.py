"""Settings of the phantom: section `phantom` of the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from radnec.core.settings import Settings


@dataclass(frozen=True)
class PhantomSettings(Settings):
    """How far the simulated patients and scans are from ideal.

    Attributes
    ----------
    snr
        Signal of white matter over the SD of the noise in each channel, every sequence.
    movement_mm, movement_degrees
        Largest shift and rotation along and about each axis between two sequences.
    deformation_mm
        SD of the smooth deformation that makes one head differ from another.
    bias
        Largest deviation of the receive field, as exp(+-bias).
    """

    snr: float
    movement_mm: float
    movement_degrees: float
    deformation_mm: float
    bias: float
