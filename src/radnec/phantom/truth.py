"""The ground truth of a simulated case: masks of its lesion and brain."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np

from radnec.phantom.anatomy import Anatomy
from radnec.phantom.lesions import CORE, ENHANCING, OEDEMA, Lesion
from radnec.phantom.sampling import Sampler

_BRAIN = 8  # bit of the brain in the label volume; the lesion's labels lie below it


def write_masks(
    sampler: Sampler, anatomy: Anatomy, lesion: Lesion, folder: Path
) -> dict[str, float | list[float]]:
    """Write lesion.nii.gz and brain.nii.gz (RAS+) on the sampler's grid.

    Returns
    -------
    dict
        Volumes in ml and the middle of the enhancing part and core in world RAS mm.
    """
    labels = anatomy.brain.astype(np.uint8) * _BRAIN
    parts = np.stack([lesion.enhancing, lesion.core, lesion.oedema])
    labels[lesion.box] |= np.where(
        parts.max(axis=0) > 0.4, np.array([ENHANCING, CORE, OEDEMA])[parts.argmax(axis=0)], 0
    ).astype(np.uint8)
    sampled = sampler.labels(labels)
    affine = sampler.geometry.affine
    mask = sampled % _BRAIN
    brain = (sampled >= _BRAIN).astype(np.uint8)
    for name, data in (("lesion", mask), ("brain", brain)):
        image = nib.Nifti1Image(data, affine)
        image.header.set_xyzt_units("mm")
        nib.save(nib.as_closest_canonical(image), folder / f"{name}.nii.gz")
    voxel = abs(float(np.linalg.det(affine[:3, :3]))) / 1000
    middle = np.argwhere((mask == ENHANCING) | (mask == CORE)).mean(axis=0)
    return {
        "enhancing_ml": float((mask == ENHANCING).sum()) * voxel,
        "core_ml": float((mask == CORE).sum()) * voxel,
        "oedema_ml": float((mask == OEDEMA).sum()) * voxel,
        "brain_ml": float(brain.sum()) * voxel,
        "centre_mm": [float(value) for value in (affine @ [*middle, 1])[:3]],
    }
