"""Whether a map points at the lesion: the pointing game and the energy inside of it.

Both look at the brain only and are read against chance, which for one case is the share of the
brain that the lesion takes up: a point put anywhere in the brain hits with that probability, and
a map without preference has that share of its energy there. What the map shows outside of the
brain, where there is no finding, is counted separately.
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
        Whether the peak within the brain lies in the lesion (pointing game, Zhang et al. 2018,
        "Top-down neural attention by excitation backprop"); False for a map of zeros.
    near
        Whether it lies in the lesion or within the tolerance of it.
    energy
        Share of the map's sum over the brain that lies in the lesion (Wang et al. 2020,
        Score-CAM, energy-based pointing game); NaN where the map is zero.
    outside
        Share of the map's whole sum outside of the brain; NaN for a map of zeros.
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
    outside: float
    chance: float
    chance_near: float
    distance_mm: float


def score_map(
    volume: np.ndarray,
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
    total, inside = float(volume.sum()), float(volume[brain].sum())
    voxel = peak_in(volume, brain)
    return LesionScore(
        hit=voxel is not None and bool(lesion[voxel]),
        near=voxel is not None and bool(around[voxel]),
        energy=float(volume[lesion & brain].sum()) / inside if inside > 0 else float("nan"),
        outside=1.0 - inside / total if total > 0 else float("nan"),
        chance=float((lesion & brain).sum()) / brain_size,
        chance_near=float((around & brain).sum()) / brain_size,
        distance_mm=float("nan") if voxel is None else float(distance[voxel]),
    )


def peak_in(volume: np.ndarray, brain: np.ndarray) -> tuple[int, int, int] | None:
    """Return the voxel of the brain where a map is highest; None where it is zero all over.

    A map made on a coarse grid is flat beyond the middle of its outermost cells. Of voxels that
    share the highest value, the one nearest to their common middle is taken.
    """
    highest = float(np.where(brain, volume, 0.0).max())
    if not highest > 0:
        return None
    # Interpolation leaves differences in the last digits of a plateau.
    shared = np.argwhere(brain & (volume >= highest * (1 - 1e-5)))
    steps = ((shared - shared.mean(axis=0)) ** 2).sum(axis=1)
    x, y, z = (int(place) for place in shared[int(steps.argmin())])
    return x, y, z


def pointing_p_value(hits: int, chances: np.ndarray) -> float:
    """Return the probability of at least so many hits if every peak were put by chance.

    The cases have lesions of different sizes, so the count of hits by chance is a sum of
    Bernoulli variables with different probabilities (Poisson binomial), not a binomial.
    """
    return float(stats.poisson_binom.sf(hits - 1, np.asarray(chances, dtype=float)))
