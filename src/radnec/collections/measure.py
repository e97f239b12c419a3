"""What the images themselves tell: one grid for all sequences, brains without a head."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np

from radnec.collections.layout import Visit

BRAIN_LITRES = (0.5, 2.2)
"""Foreground of a brain without its head. An adult brain with its fluid is below 2.2 litres, the
bound of `skull_strip.volume_ml`; a head, even without its face, is well above."""

SAMPLE = 5
"""From how many visits an image is read: skull stripping is one step for a whole collection."""


def on_one_grid(visits: Sequence[Visit]) -> bool | None:
    """Return whether the sequences of each visit have one shape and one affine.

    Only headers are read. None where no visit has two readable sequences: nothing can be said.
    """
    compared = False
    for visit in visits:
        headers = [header for path in visit.files.values() if (header := _header(path))]
        compared |= len(headers) > 1
        for shape, affine in headers[1:]:
            if shape != headers[0][0] or not np.allclose(affine, headers[0][1], atol=1e-3):
                return False
    return True if compared else None


def foreground_litres(visits: Sequence[Visit]) -> list[float]:
    """Return the volume in litres of what is not background, of one image from each of some visits.

    Background is the value of the volume's first voxel: zero in most images without a skull,
    another constant in standardised ones. Images that cannot be read are left out.
    """
    step = max(1, math.ceil(len(visits) / SAMPLE))
    return [
        litres
        for visit in visits[::step]
        if (litres := _foreground(next(iter(visit.files.values())))) is not None
    ]


def without_skull(litres: Sequence[float]) -> bool | None:
    """Return whether images with this foreground are brains without a head.

    None where there is no image, or the images differ in it.
    """
    brains = {BRAIN_LITRES[0] <= one <= BRAIN_LITRES[1] for one in litres}
    return brains.pop() if len(brains) == 1 else None


# What nibabel raises for a file that is no NIfTI, or for one that ends early.
_UNREADABLE = (nib.filebasedimages.ImageFileError, OSError, EOFError, ValueError, zlib.error)


def _header(path: Path) -> tuple[tuple[int, ...], np.ndarray] | None:
    try:
        image = nib.Nifti1Image.from_filename(path)
    except _UNREADABLE:
        return None
    return image.shape, image.affine


def _foreground(path: Path) -> float | None:
    try:
        image = nib.Nifti1Image.from_filename(path)
        values = np.asanyarray(image.dataobj)
    except _UNREADABLE:
        return None
    voxel = abs(float(np.linalg.det(image.affine[:3, :3])))
    return float(np.count_nonzero(values != values.flat[0])) * voxel / 1e6
