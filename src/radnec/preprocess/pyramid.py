"""Smaller, evenly lit copies of an image on which a registration is found faster and better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage import filters

from radnec.preprocess.volumes import Affine, Volume, spacing_of

# Width of the Gaussian that takes the receive field for what is smooth.
_SHADING_MM = 15.0


@dataclass(frozen=True)
class Level:
    """An image as one stage of the search sees it.

    Attributes
    ----------
    data, affine
        Array (x, y, z) and 4 x 4 matrix from voxel to mm (RAS+).
    head
        Array (x, y, z), true where the head is rather than air.
    """

    data: Volume
    affine: Affine
    head: npt.NDArray[np.bool_]


def make_levels(
    data: Volume, affine: Affine, fine_mm: float, coarse_mm: float
) -> tuple[Level, Level]:
    """Return an image thinned to `fine_mm` with its shading evened, and to `coarse_mm` as it is."""
    small, small_affine = shrink(clip_extremes(data), affine, fine_mm)
    head = head_of(small)
    fine = Level(even_shading(small, small_affine, head), small_affine, head)
    return fine, plain_level(small, small_affine, coarse_mm)


def plain_level(data: Volume, affine: Affine, spacing: float) -> Level:
    """Return an image thinned to `spacing` mm with the head it shows."""
    small, small_affine = shrink(data, affine, spacing)
    return Level(small, small_affine, head_of(small))


def shrink(data: Volume, affine: Affine, spacing: float) -> tuple[Volume, Affine]:
    """Bring an image to a coarser grid along the axes that are finer than `spacing`.

    Thick slices stay as they are: only what is finer than needed is smoothed (a Gaussian of
    the width that the coarser voxel adds) and thinned.

    Parameters
    ----------
    data, affine
        Array (x, y, z) and 4 x 4 matrix from voxel to mm (RAS+).
    spacing
        The distance between voxel centres to come to, mm.

    Returns
    -------
    Array and matrix of the smaller image; its field of view is centred on the same point.
    """
    return _step(data, affine, np.maximum(1.0, spacing / spacing_of(affine)))


def resample_isotropic(data: Volume, affine: Affine, spacing: float) -> tuple[Volume, Affine]:
    """Bring an image to cubic voxels of `spacing` mm, thick slices too; else as `shrink`."""
    return _step(data, affine, spacing / spacing_of(affine))


def _step(data: Volume, affine: Affine, factor: npt.NDArray[np.float64]) -> tuple[Volume, Affine]:
    """Resample an image with steps of `factor` voxels along each axis."""
    # A box of width f has the variance of a Gaussian of width f / sqrt(12) voxels.
    smooth = ndimage.gaussian_filter(data, np.sqrt(np.maximum(factor**2 - 1, 0) / 12))
    shape = np.floor((np.array(data.shape) - 1) / factor).astype(int) + 1
    first = ((np.array(data.shape) - 1) - (shape - 1) * factor) / 2
    small = ndimage.affine_transform(
        smooth, np.diag(factor), first, output_shape=tuple(shape), order=1, mode="nearest"
    )
    step = np.diag([*factor, 1.0])
    step[:3, 3] = first
    return small, affine @ step


def clip_extremes(data: Volume) -> Volume:
    """Cut the darkest and brightest half per cent, which would take most of the histogram."""
    # Every other row and column says as much, in a quarter of the time.
    low, high = np.percentile(data[::2, ::2], [0.5, 99.5])
    return np.clip(data, low, high) if high > low else data


def head_of(data: Volume) -> npt.NDArray[np.bool_]:
    """Return the voxels (x, y, z) that show the head rather than air, roughly.

    Otsu's threshold separates bright tissue from the rest; half of it keeps dark tissue too.
    """
    low, high = (float(value) for value in np.percentile(data, [1, 99]))
    between = float(filters.threshold_otsu(np.clip(data, low, high)))
    mask = ndimage.binary_opening(data > low + (between - low) / 2)
    return np.asarray(ndimage.binary_fill_holes(mask))


def even_shading(data: Volume, affine: Affine, head: npt.NDArray[np.bool_]) -> Volume:
    """Divide an image by its local mean over the head.

    The receive field of the coil stays with the scanner while the head moves. Two sequences
    share it, and mutual information finds part of its match there: on thick slices of
    different contrast that drew registrations half a millimetre along the slice direction.

    Returns
    -------
    Array (x, y, z), around 1 in the head, cut at its brightest half per cent.
    """
    inside = head.astype(np.float32)
    width = _SHADING_MM / spacing_of(affine)
    share = ndimage.gaussian_filter(inside, width)
    mean = ndimage.gaussian_filter(data * inside, width) / np.maximum(share, 1e-2)
    even = data / np.maximum(mean, 1e-3 * max(float(data.max()), 1e-6))
    return np.asarray(np.clip(even, 0, np.percentile(even[head], 99.5) if head.any() else None))
