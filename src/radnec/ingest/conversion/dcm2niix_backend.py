"""Conversion by dcm2niix, from the files themselves, linked under neutral names."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np

from radnec.core.errors import CaseExcluded
from radnec.ingest.reading.types import Slice

_SECONDS = 600


def to_nifti(
    slices: Sequence[Slice], affine: np.ndarray, shape: tuple[int, int, int]
) -> nib.nifti1.Nifti1Image:
    """Convert the files of a volume to an image.

    Parameters
    ----------
    affine, shape
        The grid that the headers describe; where the files hold several volumes, it says
        which of dcm2niix's images is the wanted one.

    Raises
    ------
    CaseExcluded
        If dcm2niix fails, or makes no or more than one image of that grid.
    """
    import dcm2niix

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        source.mkdir()
        target.mkdir()
        for number, path in enumerate(dict.fromkeys(one.path for one in slices), start=1):
            (source / f"{number:05d}.dcm").symlink_to(Path(path).absolute())
        # No sidecar, no comment, no crop, scaling as shown (not Philips' precise floats), and
        # slices kept together whatever their echo: the volume is already separated from others.
        options = ["-b", "n", "-c", "", "-x", "n", "-p", "n", "-z", "n", "-f", "image_%s"]
        command = [str(dcm2niix.bin), *options, "-o", str(target), str(source)]
        try:
            # Its output names files and protocols, so it is dropped.
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise CaseExcluded(f"dcm2niix did not end within {_SECONDS} s") from None
        images = []
        for made in sorted(target.glob("*.nii")):
            image = nib.load(made)
            images.append(
                nib.nifti1.Nifti1Image(np.asanyarray(image.dataobj), image.affine)  # type: ignore[attr-defined]
            )
    if not images:
        raise CaseExcluded(f"dcm2niix made no image (exit code {done.returncode})")
    wanted = [image for image in images if same_grid(image.affine, image.shape, affine, shape)]
    if len(wanted) != 1:
        shapes = ", ".join("x".join(map(str, image.shape)) for image in images)
        raise CaseExcluded(
            f"dcm2niix made {len(wanted)} images of the grid in the headers "
            f"({'x'.join(map(str, shape))}; found {shapes})"
        )
    return wanted[0]


def same_grid(
    affine: np.ndarray, shape: tuple[int, ...], other: np.ndarray, other_shape: tuple[int, ...]
) -> bool:
    """Say whether two grids have the same voxels, whatever the order of their axes."""
    if sorted(shape) != sorted(other_shape):
        return False
    first, second = _corners(affine, shape), _corners(other, other_shape)
    size = float(np.linalg.norm(other[:3, :3], axis=0).min())
    distances = np.linalg.norm(first[:, None] - second[None], axis=2)
    return bool(np.all(distances.min(axis=1) < 0.1 * size))


def _corners(affine: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    ends = np.array(np.meshgrid(*[(0, n - 1) for n in shape])).reshape(3, -1)
    return np.asarray((affine[:3, :3] @ ends + affine[:3, 3:]).T)
