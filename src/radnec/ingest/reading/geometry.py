"""Where the slices of a volume lie, and what is wrong with it, from the headers alone."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from radnec.ingest.reading.types import Header, Slice

MIN_SLICES = 4
_SAME_PLACE_MM = 0.01
_TILT_DEGREES = 0.5
_NEXT_MM = 0.1
# The tolerance that dicom2nifti has: 5 % of the step and a tenth of a millimetre.
_STEP_RELATIVE, _STEP_ABSOLUTE_MM = 0.05, 0.1


@dataclasses.dataclass(frozen=True)
class Geometry:
    """The grid that the slices of one volume span.

    Attributes
    ----------
    affine
        4 x 4, voxel (column, row, slice) to mm in RAS+ axes; None when there is no grid.
    spacing
        Size of a voxel along column, row and slice index, mm.
    plane
        axial, coronal or sagittal, by the nearest axis; empty when unknown.
    faults
        What keeps the slices from being one volume, each in words with its figures.
    """

    affine: np.ndarray | None
    spacing: tuple[float, float, float] | None
    plane: str
    faults: tuple[str, ...]

    @property
    def orientation(self) -> str:
        """Direction in which column, row and slice index grow, such as ``LPS``."""
        if self.affine is None:
            return ""
        letters = [("L", "R"), ("P", "A"), ("I", "S")]
        found = []
        for column in self.affine[:3, :3].T:
            axis = int(np.argmax(np.abs(column)))
            found.append(letters[axis][int(column[axis] > 0)])
        return "".join(found)


def directions(header: Header) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return the directions of a row, of a column and of their normal (LPS), if known."""
    cosines = header.get("ImageOrientationPatient")
    if not isinstance(cosines, tuple) or len(cosines) != 6:
        return None
    if not all(isinstance(value, float) and math.isfinite(value) for value in cosines):
        return None
    row, column = np.array(cosines[:3], dtype=float), np.array(cosines[3:], dtype=float)
    normal = np.cross(row, column)
    length = float(np.linalg.norm(normal))
    # Unit vectors at a right angle; a damaged header has others.
    if abs(length - 1) > 0.02 or abs(float(np.linalg.norm(row)) - 1) > 0.02:
        return None
    return row, column, normal / length


def sort_along_normal(slices: Sequence[Slice]) -> list[Slice]:
    """Return the slices in the order of their place along the normal, then of their number."""
    axes = directions(slices[0].header) if slices else None

    def place(one: Slice) -> tuple[float, int]:
        along = float(np.dot(one.position, axes[2])) if axes and one.position else 0.0
        return round(along, 4), one.instance or 0

    return sorted(slices, key=place)


def describe(slices: Sequence[Slice]) -> Geometry:
    """Return the geometry of slices that are sorted along their normal."""
    header = slices[0].header
    axes = directions(header)
    pixels = header.get("PixelSpacing")
    if axes is None or any(one.position is None for one in slices):
        return Geometry(None, None, "", ("no slice positions or orientation in the headers",))
    row, column, normal = axes
    plane = ("sagittal", "coronal", "axial")[int(np.argmax(np.abs(normal)))]
    if (
        not isinstance(pixels, tuple)
        or len(pixels) != 2
        or not all(isinstance(p, float) and 0.01 < p < 50 for p in pixels)
    ):
        return Geometry(None, None, plane, ("no usable pixel spacing in the headers",))
    positions = np.array([one.position for one in slices], dtype=float)
    if not np.all(np.abs(positions) < 1e5):
        return Geometry(None, None, plane, ("slice positions are not possible",))
    along = positions @ normal
    faults: list[str] = []
    if len(slices) < MIN_SLICES:
        faults.append(
            f"{len(slices)} slice{'s'[: len(slices) != 1]}: too few for a volume, "
            "a localizer or single images"
        )
    step = _thickness(header)
    if len(slices) > 1:
        gaps = np.diff(along)
        if float(np.ptp(along)) < _SAME_PLACE_MM:
            faults.append(f"all {len(slices)} slices lie in one place: not a volume")
        else:
            step = float((along[-1] - along[0]) / (len(slices) - 1))
            faults += _uneven(gaps)
            faults += _tilt(positions[-1] - positions[0], normal)
    across = (positions[-1] - positions[0]) / max(len(slices) - 1, 1)
    if not np.linalg.norm(across) > _SAME_PLACE_MM:
        across = normal * step
    lps = np.eye(4)
    lps[:3, 0], lps[:3, 1] = row * float(pixels[1]), column * float(pixels[0])
    lps[:3, 2], lps[:3, 3] = across, positions[0]
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ lps
    return Geometry(affine, (float(pixels[1]), float(pixels[0]), step), plane, tuple(faults))


def continues(stack: Sequence[Slice], few: Sequence[Slice]) -> bool:
    """Say whether a few slices lie where the next ones of a sorted stack would.

    The test is strict, a tenth of a millimetre: two scans of a session do not end so.
    """
    ends = [one.position for one in (stack[0], stack[1], stack[-2], stack[-1])]
    first, second, before, last = (np.array(place or [np.nan] * 3) for place in ends)
    expected = (2 * first - second, 2 * last - before)
    return any(
        bool(np.linalg.norm(np.array(one.position) - place) < _NEXT_MM)
        for one in few
        if one.position is not None
        for place in expected
    )


def _thickness(header: Header) -> float:
    thickness = header.get("SliceThickness")
    return thickness if isinstance(thickness, float) and thickness > 0 else 1.0


def _uneven(gaps: np.ndarray) -> list[str]:
    """Tell missing slices, repeated places and irregular spacing apart."""
    usual = float(np.median(gaps))
    off = np.abs(gaps - usual) > _STEP_RELATIVE * abs(usual) + _STEP_ABSOLUTE_MM
    if not off.any():
        return []
    if usual > _SAME_PLACE_MM:
        multiples = gaps[off] / usual
        whole = np.round(multiples)
        if np.all(whole >= 2) and np.all(np.abs(multiples - whole) < 0.1):
            missing = int(np.sum(whole - 1))
            first = int(np.argmax(off))
            return [
                f"{missing} slice{'s'[: missing != 1]} missing, the first after slice {first + 1}: "
                f"{gaps[first]:.2f} mm where the step is {usual:.2f} mm"
            ]
    return [f"slice spacing is inconsistent: {float(gaps.min()):.2f} to {float(gaps.max()):.2f} mm"]


def _tilt(across: np.ndarray, normal: np.ndarray) -> list[str]:
    cosine = abs(float(across @ normal)) / float(np.linalg.norm(across))
    degrees = math.degrees(math.acos(min(1.0, cosine)))
    if degrees <= _TILT_DEGREES:
        return []
    return [f"gantry tilt: the stack leans {degrees:.1f} degrees against its slices"]
