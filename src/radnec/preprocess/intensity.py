"""Bring intensities to a common scale: as the paper prints it, or two robust variants."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from radnec.core.errors import CaseExcluded
from radnec.preprocess.volumes import Volume

Scaling = Literal["min-max", "percentile", "z-score"]


def scale(
    data: Volume,
    region: npt.NDArray[np.bool_],
    *,
    method: Scaling,
    percentiles: tuple[float, float],
    name: str,
) -> Volume:
    """Scale the intensities of a volume.

    ``min-max`` is x' = (x - min) / (max - min), Ying et al. 2025, "Data preprocessing",
    step 5. ``percentile`` cuts the volume at two percentiles first, so that one bright vessel
    does not decide the scale. ``z-score`` is (x - mean) / standard deviation.

    Parameters
    ----------
    data
        Array (x, y, z).
    region
        Array (x, y, z), the voxels whose intensities decide the scale; what lies outside
        becomes 0.
    percentiles
        Lower and upper percentile, used by ``percentile`` alone.
    name
        The sequence, for the message.

    Returns
    -------
    Array (x, y, z), float32; in [0, 1] for ``min-max`` and ``percentile``.

    Raises
    ------
    CaseExcluded
        If the region is empty or all its intensities are equal.
    """
    inside = data[region].astype(np.float64)
    if inside.size == 0 or inside.min() == inside.max():
        raise CaseExcluded(f"{name}: all intensities inside the brain are equal")
    if method == "z-score":
        offset, width = inside.mean(), inside.std()
    elif method == "percentile":
        low, high = np.percentile(inside, percentiles)
        if low == high:
            raise CaseExcluded(
                f"{name}: the percentiles {percentiles[0]:g} and {percentiles[1]:g} of its "
                "intensities are equal"
            )
        inside = np.clip(inside, low, high)
        offset, width = low, high - low
    else:
        offset, width = inside.min(), inside.max() - inside.min()
    scaled = np.zeros(data.shape, dtype=np.float32)
    scaled[region] = (inside - offset) / width
    return scaled
