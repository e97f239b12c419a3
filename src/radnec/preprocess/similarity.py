"""How alike two images are at a given movement, and how much of one the other covers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage import filters

from radnec.preprocess.volumes import Affine, Volume

_BINS = 32


def normalised_mutual_information(
    reference: npt.NDArray[np.float32], moving: npt.NDArray[np.float32]
) -> float:
    """Return (H(A) + H(B)) / H(A, B) of two arrays of intensities of the same voxels.

    It is 1 for independent intensities and 2 where one determines the other; it hardly
    depends on how much the images overlap (Studholme et al. 1999, Pattern Recognition 32:71).
    """
    joint, _, _ = np.histogram2d(reference, moving, bins=_BINS)
    joint /= joint.sum()

    def entropy(p: npt.NDArray[np.float64]) -> float:
        p = p[p > 0]
        return float(-(p * np.log(p)).sum())

    together = entropy(joint.ravel())
    if together == 0:
        return 1.0
    return (entropy(joint.sum(axis=0)) + entropy(joint.sum(axis=1))) / together


def compare_at(
    reference: tuple[Volume, Affine],
    moving: tuple[Volume, Affine],
    movement: Affine,
    head: npt.NDArray[np.bool_],
) -> tuple[float, float]:
    """Compare two images with the moving one put in its place.

    Parameters
    ----------
    reference, moving
        Array (x, y, z) and 4 x 4 matrix from voxel to mm (RAS+) of each.
    movement
        4 x 4 matrix from a point of the reference to the moving image, mm, RAS+.
    head
        Array (x, y, z), the reference's voxels that show the head.

    Returns
    -------
    Normalised mutual information over the voxels that both images cover, and the fraction of
    the head in the reference that lies inside the moving image's field of view.
    """
    data, affine = reference
    other, other_affine = moving
    to_voxel = np.linalg.inv(other_affine) @ movement @ affine
    grid = np.indices(data.shape, dtype=np.float64).reshape(3, -1)
    points = to_voxel[:3, :3] @ grid + to_voxel[:3, 3:]
    limits = np.array(other.shape)[:, None]
    inside = ((points >= -0.5) & (points <= limits - 0.5)).all(axis=0)
    of_head = head.ravel()
    overlap = int(np.count_nonzero(inside & of_head)) / max(1, int(np.count_nonzero(of_head)))
    if np.count_nonzero(inside) < _BINS**2:
        return 1.0, overlap
    sampled = ndimage.map_coordinates(other, points[:, inside], order=1, mode="nearest")
    return normalised_mutual_information(data.ravel()[inside], sampled), overlap


def head_of(data: Volume) -> npt.NDArray[np.bool_]:
    """Return the voxels (x, y, z) that show the head rather than air, roughly.

    Otsu's threshold separates bright tissue from the rest; half of it keeps dark tissue too.
    """
    low, high = (float(value) for value in np.percentile(data, [1, 99]))
    between = float(filters.threshold_otsu(np.clip(data, low, high)))
    mask = ndimage.binary_opening(data > low + (between - low) / 2)
    return np.asarray(ndimage.binary_fill_holes(mask))
