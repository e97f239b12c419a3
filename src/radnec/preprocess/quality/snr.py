"""Signal-to-noise ratio of a magnitude image."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.preprocess.pyramid import head_of
from radnec.preprocess.volumes import Affine, Volume, spacing_of

# Ghosts and ringing lie close to the head.
_AWAY_MM = 10.0
_LEAST_VOXELS = 1000


def air_around(data: Volume, affine: Affine) -> npt.NDArray[np.bool_]:
    """Return where an image (x, y, z) shows air at a distance from the head."""
    distance = ndimage.distance_transform_edt(~head_of(data), sampling=spacing_of(affine))
    return np.asarray(distance > _AWAY_MM)


def signal_to_noise(
    data: Volume, brain: npt.NDArray[np.bool_], air: npt.NDArray[np.bool_]
) -> float | None:
    """Return the brain's median signal over the standard deviation of the noise.

    In air a magnitude image follows Rayleigh's distribution, whose mean is sigma times
    sqrt(pi / 2) (Gudbjartsson and Patz 1995, Magn Reson Med 34:910). The mean, unlike the
    spread, is the same after linear resampling, so registered images can be measured too.

    Parameters
    ----------
    data
        Array (x, y, z) of the head.
    brain, air
        Arrays (x, y, z), true in the brain, and in air away from the head.

    Returns
    -------
    The ratio; None where there is too little air that the scanner has not set to zero.
    """
    noise = data[air & (data > 0)]
    if noise.size < _LEAST_VOXELS or not brain.any():
        return None
    sigma = float(noise.mean(dtype=np.float64)) / math.sqrt(math.pi / 2)
    return float(np.median(data[brain])) / sigma
