"""Masks that need no computation: drawn or made elsewhere, or where the image has signal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.core.errors import CaseExcluded
from radnec.preprocess.volumes import Affine, Volume, read_volume, same_grid

Mask = npt.NDArray[np.bool_]


def given_mask(path: Path, shape: tuple[int, ...], affine: Affine) -> Mask:
    """Read a mask and bring it to the reference's voxels.

    A mask on other voxels (another orientation, another resolution) is carried over by its
    millimetres, nearest neighbour.

    Parameters
    ----------
    path
        NIfTI file, above zero in the brain.
    shape, affine
        The reference's grid.

    Returns
    -------
    Array of `shape`.

    Raises
    ------
    CaseExcluded
        If the file is missing, damaged or empty, or lies elsewhere than the reference.
    """
    if not Path(path).is_file():
        raise CaseExcluded("the given brain mask is missing")
    data, own = read_volume(path)
    mask = data > 0
    if same_grid(mask.shape, own, shape, affine):
        return mask
    to_voxel = np.linalg.inv(own) @ affine
    carried = np.asarray(
        ndimage.affine_transform(
            mask.astype(np.uint8), to_voxel[:3, :3], to_voxel[:3, 3], output_shape=shape, order=0
        ),
        dtype=bool,
    )
    volume = np.count_nonzero(mask) * abs(np.linalg.det(own[:3, :3]))
    kept = np.count_nonzero(carried) * abs(np.linalg.det(affine[:3, :3]))
    if kept < 0.9 * volume:
        raise CaseExcluded(
            f"the given brain mask lies elsewhere than the reference: {kept / volume:.0%} of it "
            "is inside the reference's field of view"
        )
    return carried


def signal_mask(reference: Volume) -> Mask:
    """Return where an image has signal, cavities filled: the brain, if it comes stripped.

    An image with its skull and noisy air is all signal: the mask is the whole field.
    """
    return np.asarray(ndimage.binary_fill_holes(reference != 0))
