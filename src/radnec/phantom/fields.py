"""Smooth fields on regular grids: cubic splines applied one axis at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import make_interp_spline

Floats = NDArray[np.float32] | NDArray[np.float64]


def spline_weights(nodes: ArrayLike, positions: ArrayLike) -> NDArray[np.float64]:
    """Return the matrix (positions, nodes) of cubic spline interpolation along an axis."""
    nodes = np.asarray(nodes, dtype=float)
    spline = make_interp_spline(nodes, np.eye(len(nodes)), k=3)
    return np.asarray(spline(np.asarray(positions, dtype=float)))


def expand(coarse: Floats, x: Floats, y: Floats, z: Floats) -> NDArray[np.float32]:
    """Interpolate `coarse` (x, y, z) with one matrix of weights for each axis."""
    field = np.einsum("ai,bj,ck,ijk->abc", x, y, z, coarse, optimize=True)
    return np.asarray(field, dtype=np.float32)


def smooth_noise(
    rng: np.random.Generator, shape: tuple[int, ...], spacing: float
) -> NDArray[np.float32]:
    """Return noise of mean 0 and SD 1 (over many draws) that varies over `spacing` voxels."""
    nodes = [np.arange(-1, int(size / spacing) + 4) * spacing for size in shape]
    coarse = rng.standard_normal([len(axis) for axis in nodes])
    weights = [
        spline_weights(axis, np.arange(size)) for axis, size in zip(nodes, shape, strict=True)
    ]
    # Between the nodes a spline of independent values varies less than on them.
    spread = np.prod([np.sqrt((matrix**2).sum(axis=1).mean()) for matrix in weights])
    return expand(coarse / spread, *weights)
