"""Enhancing tissue found from T1ce against T1, for cases whose lesion nobody has drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.core.errors import CaseExcluded
from radnec.preprocess.volumes import Volume

Mask = npt.NDArray[np.bool_]

# Nearer to the surface lie dura, sinuses and cortical veins, which all enhance.
SURFACE_MM = 4.0
# A ring of enhancement is closed, and its core filled.
CLOSING_MM = 5.0
SMALLEST_ML = 0.1


def find_enhancement(
    t1ce: Volume, t1: Volume, brain: Mask, spacing: npt.NDArray[np.float64], threshold: float
) -> Mask:
    """Return the largest connected part of the brain that enhances, with what it encloses.

    Both images are scaled by median and median absolute deviation within the brain and subtracted.
    What lies more than `threshold` robust standard deviations above the median difference,
    deeper than :data:`SURFACE_MM`, enhances.

    Parameters
    ----------
    t1ce, t1
        Images (x, y, z) on one grid, registered to each other.
    brain
        Mask of the brain on that grid.
    spacing
        Millimetres between voxels along x, y and z.
    threshold
        In robust standard deviations (1.4826 times the median absolute deviation).

    Raises
    ------
    CaseExcluded
        If less than :data:`SMALLEST_ML` enhances.

    Notes
    -----
    This is no segmentation for treatment: of several lesions it finds the largest, and a choroid
    plexus or a large vessel can be taken for one.
    """
    inside = ndimage.distance_transform_edt(brain, sampling=spacing) > SURFACE_MM
    if not inside.any():
        raise CaseExcluded("no brain below its surface")
    # Noise of single voxels is taken out along the axes on which they are small.
    difference = ndimage.gaussian_filter(_robust(t1ce, brain) - _robust(t1, brain), 1.0 / spacing)
    enhancing = inside & (_robust(difference, inside) > threshold)
    parts, _ = ndimage.label(enhancing)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    if sizes.max() * float(np.prod(spacing)) / 1000 < SMALLEST_ML:
        raise CaseExcluded(f"less than {SMALLEST_ML:g} ml of the brain enhances")
    return _closed(parts == sizes.argmax(), spacing) & brain


def _robust(data: Volume, within: Mask) -> Volume:
    middle = np.median(data[within])
    deviation = 1.4826 * np.median(np.abs(data[within] - middle))
    if not deviation > 0:
        raise CaseExcluded("half of the brain has one intensity")
    return np.asarray((data - middle) / deviation)


def _closed(part: Mask, spacing: npt.NDArray[np.float64]) -> Mask:
    """Close gaps of twice :data:`CLOSING_MM`, and fill what each axial slice encloses."""
    grown = ndimage.distance_transform_edt(~part, sampling=spacing) <= CLOSING_MM
    closed = part | (ndimage.distance_transform_edt(grown, sampling=spacing) > CLOSING_MM)
    return np.stack([ndimage.binary_fill_holes(one) for one in np.moveaxis(closed, 2, 0)], axis=2)
