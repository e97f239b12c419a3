"""Drawn masks of lesions, brought from the grid they were drawn on to that of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.core.errors import CaseExcluded
from radnec.core.sequences import SEQUENCES, reference_of
from radnec.preprocess.drawn import drawn_on
from radnec.preprocess.volumes import Affine, read_volume, same_grid

# So much of a drawn lesion may lie outside of the reference's field of view.
LEAST_INSIDE = 0.9

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Drawn:
    """A drawn lesion on the grid of the reference.

    Attributes
    ----------
    mask
        Array (x, y, z).
    drawn_on
        The sequence on whose grid it was drawn, or ``none of the sequences`` where it is taken to
        lie in the space of the reference.
    """

    mask: Mask
    drawn_on: str


def carry_lesion(path: Path, labels: Sequence[int], *, images: Path, registered: Path) -> Drawn:
    """Bring a drawn lesion to the voxels of the reference.

    Parameters
    ----------
    path
        NIfTI mask on the grid that a sequence of the case had before registration (of the
        reference, if several sequences share it), or on any grid in the reference's space.
    labels
        Values that are lesion; empty for all above zero.
    images
        Folder of the converted images, ``<sequence>.nii.gz``, as they were before registration.
    registered
        Folder of the registered ones, with ``<sequence>.mat`` (reference point to moving point).

    Raises
    ------
    CaseExcluded
        If the file is missing, damaged or empty, or lies elsewhere than the reference.
    """
    if not Path(path).is_file():
        raise CaseExcluded("the drawn lesion is missing")
    values, own = read_volume(path)
    lesion = np.isin(np.round(values), labels) if labels else values > 0
    if not lesion.any():
        raise CaseExcluded(f"the drawn lesion has no voxel of the values {list(labels)}")
    present = [name for name in SEQUENCES if (registered / f"{name}.nii.gz").is_file()]
    reference = reference_of(present)
    fixed, affine = read_volume(registered / f"{reference}.nii.gz")
    if same_grid(lesion.shape, own, fixed.shape, affine):
        return Drawn(lesion, reference)
    name, movement = drawn_on(lesion.shape, own, images=images, registered=registered)
    to_voxel = np.linalg.inv(own) @ movement @ affine
    carried = ndimage.affine_transform(
        lesion.astype(np.float32),
        to_voxel[:3, :3],
        to_voxel[:3, 3],
        output_shape=fixed.shape,
        order=1,
    )
    mask = np.asarray(carried > 0.5)
    kept = np.count_nonzero(mask) * _voxel(affine) / (np.count_nonzero(lesion) * _voxel(own))
    if kept < LEAST_INSIDE:
        raise CaseExcluded(
            f"the drawn lesion lies elsewhere than the reference: {kept:.0%} of its volume is in "
            f"the field of view of {reference}; expected a mask on the grid of one of "
            f"{', '.join(present)}"
        )
    return Drawn(mask, name)


def _voxel(affine: Affine) -> float:
    return abs(float(np.linalg.det(affine[:3, :3])))
