"""Scanning: geometry of a series, and how the head is sampled into its slices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from radnec.phantom.fields import expand, spline_weights

_NODES_MM = 10.0  # distance of the points at which the deformation is evaluated exactly
_SUBSLICES = 4  # samples through the thickness of one slice


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

    def __call__(self, points: NDArray) -> NDArray[np.float64]:
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
        to_template: NDArray,
        deformation: Deformation,
        origin: NDArray,
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
        x_range, y_range = self._window(x, y, volume.shape)
        offsets = (np.arange(_SUBSLICES) + 0.5) / _SUBSLICES - 0.5
        wx, wy = (
            spline_weights(self._nodes[0], x[x_range]),
            spline_weights(self._nodes[1], y[y_range]),
        )
        result = np.zeros((g.slices, len(y), len(x)), dtype=np.float32)
        for index in range(g.slices):
            z = (index - (g.slices - 1) / 2) * g.spacing + offsets * thickness
            wz = spline_weights(self._nodes[2], z)
            for weights in wz:
                plane = np.tensordot(self._coarse, weights, 1)
                coordinates = np.matmul(wy @ plane.transpose(0, 2, 1), wx.T).astype(np.float32)
                result[index, y_range, x_range] += _trilinear(volume, coordinates)
        return result / _SUBSLICES

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

    def _window(self, x: NDArray, y: NDArray, shape: tuple[int, ...]) -> tuple[slice, slice]:
        """Return the part of the image plane that any slice of the template reaches."""
        size = np.array(shape)[:, None, None, None]
        inside = ((self._coarse > -1) & (self._coarse < size)).all(axis=0)
        ranges = []
        for positions, nodes, others in ((x, self._nodes[0], (1, 2)), (y, self._nodes[1], (0, 2))):
            reached = nodes[inside.any(axis=others)]
            margin = nodes[1] - nodes[0]
            kept = np.flatnonzero(
                (positions >= reached.min() - margin) & (positions <= reached.max() + margin)
            )
            ranges.append(slice(int(kept[0]), int(kept[-1]) + 1))
        return ranges[0], ranges[1]


def _trilinear(
    volume: NDArray[np.float32], coordinates: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Interpolate linearly; beyond the grid its edge is repeated.

    `scipy.ndimage.map_coordinates` does the same at a quarter of the speed, and this is
    where the phantom spends its time.
    """
    lower, weight = [], []
    for axis, size in enumerate(volume.shape):
        place = np.clip(coordinates[axis], 0, size - 1.001)
        floor = place.astype(np.int32)
        lower.append(floor)
        weight.append(place - floor)
    _, ny, nz = volume.shape
    flat = volume.ravel()
    base = (lower[0] * ny + lower[1]) * nz + lower[2]
    wx, wy, wz = weight
    edges = []
    for shift in (0, nz, ny * nz, ny * nz + nz):
        start = base + shift
        near = flat.take(start)
        far = flat.take(start + 1)
        edges.append(near + wz * (far - near))
    front = edges[0] + wy * (edges[1] - edges[0])
    back = edges[2] + wy * (edges[3] - edges[2])
    return front + wx * (back - front)


def receive_field(
    coarse: NDArray[np.float64], shape: tuple[int, ...], amplitude: float
) -> NDArray[np.float32]:
    """Return exp(amplitude * field) on a grid (slices, rows, columns).

    `coarse` is a small cube of values within -1 and 1 over the field of view.
    """
    weights = [
        spline_weights(np.linspace(0, 1, n), np.linspace(0, 1, m))
        for n, m in zip(coarse.shape, shape, strict=True)
    ]
    return np.exp(np.float32(amplitude) * expand(coarse, *weights))


def record(
    rng: np.random.Generator, image: NDArray[np.float32], columns: int, noise: float
) -> NDArray[np.float32]:
    """Return the magnitude image of an acquisition with complex noise, zero-filled in phase.

    Gaussian noise of SD `noise` in the real and the imaginary channel makes the magnitude
    Rician (Gudbjartsson and Patz 1995, Magn Reson Med 34:910).

    Parameters
    ----------
    image
        (slices, rows, acquired columns), signed.
    columns
        Reconstructed columns; at least the acquired ones.
    """
    received = np.empty(image.shape, dtype=np.complex64)
    received.real = image + noise * rng.standard_normal(image.shape, dtype=np.float32)
    received.imag = noise * rng.standard_normal(image.shape, dtype=np.float32)
    acquired = image.shape[2]
    if columns != acquired:
        spectrum = fft.fftshift(fft.fft(fft.ifftshift(received, axes=2), axis=2), axes=2)
        before = columns // 2 - acquired // 2
        padded = np.zeros((*image.shape[:2], columns), dtype=np.complex64)
        padded[:, :, before : before + acquired] = spectrum
        received = fft.fftshift(fft.ifft(fft.ifftshift(padded, axes=2), axis=2), axes=2)
        received *= columns / acquired
    return np.abs(received)
