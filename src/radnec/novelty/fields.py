"""What of a case is compared: fields of its headers, quantiles of its intensities."""

from __future__ import annotations

STATED = (
    "Manufacturer",
    "ManufacturerModelName",
    "MagneticFieldStrength",
    "MRAcquisitionType",
    "Plane",
    "ContrastAgent",
)
TIMING = (
    "RepetitionTime",
    "EchoTime",
    "InversionTime",
    "FlipAngle",
    "SliceThickness",
    "SpacingBetweenSlices",
)
# Per cent. The extremes are left to the vessels and to the mask's edge.
QUANTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
