"""Signal-to-noise ratio of images whose noise is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from radnec.preprocess.quality.snr import air_around, signal_to_noise

AFFINE = np.diag([2.0, 2.0, 4.0, 1.0])


def ball(noise):
    """A head of 500 in a skull of 900, in air, with noise in both channels; and its brain."""
    x, y, z = np.mgrid[-50:50, -50:50, -20:20]
    radius = np.sqrt((2.0 * x) ** 2 + (2.0 * y) ** 2 + (4.0 * z) ** 2)
    clean = np.where(radius < 60, 500.0, np.where(radius < 66, 900.0, 0.0))
    rng = np.random.default_rng(5)
    real, imaginary = noise * rng.standard_normal((2, *clean.shape))
    return np.hypot(clean + real, imaginary).astype(np.float32), radius < 58


@pytest.mark.parametrize("noise", [10.0, 30.0])
def test_ratio_is_signal_over_the_noise_put_in(noise):
    data, brain = ball(noise)
    air = air_around(data, AFFINE)
    assert signal_to_noise(data, brain, air) == pytest.approx(500 / noise, rel=0.02)
    # Resampling by half a voxel smooths the noise; the ratio stays.
    shifted = ndimage.shift(data, (0.5, 0.5, 0.5), order=1, mode="nearest")
    assert signal_to_noise(shifted, brain, air) == pytest.approx(500 / noise, rel=0.02)


def test_no_ratio_where_the_air_was_set_to_zero():
    data, brain = ball(10.0)
    air = air_around(data, AFFINE)
    assert signal_to_noise(np.where(air, 0, data), brain, air) is None
