"""Rigid movements between the images of a case: matrices, files, sizes.

A movement is a 4 x 4 matrix in millimetres and RAS+ that takes a point of the reference to
the same anatomy in the moving image. Its file is the one that ANTs and ITK write (binary
``.mat``, LPS+, same direction), so any ANTs or ITK tool can apply it or its inverse.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.io
from scipy.spatial.transform import Rotation

from radnec.preprocess.volumes import Affine, Volume

RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_KEY = "AffineTransform_double_3_3"


def write_movement(path: Path, movement: Affine) -> None:
    """Write a movement as ITK's binary ``.mat``; no time, no name in it: same bytes each time."""
    lps = RAS_TO_LPS @ movement @ RAS_TO_LPS
    parameters = np.concatenate([lps[:3, :3].ravel(), lps[:3, 3]])[:, None]
    with Path(path).open("wb") as stream:
        scipy.io.savemat(stream, {_KEY: parameters, "fixed": np.zeros((3, 1))}, format="4")


def read_movement(path: Path) -> Affine:
    """Read ITK's binary ``.mat`` (an affine or rigid transform with its centre).

    Returns
    -------
    4 x 4 matrix, mm, RAS+, from a point of the reference to the moving image.
    """
    content = scipy.io.loadmat(path)
    (key,) = [name for name in content if "Transform" in name]
    parameters = content[key].ravel()
    centre = content["fixed"].ravel()
    lps = np.eye(4)
    lps[:3, :3] = parameters[:9].reshape(3, 3)
    lps[:3, 3] = parameters[9:12] + centre - lps[:3, :3] @ centre
    return np.asarray(RAS_TO_LPS @ lps @ RAS_TO_LPS)


def rigid_movement(
    rotation_degrees: npt.ArrayLike, translation: npt.ArrayLike, centre: npt.ArrayLike
) -> Affine:
    """Return the movement that rotates about `centre` (axis times angle) and then translates."""
    movement = np.eye(4)
    movement[:3, :3] = Rotation.from_rotvec(np.asarray(rotation_degrees), degrees=True).as_matrix()
    movement[:3, 3] = np.add(translation, centre) - movement[:3, :3] @ np.asarray(centre)
    return movement


def rotation_angle(movement: Affine) -> float:
    """Return the angle of a movement about its axis in degrees."""
    return float(np.degrees(Rotation.from_matrix(movement[:3, :3]).magnitude()))


def displacement(movement: Affine, point: np.ndarray) -> float:
    """Return how far `point` (x, y, z in mm) is moved, in mm."""
    return float(np.linalg.norm(movement[:3, :3] @ point + movement[:3, 3] - point))


def centre_of_mass(data: Volume, affine: Affine) -> np.ndarray:
    """Return the centre of the intensities above zero in mm (x, y, z)."""
    weights = np.clip(data, 0, None).astype(np.float64)
    total = weights.sum()
    voxel = [
        float((weights.sum(axis=tuple(a for a in range(3) if a != axis)) * np.arange(n)).sum())
        for axis, n in enumerate(data.shape)
    ]
    return np.asarray(affine[:3, :3] @ (np.array(voxel) / total) + affine[:3, 3])


def centre_of_field(shape: tuple[int, ...], affine: Affine) -> np.ndarray:
    """Return the centre of an image's field of view in mm (x, y, z)."""
    return np.asarray(affine[:3, :3] @ ((np.array(shape) - 1) / 2) + affine[:3, 3])
