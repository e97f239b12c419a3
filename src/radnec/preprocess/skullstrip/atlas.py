"""A brain mask from a head template: registered to the case, its mask carried over."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.preprocess.itk import load_ants, to_ants
from radnec.preprocess.pyramid import clip_extremes, shrink
from radnec.preprocess.skullstrip.mask_check import tidy
from radnec.preprocess.skullstrip.template import Template
from radnec.preprocess.volumes import Affine, Volume, read_volume

Mask = npt.NDArray[np.bool_]
WORKING_MM = 2.0


def atlas_mask(reference: Volume, affine: Affine, template: Template, seed: int) -> Mask:
    """Return the brain mask of a head by registering a template to it.

    N4 evens the intensities, affine and SyN registration with mutual information (so that
    any sequence will do) bring the template's mask to the case.

    Parameters
    ----------
    reference, affine
        Array (x, y, z) of a head with its skull, and its matrix from voxel to mm (RAS+).
    seed
        Seeds ANTs' sampling of the metric.

    Returns
    -------
    Array (x, y, z), true in the brain.
    """
    ants = load_ants(seed)
    small, small_affine = shrink(clip_extremes(reference), affine, WORKING_MM)
    head = to_ants(ants, small, small_affine)
    head = ants.n4_bias_field_correction(
        head, shrink_factor=3, convergence={"iters": [20, 20, 10], "tol": 1e-4}
    )
    probability = _carry(ants, head, template)
    to_small = np.linalg.inv(small_affine) @ affine
    full = ndimage.affine_transform(
        probability,
        np.diag(to_small)[:3],
        to_small[:3, 3],
        output_shape=reference.shape,
        order=1,
        mode="nearest",
    )
    return tidy(full > 0.5)


def _carry(ants: ModuleType, head: Any, template: Template) -> Volume:
    """Register the template to the head and return its mask there, between 0 and 1."""
    moving, mask = (to_ants(ants, *read_volume(path)) for path in template)
    with tempfile.TemporaryDirectory() as folder:
        affine = ants.registration(
            head,
            moving,
            type_of_transform="Affine",
            outprefix=str(Path(folder) / "affine"),
            aff_iterations=(200, 100, 50),
            aff_shrink_factors=(4, 2, 1),
            aff_smoothing_sigmas=(2, 1, 0),
        )
        warp = ants.registration(
            head,
            moving,
            type_of_transform="SyNOnly",
            outprefix=str(Path(folder) / "warp"),
            initial_transform=affine["fwdtransforms"][0],
            reg_iterations=(40, 20, 0),
        )
        carried = ants.apply_transforms(head, mask, warp["fwdtransforms"], interpolator="linear")
    return np.asarray(carried.numpy())
