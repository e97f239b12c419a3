"""How far two masks of one brain agree, and what speaks against one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.preprocess.skullstrip.morphology import opened
from radnec.preprocess.volumes import Affine, spacing_of

Mask = npt.NDArray[np.bool_]

# Two good masks differ by a rim along the whole edge; a leak or a cut is thicker than twice this.
_RIM_MM = 3.0
# Voxels are taken apart to about this for it.
_PART_MM = 1.5


@dataclass(frozen=True)
class Agreement:
    """What two masks of one brain have in common.

    Attributes
    ----------
    dice
        Twice the common volume over the sum of both (Dice 1945, Ecology 26:297).
    volume_ratio
        Volume of the mask over that of the other.
    added_ml, missing_ml
        The largest piece, thicker than 6 mm, that only the mask holds, and only the other.
    """

    dice: float
    volume_ratio: float
    added_ml: float
    missing_ml: float


def compare_masks(mask: Mask, other: Mask, affine: Affine) -> Agreement:
    """Compare a mask with another of the same brain.

    Parameters
    ----------
    mask, other
        Arrays (x, y, z), true in the brain; neither is empty.
    affine
        4 x 4 matrix from voxel to mm of both.
    """
    both = int(np.count_nonzero(mask)), int(np.count_nonzero(other))
    common = int(np.count_nonzero(mask & other))
    return Agreement(
        dice=2 * common / sum(both),
        volume_ratio=both[0] / both[1],
        added_ml=_largest_piece_ml(mask & ~other, affine),
        missing_ml=_largest_piece_ml(other & ~mask, affine),
    )


def _largest_piece_ml(difference: Mask, affine: Affine) -> float:
    """Return the volume of the largest piece of a difference without its rims, ml."""
    if not difference.any():
        return 0.0
    (box,) = ndimage.find_objects(difference.astype(np.uint8))
    # A slice is as thick as it is, not as far as its neighbours' centres are.
    spacing = spacing_of(affine)
    parts = np.maximum(1, np.round(spacing / _PART_MM)).astype(int)
    fine = np.pad(difference[box], 1)
    for axis, count in enumerate(parts):
        fine = np.repeat(fine, count, axis=axis)
    thick = opened(fine, _RIM_MM, spacing / parts) & fine
    labels, number = ndimage.label(thick)
    if number == 0:
        return 0.0
    largest = int(np.bincount(labels.ravel())[1:].max())
    return largest * abs(float(np.linalg.det(affine[:3, :3]))) / 1000 / int(np.prod(parts))
