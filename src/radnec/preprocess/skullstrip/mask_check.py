"""What can be seen of a brain mask without knowing the truth, and what is unusual in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.preprocess.volumes import Affine

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class MaskMeasures:
    """What can be seen of a mask without knowing the truth.

    Attributes
    ----------
    volume_ml
        Volume in millilitres.
    stray_fraction
        Part of the mask outside its largest component.
    holes_ml
        Volume of the cavities that the mask encloses.
    edge_fraction
        Part of the mask's voxels on the in-plane sides of the field of view. Top and bottom
        slices do not count: a brain scan often ends inside the brain there.
    """

    volume_ml: float
    stray_fraction: float
    holes_ml: float
    edge_fraction: float


def measure_mask(mask: Mask, affine: Affine) -> MaskMeasures:
    """Measure a mask.

    Parameters
    ----------
    mask, affine
        Array (x, y, z), true in the brain, and the 4 x 4 matrix from voxel to mm.
    """
    voxel_ml = abs(float(np.linalg.det(affine[:3, :3]))) / 1000
    count = int(np.count_nonzero(mask))
    labels, number = ndimage.label(mask)
    largest = int(np.bincount(labels.ravel())[1:].max()) if number else 0
    holes = int(np.count_nonzero(ndimage.binary_fill_holes(mask) & ~mask))
    return MaskMeasures(
        volume_ml=count * voxel_ml,
        stray_fraction=1 - largest / count if count else 0.0,
        holes_ml=holes * voxel_ml,
        edge_fraction=_on_sides(mask, affine) / count if count else 0.0,
    )


def mask_flags(measures: MaskMeasures, volume_ml: tuple[float, float]) -> list[str]:
    """Say what is unusual about a mask, with figures; empty where nothing is.

    Parameters
    ----------
    volume_ml
        Smallest and largest volume of a plausible brain.
    """
    flags = []
    low, high = volume_ml
    if not low <= measures.volume_ml <= high:
        flags.append(f"brain volume {measures.volume_ml:.0f} ml, expected {low:g} to {high:g} ml")
    if measures.stray_fraction > 0.01:
        flags.append(f"{measures.stray_fraction:.1%} of the mask is not connected to the rest")
    if measures.holes_ml > 2.0:
        flags.append(f"the mask encloses holes of {measures.holes_ml:.1f} ml")
    if measures.edge_fraction > 0.001:
        flags.append(f"{measures.edge_fraction:.1%} of the mask touches the field's sides")
    return flags


def tidy(mask: Mask) -> Mask:
    """Return the largest component of a mask, its holes filled."""
    labels, number = ndimage.label(mask)
    if number > 1:
        mask = labels == 1 + int(np.argmax(np.bincount(labels.ravel())[1:]))
    return np.asarray(ndimage.binary_fill_holes(mask))


def _on_sides(mask: Mask, affine: Affine) -> int:
    """Count the mask's voxels on the four sides that are not top or bottom."""
    vertical = int(np.argmax(np.abs(affine[2, :3]) / np.linalg.norm(affine[:3, :3], axis=0)))
    inner = [slice(1, -1)] * 3
    inner[vertical] = slice(None)
    return int(np.count_nonzero(mask)) - int(np.count_nonzero(mask[tuple(inner)]))
