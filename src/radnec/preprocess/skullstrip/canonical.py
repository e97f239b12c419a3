"""Axes turned to right, front, up, as networks expect a head, and back."""

from __future__ import annotations

from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt

from radnec.preprocess.volumes import Affine, Volume


def to_canonical(data: Volume, affine: Affine) -> tuple[Volume, Affine]:
    """Return a volume with axes nearest to right, front and up; nothing is resampled."""
    image = nib.as_closest_canonical(nib.Nifti1Image(data, affine))
    return np.asarray(image.dataobj), np.asarray(image.affine)


def from_canonical(data: npt.NDArray[Any], affine: Affine) -> npt.NDArray[Any]:
    """Return what `to_canonical` turned with the axes of `affine`.

    Parameters
    ----------
    affine
        The matrix that the volume had before.
    """
    canonical = nib.orientations.axcodes2ornt("RAS")
    own = nib.orientations.io_orientation(affine)
    turn = nib.orientations.ornt_transform(canonical, own)
    return np.asarray(nib.orientations.apply_orientation(data, turn))
