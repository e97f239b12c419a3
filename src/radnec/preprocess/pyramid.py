"""Smaller copies of an image on which a registration is found faster."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from radnec.preprocess.volumes import Affine, Volume, spacing_of


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
    factor = np.maximum(1.0, spacing / spacing_of(affine))
    # A box of width f has the variance of a Gaussian of width f / sqrt(12) voxels.
    smooth = ndimage.gaussian_filter(data, np.sqrt((factor**2 - 1) / 12))
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
    low, high = np.percentile(data, [0.5, 99.5])
    return np.clip(data, low, high) if high > low else data
