"""How alike two images are at a given movement, and how much of one the other covers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.preprocess.pyramid import Level
from radnec.preprocess.transforms import rigid_movement
from radnec.preprocess.volumes import Affine

_BINS = 32
_THIN = 4
_BRAIN_HEIGHT_MM = 130.0


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
    reference: Level, moving: Level, movement: Affine, *, thin: int = 1
) -> tuple[float, float]:
    """Compare two images with the moving one put in its place.

    Parameters
    ----------
    movement
        4 x 4 matrix from a point of the reference to the moving image, mm, RAS+.
    thin
        Look at every so many-th voxel of the head.

    Returns
    -------
    Normalised mutual information over the reference's head where the moving image covers it
    (1 where it hardly does), and the fraction of the head that it covers.
    """
    voxels = np.array(np.nonzero(reference.head))[:, ::thin]
    points, inside = _carried(voxels, reference, moving, movement)
    overlap = int(np.count_nonzero(inside)) / max(1, inside.size)
    if np.count_nonzero(inside) < _BINS**2:
        return 1.0, overlap
    shown = reference.data[reference.head][::thin]
    sampled = ndimage.map_coordinates(moving.data, points[:, inside], order=1, mode="nearest")
    return normalised_mutual_information(shown[inside], sampled), overlap


def coverage(reference: Level, moving: Level, movement: Affine) -> float:
    """Return the fraction of the reference's head, neck left out, that the moving image covers.

    A sagittal scan reaches down to the neck, an axial one ends below the brain: the head counts
    down to 130 mm below its top, which is about as far as a brain reaches.
    """
    voxels = np.array(np.nonzero(reference.head))
    if voxels.size == 0:
        return 0.0
    height = reference.affine[2, :3] @ voxels
    # Noise above the head is not its top.
    voxels = voxels[:, height > np.percentile(height, 99.5) - _BRAIN_HEIGHT_MM]
    _, inside = _carried(voxels, reference, moving, movement)
    return float(np.count_nonzero(inside)) / max(1, inside.size)


def _carried(
    voxels: npt.NDArray[np.int64], reference: Level, moving: Level, movement: Affine
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return where voxels (3, n) of the reference lie in the moving image, and if inside it."""
    to_voxel = np.linalg.inv(moving.affine) @ movement @ reference.affine
    points = to_voxel[:3, :3] @ voxels + to_voxel[:3, 3:]
    limits = np.array(moving.data.shape)[:, None]
    within = (points >= -0.5) & (points <= limits - 0.5)
    return points, np.asarray(within.all(axis=0))


def distinctness(reference: Level, moving: Level, movement: Affine, centre: np.ndarray) -> float:
    """Say how much a movement stands out from those around it.

    At the right place two images of one head share several times as much information as
    15 mm or 12 degrees beside it; at a wrong one hardly more, or less, or nothing at all.

    Parameters
    ----------
    centre
        Centre of the rotations, mm.

    Returns
    -------
    (similarity - 1) at the movement over the largest of those around it.
    """
    here, _ = compare_at(reference, moving, movement, thin=_THIN)
    beside = [
        compare_at(reference, moving, movement @ rigid_movement(turn, shift, centre), thin=_THIN)[0]
        for axis in np.eye(3)
        for sign in (-1, 1)
        for turn, shift in ((np.zeros(3), sign * 15.0 * axis), (sign * 12.0 * axis, np.zeros(3)))
    ]
    return (here - 1) / max(max(beside) - 1, 1e-6)
