"""Bring every case to one orientation, one size and one scale of intensity."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.core.errors import CaseExcluded
from radnec.core.records import CaseJob, Record, case_stage
from radnec.core.sequences import SEQUENCES
from radnec.preprocess.intensity import scale
from radnec.preprocess.settings.normalisation import NormalisationSettings
from radnec.preprocess.standard_grid import STANDARD_BOX
from radnec.preprocess.volumes import (
    Affine,
    Volume,
    read_mask,
    read_volume,
    spacing_of,
    to_ras,
    write_volume,
)


def normalise_case(
    *,
    case: str,
    brain: Path,
    strip_record: Path,
    settings: NormalisationSettings,
    normalised: Path,
    record: Path,
) -> None:
    """Crop, reorient to RAS, resample and scale the sequences of a case.

    Ying et al. 2025, "Data preprocessing", step 5; the size is not printed there.

    Parameters
    ----------
    brain
        The case's folder of stripped images, <sequence>.nii.gz and mask.nii.gz.
    strip_record
        The record of skull stripping.
    normalised
        Folder to make: <sequence>.nii.gz, float32, `settings.size` voxels. Its matrix leads
        back to the reference's millimetres, so a map drawn on it can be carried back.
    record
        Record to write.
    """
    with case_stage(case=case, stage="normalise", record=record, folder=normalised) as job:
        before = Record.read(strip_record)
        before.require_ok()
        before.verify(brain)
        stored, stored_affine = read_mask(brain / "mask.nii.gz")
        mask, affine = to_ras(stored.astype(np.float32), stored_affine)
        grid = target_grid(mask > 0.5, affine, settings)
        names = [name for name in SEQUENCES if f"{name}.nii.gz" in before.files]
        region = scaling_region(mask, affine, grid, settings)
        write_normalised(names, brain, region, grid, settings, job)


def scaling_region(
    mask: Volume, affine: Affine, grid: Affine, settings: NormalisationSettings
) -> npt.NDArray[np.bool_]:
    """Return the voxels of a grid whose intensities decide the scale: the brain's, or all.

    Parameters
    ----------
    mask, affine
        The brain, 0 to 1, array (x, y, z) in RAS order, and its matrix from voxel to mm.
    grid
        From `target_grid`.
    """
    if settings.region == "brain":
        return resample(mask, affine, grid, settings.size) > 0.5
    return np.ones(settings.size, dtype=bool)


def write_normalised(
    names: Iterable[str],
    brain: Path,
    region: npt.NDArray[np.bool_],
    grid: Affine,
    settings: NormalisationSettings,
    job: CaseJob,
) -> None:
    """Write sequences of a case on a grid, and the size of its voxels among the measures.

    Parameters
    ----------
    names
        Sequences to write.
    brain
        The case's folder of stripped images.
    region, grid
        From `scaling_region` and `target_grid`.
    job
        The stage of the case, whose folder the images go to.
    """
    for name in names:
        data, affine = to_ras(*read_volume(brain / f"{name}.nii.gz"))
        volume = normalise_volume(data, affine, region, grid, settings, name)
        write_volume(job.folder / f"{name}.nii.gz", volume, grid)
    for axis, value in zip("xyz", spacing_of(grid), strict=True):
        job.measures[f"spacing_{axis}"] = round(float(value), 4)


def normalise_volume(
    data: Volume,
    affine: Affine,
    region: npt.NDArray[np.bool_],
    grid: Affine,
    settings: NormalisationSettings,
    name: str,
) -> Volume:
    """Return an image on a grid, scaled.

    Parameters
    ----------
    data, affine
        Array (x, y, z) in RAS order and its matrix from voxel to mm.
    region, grid
        From `scaling_region` and `target_grid`.
    name
        The sequence, for messages.
    """
    return scale(
        resample(data, affine, grid, settings.size),
        region,
        method=settings.intensity,
        percentiles=settings.percentiles,
        name=name,
    )


def target_grid(
    mask: npt.NDArray[np.bool_], affine: Affine, settings: NormalisationSettings
) -> Affine:
    """Return the matrix of the grid of `settings.size` voxels that the brain is brought to.

    Parameters
    ----------
    mask, affine
        Array (x, y, z) in RAS order, true in the brain, and its matrix from voxel to mm.

    Returns
    -------
    4 x 4 matrix from voxel of the grid to mm (RAS+). Its axes are those of `affine`.

    Raises
    ------
    CaseExcluded
        If the mask is empty.
    """
    if not mask.any():
        raise CaseExcluded("the brain mask is empty")
    spacing = spacing_of(affine)
    # Edges of the box, in voxels: a voxel reaches half a step beyond its centre.
    edges = [
        np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))[[0, -1]]
        for axis in range(3)
    ]
    low = np.array([pair[0] - 0.5 for pair in edges])
    high = np.array([pair[1] + 0.5 for pair in edges])
    extent = (high - low) * spacing + 2 * settings.margin
    if settings.keep_aspect:
        standard = np.array(STANDARD_BOX) + 2 * settings.margin
        extent = standard * (extent / standard).max()
    step = extent / np.array(settings.size) / spacing
    placed = np.diag([*step, 1.0])
    placed[:3, 3] = (low + high) / 2 - step * (np.array(settings.size) - 1) / 2
    return np.asarray(affine @ placed)


def resample(data: Volume, affine: Affine, grid: Affine, size: tuple[int, int, int]) -> Volume:
    """Resample an image linearly onto a grid with parallel axes; outside the image it is 0.

    Where the grid is coarser than the image, a Gaussian takes out what it cannot hold.

    Parameters
    ----------
    data, affine
        Array (x, y, z) and its matrix from voxel to mm.
    grid, size
        Matrix and shape of the result.

    Returns
    -------
    Array of shape `size`.
    """
    to_voxel = np.linalg.inv(affine) @ grid
    factor = np.maximum(1.0, np.linalg.norm(to_voxel[:3, :3], axis=0))
    smooth = ndimage.gaussian_filter(data, np.sqrt((factor**2 - 1) / 12), mode="constant")
    return np.asarray(
        ndimage.affine_transform(
            smooth,
            to_voxel[:3, :3],
            to_voxel[:3, 3],
            output_shape=size,
            order=1,
            mode="grid-constant",
        )
    )
