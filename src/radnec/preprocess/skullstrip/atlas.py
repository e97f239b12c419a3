"""A brain mask from a head template: registered to the case, carried over, refined."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.preprocess.itk import load_ants, to_ants
from radnec.preprocess.pyramid import clip_extremes, resample_isotropic, shrink
from radnec.preprocess.rigid import search_movement
from radnec.preprocess.skullstrip.edge import refine_edge
from radnec.preprocess.skullstrip.mask_check import tidy
from radnec.preprocess.skullstrip.template import Template
from radnec.preprocess.transforms import read_movement, write_movement
from radnec.preprocess.volumes import Affine, Volume, read_volume

Mask = npt.NDArray[np.bool_]

# The mask is drawn on voxels of this size in plane.
WORKING_MM = 2.0
# SyN smooths its field in voxels: on thick slices as they are it would smooth far along one
# axis and hardly along the others, and fold at the vertex. On this grid it does not.
SYN_MM = 4.0
# A field lower than this ends within the head, as that of axial scans does.
_NECK_FIELD_MM = 180.0
# The affine registration then looks this far beyond the brain: at its edge and the skull around it.
_NEAR_MM = 14.0


@dataclass(frozen=True)
class Carried:
    """The template's mask on a case, before refinement.

    Attributes
    ----------
    brain
        Array (x, y, z), the template's mask carried over, 0 to 1.
    height
        Array (x, y, z), mm above the template's origin (the anterior commissure).
    """

    brain: Volume
    height: Volume


def atlas_mask(reference: Volume, affine: Affine, template: Template, seed: int) -> Mask:
    """Return the brain mask of a head by registering a template to it.

    N4 evens the intensities (Tustison et al. 2010, IEEE Trans Med Imaging 29:1310), a rigid,
    an affine and a SyN registration (Avants et al. 2008, Med Image Anal 12:26) by mutual
    information bring the template's mask to the case, and the edge is refined on the image.

    Parameters
    ----------
    reference, affine
        Array (x, y, z) of a head with its skull, of any sequence, and its matrix from voxel
        to mm (RAS+).
    seed
        Seeds ANTs' sampling of the metric.

    Returns
    -------
    Array (x, y, z), true in the brain.
    """
    ants = load_ants(seed)
    small, small_affine = shrink(clip_extremes(reference), affine, WORKING_MM)
    even = ants.n4_bias_field_correction(
        to_ants(ants, small, small_affine),
        shrink_factor=6,
        convergence={"iters": [15, 15], "tol": 1e-4},
    ).numpy()
    carried = _carry(ants, even, small_affine, template)
    mask = refine_edge(even, small_affine, carried.brain > 0.5, carried.height)
    to_small = np.linalg.inv(small_affine) @ affine
    full = ndimage.affine_transform(
        mask.astype(np.float32),
        to_small[:3, :3],
        to_small[:3, 3],
        output_shape=reference.shape,
        order=1,
        mode="nearest",
    )
    return tidy(full > 0.5)


def _carry(ants: ModuleType, head: Volume, affine: Affine, template: Template) -> Carried:
    """Register the template to a head and return its mask there."""
    atlas, atlas_affine = read_volume(template.head)
    outline, outline_affine = read_volume(template.mask)
    start = search_movement(ants, (head, affine), (atlas, atlas_affine))
    cubic, fixed_affine = resample_isotropic(head, affine, SYN_MM)
    fixed = to_ants(ants, cubic, fixed_affine)
    moving = to_ants(ants, *resample_isotropic(atlas, atlas_affine, SYN_MM))
    shape = to_ants(ants, _closed_template(outline), outline_affine)
    with tempfile.TemporaryDirectory() as folder:
        begin = Path(folder) / "start.mat"
        write_movement(begin, start)
        linear = _affine(ants, fixed, moving, [str(begin)], Path(folder) / "affine", sampled=0.1)
        if _field_height(head, affine) < _NECK_FIELD_MM:
            # The template's neck and face pull it askew: a second time only what is near the
            # brain counts. Where the neck is shown, it is what holds the template upright.
            near = _near(ants.apply_transforms(fixed, shape, linear, interpolator="linear").numpy())
            mask = to_ants(ants, near, fixed_affine)
            prefix = Path(folder) / "near"
            linear = _affine(ants, fixed, moving, linear, prefix, sampled=0.3, mask=mask)
        warped = ants.registration(
            fixed,
            moving,
            type_of_transform="SyNOnly",
            initial_transform=linear[0],
            outprefix=str(Path(folder) / "warp"),
            reg_iterations=(12, 4),
        )["fwdtransforms"]
        brain = ants.apply_transforms(
            to_ants(ants, head, affine), shape, warped, interpolator="linear"
        ).numpy()
        to_template = read_movement(Path(linear[0])) @ affine
    x, y, z = np.ogrid[tuple(slice(n) for n in head.shape)]
    height = to_template[2, 0] * x + to_template[2, 1] * y + to_template[2, 2] * z
    return Carried(np.asarray(brain), (height + to_template[2, 3]).astype(np.float32))


def _affine(
    ants: ModuleType,
    fixed: Any,
    moving: Any,
    start: list[str],
    prefix: Path,
    *,
    sampled: float,
    mask: Any = None,
) -> list[str]:
    """Register linearly by mutual information on a share of the voxels; return the transform."""
    result = ants.registration(
        fixed,
        moving,
        type_of_transform="Affine",
        initial_transform=start,
        outprefix=str(prefix),
        aff_iterations=(40, 8),
        aff_shrink_factors=(2, 1),
        aff_smoothing_sigmas=(1, 0),
        aff_random_sampling_rate=sampled,
        mask=mask,
    )
    return list(result["fwdtransforms"])


def _field_height(head: Volume, affine: Affine) -> float:
    """Return how far the field of view reaches from bottom to top, mm."""
    return float(np.abs(affine[2, :3]) @ np.array(head.shape))


def _near(brain: Volume) -> Volume:
    """Return 1 in a brain carried over and around it, on voxels of `SYN_MM`."""
    away = ndimage.distance_transform_edt(brain < 0.5, sampling=SYN_MM)
    return np.asarray(away <= _NEAR_MM, dtype=np.float32)


def _closed_template(outline: Volume) -> Volume:
    """Close the template's mask, which leaves ventricles and cisterns out, as 0 and 1."""
    padded = np.pad(outline > 0.5, 4)
    closed = ndimage.binary_fill_holes(ndimage.binary_closing(padded, iterations=3))
    return np.asarray(closed[4:-4, 4:-4, 4:-4], dtype=np.float32)
