"""Receive field, noise and reconstruction of a magnitude image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from radnec.phantom.fields import expand, spline_weights


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
    return np.asarray(np.exp(np.float32(amplitude) * expand(coarse, *weights)))


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
        order = np.round(fft.fftfreq(acquired, 1 / acquired)).astype(int)
        # Sample n // 2 stays the middle of the field of view.
        shift = acquired // 2 / acquired - columns // 2 / columns
        spectrum = fft.fft(received, axis=2, overwrite_x=True)
        spectrum *= np.exp(2j * np.pi * order * shift).astype(np.complex64)
        padded = np.zeros((*image.shape[:2], columns), dtype=np.complex64)
        padded[:, :, order] = spectrum
        received = fft.ifft(padded, axis=2, overwrite_x=True)
        received *= columns / acquired
    return np.abs(received)
