"""What a reader is shown of a map: the brain only, on a slice with evidence in the lesion.

The tests of the maps (`radnec.explain.lesion`) see the whole map; what a picture leaves out is
stated beside it.
"""

from __future__ import annotations

import numpy as np

from radnec.explain.lesion import peak_in, score_map
from radnec.figures.slices import Volume


def within_brain(heat: Volume, brain: np.ndarray) -> float:
    """Set a map to zero outside of the brain, in place, and its highest value inside to 1.

    Parameters
    ----------
    heat
        The map, not negative.
    brain
        Mask (x, y, z) on its grid.

    Returns
    -------
    share
        Part of the map's sum that lay outside.
    """
    total = float(heat.data.sum())
    heat.data = np.where(brain, heat.data, 0.0).astype(np.float32)
    highest, inside = float(heat.data.max()), float(heat.data.sum())
    if highest > 0:
        heat.data /= highest
    return 1.0 - inside / total if total > 0 else 0.0


def say_outside(share: float) -> str:
    """Return the sentence on what a picture leaves out."""
    return f"{share:.0%} of the map lies outside of the brain and is not shown."


def choose_slice(heat: Volume, brain: np.ndarray, lesion: np.ndarray | None) -> tuple[int, str]:
    """Return the axial slice to show, and a sentence that says which it is.

    Where the lesion is known, it is the slice with the most evidence in the lesion, and the
    sentence says how far from the lesion the map's peak is; else the slice of the peak.

    Parameters
    ----------
    heat
        The map, not negative.
    brain, lesion
        Masks (x, y, z) on its grid.
    """
    slices = heat.data.shape[2]
    peak = peak_in(heat.data, brain)
    if lesion is None:
        z = slices // 2 if peak is None else peak[2]
        return z, f"Slice {z + 1} of {slices}, on which the map is highest in the brain."
    evidence = np.where(lesion, heat.data, 0.0).sum(axis=(0, 1))
    if peak is None or not evidence.any():
        z = int(lesion.sum(axis=(0, 1)).argmax())
        shown = f"Slice {z + 1} of {slices}, with most of the lesion, in which the map is zero"
    else:
        z = int(evidence.argmax())
        shown = f"Slice {z + 1} of {slices}, with the most evidence in the lesion"
    if peak is None:
        return z, f"{shown}."
    away = score_map(heat.data, lesion, brain, heat.spacing, 0.0).distance_mm
    if away == 0:
        return z, f"{shown}; the map's peak lies in the lesion."
    return z, f"{shown}; the map's peak lies {away:.0f} mm outside of it, on slice {peak[2] + 1}."
