"""Settings of the phantom: section `phantom` of the configuration."""

from __future__ import annotations

from radnec.core.settings import NotNegative, Positive, Settings


class PhantomSettings(Settings):
    """How far the simulated patients and scans are from ideal."""

    snr: Positive = 25.0
    """signal of white matter over the noise

    Over the SD of the noise in each channel, in every sequence.

    Change: to make the demo easier or harder
    """
    movement_mm: NotNegative = 3.0
    """largest shift along each axis between two sequences

    Change: to make the demo easier or harder
    """
    movement_degrees: NotNegative = 3.0
    """largest rotation about each axis between two sequences

    Change: to make the demo easier or harder
    """
    deformation_mm: NotNegative = 3.0
    """SD of the deformation that makes heads differ

    Change: to make the demo easier or harder
    """
    bias: NotNegative = 0.15
    """largest deviation of the receive field, as exp(+-bias)

    Change: to make the demo easier or harder
    """
