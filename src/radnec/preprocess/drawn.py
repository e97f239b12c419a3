"""Where a drawn mask lies: on the grid of a sequence as it was scanned, or on one of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radnec.core.sequences import SEQUENCES
from radnec.preprocess.transforms import read_movement
from radnec.preprocess.volumes import Affine, read_volume, same_grid

NONE = "none of the sequences"


def drawn_on(
    shape: tuple[int, ...], affine: Affine, *, images: Path, registered: Path
) -> tuple[str, Affine]:
    """Return the moved sequence on whose grid a mask was drawn, and how it moved.

    Parameters
    ----------
    shape, affine
        The mask's grid, which is not the reference's.
    images
        Folder of the converted images, ``<sequence>.nii.gz``, as they were before registration.
    registered
        Folder of the registered ones, with ``<sequence>.mat`` for those that were moved.

    Returns
    -------
    Name, and the 4 x 4 matrix from a point of the reference to that sequence (mm, RAS+); `NONE`
    and the identity where the grid is that of none of them.
    """
    for name in SEQUENCES:
        transform = registered / f"{name}.mat"
        if not transform.is_file():
            continue
        scan, grid = read_volume(images / f"{name}.nii.gz")
        if same_grid(shape, affine, scan.shape, grid):
            return name, read_movement(transform)
    return NONE, np.eye(4)
