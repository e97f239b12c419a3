"""Geometry of a series, and how the head is sampled into its slices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from radnec.phantom.fields import Floats, expand, spline_weights

_NODES_MM = 10.0  # distance of the points at which the deformation is evaluated exactly
_SUBSLICES = 3  # samples through the thickness of one slice


@dataclass(frozen=True)
class Geometry:
    """A stack of parallel slices.

    `axes` has the unit vectors (columns) of image column, image row and slice direction
    in world coordinates (RAS, mm); `centre` is the middle of the stack.
    """

    axes: NDArray[np.float64]
    centre: NDArray[np.float64]
    pixel: float
    columns: int
    rows: int
    spacing: float
    slices: int

    @property
    def affine(self) -> NDArray[np.float64]:
        """4 x 4, from (column, row, slice) to world RAS in mm."""
        affine = np.eye(4)
        affine[:3, :3] = self.axes * [self.pixel, self.pixel, self.spacing]
        # Index n // 2 lies on the centre, as the discrete Fourier transform has it.
        middle = [self.columns // 2, self.rows // 2, (self.slices - 1) / 2]
        affine[:3, 3] = self.centre - affine[:3, :3] @ middle
        return affine


@dataclass(frozen=True)
class Deformation:
    """Smooth displacement (mm) on a lattice over the template's world."""

    origin: NDArray[np.float64]
    spacing: float
    displacement: NDArray[np.float64]  # (3, x, y, z)

    def __call__(self, points: Floats) -> NDArray[np.float64]:
        """Return the displacement (3, ...) at world positions (3, ...)."""
        index = (points - self.origin.reshape(3, *[1] * (points.ndim - 1))) / self.spacing
        return np.stack(
            [
                ndimage.map_coordinates(part, index, order=3, mode="nearest")
                for part in self.displacement
            ]
        )


class Sampler:
    """Samples template volumes along the slices of one series.

    Parameters
    ----------
    geometry
        The reconstructed series.
    to_template
        4 x 4, world of the scan to world of the template, before deformation.
    deformation
        Displacement added in the template's world.
    origin
        World position of the template's voxel (0, 0, 0); its voxels are 1 mm.
    """

    def __init__(
        self,
        geometry: Geometry,
        to_template: Floats,
        deformation: Deformation,
        origin: Floats,
    ) -> None:
        self.geometry = geometry
        half = np.array([geometry.columns, geometry.rows, 0]) / 2 * geometry.pixel
        half[2] = geometry.slices / 2 * geometry.spacing
        # Nodes and positions are millimetres from the centre of the stack.
        self._nodes = [np.linspace(-h, h, max(int(2 * h / _NODES_MM) + 2, 4)) for h in half]
        local = np.stack(np.meshgrid(*self._nodes, indexing="ij"))
        world = np.tensordot(geometry.axes, local, 1) + geometry.centre[:, None, None, None]
        points = np.tensordot(to_template[:3, :3], world, 1) + to_template[:3, 3, None, None, None]
        points += deformation(points)
        self._coarse = points - origin[:, None, None, None]

    def slices(
        self, volume: NDArray[np.float32], columns: int, thickness: float
    ) -> NDArray[np.float32]:
        """Return (slices, rows, columns) averaged over the slice thickness.

        `columns` is the number of samples along phase over the same field of view.
        """
        g = self.geometry
        x = (np.arange(columns) - columns // 2) * (g.columns * g.pixel / columns)
        y = (np.arange(g.rows) - g.rows // 2) * g.pixel
        weights_x, weights_y = (
            spline_weights(nodes, place) for nodes, place in zip(self._nodes, (x, y), strict=False)
        )
        offsets = (np.arange(_SUBSLICES) + 0.5) / _SUBSLICES - 0.5
        near_head = self._near_head(volume)
        result = np.zeros((g.slices, len(y), len(x)), dtype=np.float32)
        for index in range(g.slices):
            z = (index - (g.slices - 1) / 2) * g.spacing + offsets * thickness
            close = np.abs(self._nodes[2] - z.mean()) < 1.5 * _NODES_MM
            reached = np.any(near_head[:, :, close], axis=2)
            if not reached.any():
                continue
            columns_in = _span(x, self._nodes[0][reached.any(axis=1)])
            rows_in = _span(y, self._nodes[1][reached.any(axis=0)])
            for weights in spline_weights(self._nodes[2], z):
                plane = np.tensordot(self._coarse, weights, 1).transpose(0, 2, 1)
                points = weights_y[rows_in] @ plane @ weights_x[columns_in].T
                result[index, rows_in, columns_in] += trilinear(volume, points.astype(np.float32))
        result /= _SUBSLICES
        return result

    def labels(self, volume: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return (column, row, slice) labels at the centres of the reconstructed voxels."""
        g = self.geometry
        x = (np.arange(g.columns) - g.columns // 2) * g.pixel
        y = (np.arange(g.rows) - g.rows // 2) * g.pixel
        z = (np.arange(g.slices) - (g.slices - 1) / 2) * g.spacing
        weights = [spline_weights(n, p) for n, p in zip(self._nodes, (x, y, z), strict=True)]
        index = []
        for axis, part in enumerate(self._coarse):
            voxel = np.rint(expand(part, *weights)).astype(np.int32)
            index.append(np.clip(voxel, 0, volume.shape[axis] - 1))
        return volume[tuple(index)]

    def _near_head(self, volume: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Tell for each node whether the volume has anything within about 16 mm of it."""
        step = 4
        filled = ndimage.maximum_filter(volume[::step, ::step, ::step] != 0, size=9)
        index = np.rint(self._coarse / step).astype(int)
        # Below the template the neck goes on; beyond its other faces there is air.
        index[2] = np.maximum(index[2], 0)
        size = np.array(filled.shape)[:, None, None, None]
        inside = ((index >= 0) & (index < size)).all(axis=0)
        return np.asarray(filled[tuple(np.clip(index, 0, size - 1))] & inside)


def _span(positions: Floats, reached: Floats) -> slice:
    """Return the positions within a node's distance of those that are reached."""
    kept = np.flatnonzero(
        (positions >= reached.min() - _NODES_MM) & (positions <= reached.max() + _NODES_MM)
    )
    return slice(int(kept[0]), int(kept[-1]) + 1)


def trilinear(volume: NDArray[np.float32], coordinates: NDArray[np.float32]) -> NDArray[np.float32]:
    """Interpolate linearly; beyond the grid its edge is repeated.

    `coordinates` (3, ...) are voxel indices and are clipped in place.

    `scipy.ndimage.map_coordinates` does the same at a quarter of the speed, and this is
    where the phantom spends its time.
    """
    base: NDArray[np.int32] = np.zeros(coordinates.shape[1:], dtype=np.int32)
    weights = []
    for place, size in zip(coordinates, volume.shape, strict=True):
        np.clip(place, 0, size - 1.001, out=place)
        floor = place.astype(np.int32)
        weights.append(place - floor)
        base = base * size + floor
    wx, wy, wz = weights
    flat = volume.ravel()
    _, ny, nz = volume.shape

    def line(start: NDArray[np.int32]) -> NDArray[np.float32]:
        near, far = flat.take(start), flat.take(start + 1)
        far -= near
        far *= wz
        return np.add(near, far, out=far)

    def plane(start: NDArray[np.int32]) -> NDArray[np.float32]:
        near, far = line(start), line(start + nz)
        far -= near
        far *= wy
        return np.add(near, far, out=far)

    near, far = plane(base), plane(base + ny * nz)
    far -= near
    far *= wx
    return np.add(near, far, out=far)
