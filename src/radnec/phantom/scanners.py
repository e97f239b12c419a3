"""The four scanners of the paper's Table 2 and the geometry that each one scans with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scanner:
    """One row of Table 2.

    Its "field of view" column (80, 100) cannot be millimetres of a head; it is read as the
    phase field of view in per cent. Frequency encoding runs front to back, phase encoding
    left to right.

    Attributes
    ----------
    thickness, spacing
        Slice thickness and distance of slice centres in mm.
    frequency, phase
        The acquired matrix.
    field_of_view
        Field of view along frequency in mm.
    phase_fraction
        Field of view along phase as a part of `field_of_view`.
    slices
        Number of slices that covers the head from the vertex into the neck.
    """

    key: str
    manufacturer: str
    model: str
    thickness: float
    spacing: float
    frequency: int
    phase: int
    field_of_view: float
    phase_fraction: float
    slices: int

    @property
    def pixel(self) -> float:
        """Edge of a reconstructed pixel in mm; phase is zero-filled to square pixels."""
        return self.field_of_view / self.frequency

    @property
    def columns(self) -> int:
        """Reconstructed columns (left to right); the rows are `frequency`."""
        return round(self.frequency * self.phase_fraction)


SCANNERS = (
    Scanner(
        "philips_272", "Philips Medical Systems", "Achieva", 5.0, 6.0, 272, 179, 230.0, 1.0, 34
    ),
    Scanner("siemens", "SIEMENS", "TrioTim", 5.0, 6.5, 320, 256, 230.0, 1.0, 32),
    Scanner("ge", "GE MEDICAL SYSTEMS", "Signa HDxt", 5.5, 6.5, 288, 192, 240.0, 0.8, 32),
    Scanner("philips_240", "Philips", "Ingenia", 5.0, 6.0, 240, 240, 240.0, 1.0, 34),
)
