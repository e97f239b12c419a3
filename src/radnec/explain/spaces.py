"""Maps and lesions between the network's grid and the space of the reference scan.

The normalised volumes keep a right affine, so world coordinates (RAS+, millimetres) are those of
the registered reference, T1ce where the case has one: carrying a map there needs no transform,
only another grid.
"""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.processing import resample_from_to

from radnec.core.errors import InputError
from radnec.core.files import atomic_path
from radnec.core.sequences import SEQUENCES, reference_of

SUMMARY = "summary.tsv"
REFERENCE_FOLDER = "reference"
"""Below a folder of maps: the table of its cases, and the maps on the grid of the scans."""


def write_map(volume: np.ndarray, like: Path, output: Path) -> None:
    """Write a map (x, y, z) as NIfTI on the grid of another image.

    Raises
    ------
    InputError
        If the map does not have the size of that image.
    """
    grid = nib.Nifti1Image.from_filename(like)
    if volume.shape != grid.shape[:3]:
        raise InputError(
            f"{output}: the map has size {volume.shape}, expected {grid.shape[:3]} as in {like}"
        )
    image = nib.Nifti1Image(volume.astype(np.float32), grid.affine)
    image.header.set_xyzt_units("mm")
    image.header["cal_max"] = 1.0
    with atomic_path(output) as temporary:
        nib.save(image, temporary)


def carry_map(source: Path, reference: Path, output: Path) -> None:
    """Write a map on the grid of a reference scan (trilinear, zero outside of the map's grid)."""
    grid = nib.Nifti1Image.from_filename(reference)
    carried = resample_from_to(
        nib.Nifti1Image.from_filename(source), (grid.shape[:3], grid.affine), order=1
    )
    # Header from the reference, so that viewers put both in the same space.
    image = nib.Nifti1Image(np.asarray(carried.dataobj, dtype=np.float32), grid.affine)
    image.header.set_xyzt_units("mm")
    image.header["cal_max"] = 1.0
    for name in ("qform_code", "sform_code"):
        image.header[name] = grid.header[name]
    with atomic_path(output) as temporary:
        nib.save(image, temporary)


def mask_on_grid(mask: Path, like: Path, labels: tuple[int, ...] | None = None) -> np.ndarray:
    """Return a mask, of a lesion or the brain, on the grid of another image in the same space.

    Parameters
    ----------
    mask
        NIfTI mask, above 0 inside, on any grid.
    like
        Image whose grid is wanted.
    labels
        Values of the mask that count; None for all above 0.

    Returns
    -------
    numpy.ndarray
        Boolean (x, y, z): voxels whose middle lies inside.

    Raises
    ------
    InputError
        If no voxel does: the mask is empty or lies elsewhere.
    """
    stored = nib.Nifti1Image.from_filename(mask)
    values = np.asarray(stored.dataobj)
    chosen = values > 0 if labels is None else np.isin(values, labels)
    binary = nib.Nifti1Image(chosen.astype(np.float32), stored.affine)
    grid = nib.Nifti1Image.from_filename(like)
    inside = resample_from_to(binary, (grid.shape[:3], grid.affine), order=1)
    found = np.asarray(inside.dataobj) >= 0.5
    if not found.any():
        raise InputError(f"{mask}: no voxel of the mask lies on the grid of {like}")
    return found


def reference_image(folder: Path) -> Path:
    """Return the reference scan of a registered case: the first of T1ce > T1 > T2 > FLAIR.

    Raises
    ------
    InputError
        If the folder holds no sequence.
    """
    present = [name for name in SEQUENCES if (folder / f"{name}.nii.gz").exists()]
    if not present:
        raise InputError(f"{folder}: no registered sequence, expected <sequence>.nii.gz")
    return folder / f"{reference_of(present)}.nii.gz"
