"""Masks that need no computation: drawn or made elsewhere, or where the image has signal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.core.errors import CaseExcluded
from radnec.preprocess.drawn import NONE, drawn_on
from radnec.preprocess.volumes import Affine, Volume, read_volume, same_grid

Mask = npt.NDArray[np.bool_]

# Signal of a head over the volume of its brain: 1.0 to 1.2 where it came stripped.
_STRIPPED = 1.35


def given_mask(
    path: Path,
    shape: tuple[int, ...],
    affine: Affine,
    *,
    images: Path | None,
    registered: Path,
) -> tuple[Mask, str]:
    """Read a mask and bring it to the reference's voxels, nearest neighbour.

    A mask on the voxels of another sequence was drawn there and moves with that sequence. A mask
    on voxels of its own (another orientation, another resolution) is carried over by its
    millimetres.

    Parameters
    ----------
    path
        NIfTI file, above zero in the brain.
    shape, affine
        The reference's grid.
    images, registered
        Folders of the case's images as they were scanned, and after the registration. Without
        `images` a mask is taken to lie where the reference lies.

    Returns
    -------
    Array of `shape`, and what a reader should know of how it came there; empty where the mask is
    on the reference's voxels.

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
        return mask, ""
    name, movement = NONE, np.eye(4)
    if images is not None:
        name, movement = drawn_on(mask.shape, own, images=images, registered=registered)
    remark = f"it is on the grid of {name} and moved with it"
    if name == NONE:
        remark = "it is on a grid of its own, taken for the reference's place"
    to_voxel = np.linalg.inv(own) @ movement @ affine
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
    return carried, remark


def signal_mask(reference: Volume) -> Mask:
    """Return where an image has signal, cavities filled: the brain, if it comes stripped.

    An image with its skull and noisy air is all signal: the mask is the whole field.
    """
    return np.asarray(ndimage.binary_fill_holes(reference != 0))


def looks_stripped(reference: Volume, mask: Mask) -> bool:
    """Say whether an image had no skull before a mask was found in it.

    Around a brain that came stripped every voxel is zero. In a head the scalp, the skull and the
    face have signal too: it fills at least 1.5 times the brain, even in slices above the eyes.
    """
    signal = int(np.count_nonzero(signal_mask(reference)))
    return signal < min(0.9 * reference.size, _STRIPPED * int(np.count_nonzero(mask)))
