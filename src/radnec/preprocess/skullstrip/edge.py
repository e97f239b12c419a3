"""Move the outline of a carried mask to where the image shows the edge of the brain."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.preprocess.skullstrip.morphology import closed, opened, signed_distance
from radnec.preprocess.volumes import Affine, Volume, spacing_of

Mask = npt.NDArray[np.bool_]
Spacing = npt.NDArray[np.float64]

# Millimetres. The carried mask is trusted this far inside its edge ...
_SURE_MM = 8.0
# ... and the brain may reach this far beyond it over the convexity and at the base, where
# muscles, eyes and nerves are near.
_REACH_TOP_MM, _REACH_BASE_MM = 5.5, 2.0
_BASE_HEIGHT_MM, _TOP_HEIGHT_MM = -20.0, 10.0
# Bridges to dura and marrow are thinner than twice this, sulci narrower than twice that.
_BRIDGE_MM, _SULCUS_MM = 2.5, 14.0
_LOCAL_MM = 8.0
# Tissue is brighter than this share of the way from bone to the brain nearby.
_LEVEL = 0.55
# Beyond the carried mask what is this much brighter than the brain nearby is fat of the scalp or
# marrow. Where bone is thin against the voxels it has no dark gap before it.
_FAT = 1.5
# With a rim this bright against the brain fluid is bright (T2: 1.04 to 1.25, others 0.72 to 0.81 on
# phantoms): its outer edge is the skull, not the brain.
_BRIGHT_FLUID = 0.93
_SMOOTH_MM = 1.5


def refine_edge(image: Volume, affine: Affine, carried: Mask, height: Volume) -> Mask:
    """Refine a brain mask on the image it was carried to.

    Voxels are tissue where they are brighter than a level between bone or fluid and the brain
    nearby. What hangs together with the inside after thin bridges are cut is brain; closing
    takes in the sulci, so the outline is smooth as those that readers draw.

    Parameters
    ----------
    image, affine
        Array (x, y, z) with even shading, and its matrix from voxel to mm (RAS+).
    carried
        Array (x, y, z), the mask before refinement.
    height
        Array (x, y, z), mm above the anterior commissure.

    Returns
    -------
    Array (x, y, z), true in the brain; `carried` itself where there is nothing inside it to
    learn from.
    """
    spacing = spacing_of(affine)
    distance = signed_distance(carried, spacing)
    sure = distance < -_SURE_MM
    around = (distance > 0) & (distance < 2 * _SURE_MM)
    if not sure.any() or not around.any():
        return carried
    brain = float(np.median(image[sure]))
    dark = float(np.percentile(image[around], 5))
    nearby = _local_mean(image, (distance < 0) & ~sure, spacing, brain)
    rim = image[(distance < 0) & (distance > -4.0)]
    fluid_is_bright = float(np.median(rim)) > _BRIGHT_FLUID * brain
    reach = _reach(height, fluid_is_bright=fluid_is_bright)
    tissue = (image > dark + _LEVEL * (nearby - dark)) & (distance < reach)
    # A voxel beside fat is half fat, half bone.
    fat = ndimage.binary_dilation((image > _FAT * nearby) & (distance > 0))
    tissue &= ~fat | (distance <= 0)
    tissue = opened(tissue | sure, _BRIDGE_MM, spacing) & (tissue | sure)
    connected = ndimage.binary_propagation(sure, mask=tissue)
    filled = closed(connected, _SULCUS_MM, spacing) & (distance < reach)
    filled = ndimage.binary_fill_holes(filled | sure)
    smooth = ndimage.gaussian_filter(filled.astype(np.float32), _SMOOTH_MM / spacing)
    return np.asarray(smooth > 0.5)


def _reach(height: Volume, *, fluid_is_bright: bool) -> Volume:
    """Return how far beyond the carried mask the brain may reach at each voxel, mm."""
    if fluid_is_bright:
        return np.full(height.shape, _REACH_BASE_MM, dtype=np.float32)
    share = np.clip((height - _BASE_HEIGHT_MM) / (_TOP_HEIGHT_MM - _BASE_HEIGHT_MM), 0, 1)
    return np.asarray(_REACH_BASE_MM + (_REACH_TOP_MM - _REACH_BASE_MM) * share)


def _local_mean(image: Volume, where: Mask, spacing: Spacing, otherwise: float) -> Volume:
    """Return the mean intensity of the voxels `where` around each voxel."""
    width = _LOCAL_MM / spacing
    share = ndimage.gaussian_filter(where.astype(np.float32), width)
    mean = ndimage.gaussian_filter(image * where, width) / np.maximum(share, 1e-3)
    return np.asarray(np.where(share > 1e-3, mean, otherwise))
