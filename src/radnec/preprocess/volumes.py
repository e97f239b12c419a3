"""Read and write the three-dimensional images of a case, and refuse what is not one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt

from radnec.core.errors import CaseExcluded
from radnec.core.packing import gzipped

Volume = npt.NDArray[np.float32]
Affine = npt.NDArray[np.float64]


def read_volume(path: Path) -> tuple[Volume, Affine]:
    """Read an image that can be worked with.

    Parameters
    ----------
    path
        NIfTI file named after its sequence.

    Returns
    -------
    Array (x, y, z) of the intensities, and the 4 x 4 matrix from voxel to millimetres (RAS+).

    Raises
    ------
    CaseExcluded
        If the file is damaged, not three-dimensional, holds values that are not finite, or
        one value only, or if its voxel axes are not perpendicular.
    """
    name = _sequence_name(path)
    try:
        image: Any = nib.load(path)
        data = np.asarray(image.get_fdata(dtype=np.float32, caching="unchanged"))
    except (nib.filebasedimages.ImageFileError, EOFError, OSError) as error:
        if not Path(path).is_file():
            raise
        raise CaseExcluded(f"{name}: the image file is damaged") from error
    if data.ndim == 4 and data.shape[3] == 1:
        data = data[..., 0]
    if data.ndim != 3:
        raise CaseExcluded(f"{name}: {data.ndim} dimensions, a volume has 3")
    if not np.isfinite(data).all():
        count = int(np.count_nonzero(~np.isfinite(data)))
        raise CaseExcluded(f"{name}: {count} voxels are not finite numbers")
    if data.size == 0 or data.min() == data.max():
        raise CaseExcluded(f"{name}: empty, every voxel has the same value")
    affine = np.asarray(image.affine, dtype=np.float64)
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise CaseExcluded(f"{name}: the header does not say where the voxels lie")
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    if not np.allclose(axes.T @ axes, np.eye(3), atol=5e-3):
        raise CaseExcluded(f"{name}: voxel axes are not perpendicular (uncorrected gantry tilt)")
    return data, affine


def read_mask(path: Path) -> tuple[npt.NDArray[np.bool_], Affine]:
    """Read a mask that a stage of this library wrote.

    Returns
    -------
    Array (x, y, z), true in the brain, and the 4 x 4 matrix from voxel to mm (RAS+).
    """
    image: Any = nib.load(path)
    return np.asarray(image.dataobj) > 0, np.asarray(image.affine, dtype=np.float64)


def write_volume(path: Path, data: npt.NDArray[Any], affine: Affine) -> None:
    """Write an image, the same bytes for the same content.

    Parameters
    ----------
    data
        Array (x, y, z); its type becomes the type in the file.
    affine
        4 x 4 matrix from voxel to millimetres (RAS+).
    """
    image = nib.Nifti1Image(data, affine)
    image.header.set_xyzt_units("mm")
    image.set_qform(affine, code=1)
    image.set_sform(affine, code=1)
    if Path(path).suffix != ".gz":
        nib.save(image, path)
        return
    Path(path).write_bytes(gzipped(image.to_bytes()))


def to_ras(data: Volume, affine: Affine) -> tuple[Volume, Affine]:
    """Flip and swap axes so that x, y, z run closest to right, front, up."""
    image = nib.as_closest_canonical(nib.Nifti1Image(data, affine))
    return np.asarray(image.dataobj), np.asarray(image.affine)


def spacing_of(affine: Affine) -> npt.NDArray[np.float64]:
    """Return the distances between voxel centres along x, y, z in mm."""
    return np.asarray(np.linalg.norm(affine[:3, :3], axis=0))


def same_grid(shape: tuple[int, ...], affine: Affine, other: tuple[int, ...], to: Affine) -> bool:
    """Say whether two images have the same voxels: equal shapes, corners within 0.05 voxels.

    What programs write of one grid differs by their rounding: a quaternion in single precision
    puts the far corner of a head about 0.01 mm off. 0.05 voxels are less than any resampling sees.
    """
    if tuple(shape) != tuple(other):
        return False
    corners = np.array([[x, y, z, 1] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
    corners[:, :3] *= np.array(shape) - 1
    return bool(np.abs(corners @ (affine - to).T).max() < 0.05 * spacing_of(to).min())


def _sequence_name(path: Path) -> str:
    return Path(path).name.removesuffix(".gz").removesuffix(".nii")
