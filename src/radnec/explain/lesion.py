"""Whether a map points at the lesion: the pointing game and the energy inside of it.

Both are read against chance, which for one case is the share of the brain that the lesion takes
up: a point put anywhere in the brain hits with that probability, and a map without preference
has that share of its energy there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, stats


@dataclass(frozen=True)
class LesionScore:
    """How one map lies to one lesion.

    Attributes
    ----------
    hit
        Whether the peak lies in the lesion (Zhang et al. 2018, "Top-down neural attention by
        excitation backprop", pointing game); False for a map of zeros.
    near
        Whether it lies in the lesion or within the tolerance of it.
    energy
        Share of the map's sum inside of the lesion (Wang et al. 2020, Score-CAM, energy-based
        pointing game); NaN for a map of zeros.
    chance
        Share of the brain that is lesion.
    chance_near
        Share of the brain that is lesion or within the tolerance of it.
    distance_mm
        From the peak to the nearest voxel of the lesion; NaN for a map of zeros.
    """

    hit: bool
    near: bool
    energy: float
    chance: float
    chance_near: float
    distance_mm: float


def score_map(
    volume: np.ndarray,
    peak: tuple[float, float, float] | None,
    lesion: np.ndarray,
    brain: np.ndarray,
    spacing: tuple[float, ...],
    tolerance_mm: float,
) -> LesionScore:
    """Compare a map with the lesion.

    Parameters
    ----------
    volume
        Map (x, y, z), not negative.
    peak
        Voxel of its peak, see :func:`radnec.explain.cam.peak_voxel`.
    lesion, brain
        Boolean masks (x, y, z) on the same grid.
    spacing
        Size of a voxel in millimetres along x, y, z.
    tolerance_mm
        How far from the lesion a peak still counts as near.
    """
    distance = ndimage.distance_transform_edt(~lesion, sampling=spacing)
    around = distance <= tolerance_mm
    brain_size = int(brain.sum())
    total = float(volume.sum())
    # Where the peak lies between two voxels, half to even decides: the same voxel each time.
    voxel = None if peak is None else tuple(np.rint(peak).astype(int))
    return LesionScore(
        hit=voxel is not None and bool(lesion[voxel]),
        near=voxel is not None and bool(around[voxel]),
        energy=float(volume[lesion].sum()) / total if total > 0 else float("nan"),
        chance=float((lesion & brain).sum()) / brain_size,
        chance_near=float((around & brain).sum()) / brain_size,
        distance_mm=float("nan") if voxel is None else float(distance[voxel]),
    )


def pointing_p_value(hits: int, chances: np.ndarray) -> float:
    """Return the probability of at least so many hits if every peak were put by chance.

    The cases have lesions of different sizes, so the count of hits by chance is a sum of
    Bernoulli variables with different probabilities (Poisson binomial), not a binomial.
    """
    return float(stats.poisson_binom.sf(hits - 1, np.asarray(chances, dtype=float)))
