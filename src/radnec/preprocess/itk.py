"""ANTs on one thread with a fixed seed: the same bytes on every run.

With two threads ITK adds the parts of a metric in the order in which they arrive, and a
registration differs from run to run; it gains nothing either, since cases run side by side.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import Any

import numpy as np

from radnec.preprocess.transforms import RAS_TO_LPS
from radnec.preprocess.volumes import Affine, Volume


def load_ants(seed: int) -> ModuleType:
    """Import ANTs on one thread and seed its sampling.

    Parameters
    ----------
    seed
        Seeds the places at which the metric is sampled.
    """
    # ITK reads the number of threads once, when its library is loaded.
    os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = "1"
    ants = importlib.import_module("ants")
    ants.config.set_ants_deterministic(on=True, seed_value=seed)
    return ants


def to_ants(ants: ModuleType, data: Volume, affine: Affine) -> Any:
    """Return an ANTs image of an array (x, y, z) and its 4 x 4 matrix from voxel to mm (RAS+)."""
    lps = RAS_TO_LPS @ affine
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    return ants.from_numpy(
        np.ascontiguousarray(data, dtype=np.float32),
        origin=lps[:3, 3].tolist(),
        spacing=spacing.tolist(),
        direction=lps[:3, :3] / spacing,
    )
