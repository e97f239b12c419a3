"""The section ``explain`` of the configuration."""

from __future__ import annotations

import dataclasses
from typing import Literal

from radnec.core.settings import Settings


@dataclasses.dataclass(frozen=True)
class ExplainSettings(Settings):
    """How the maps are made, and how they are tested.

    The section also names the model that figures 4 and 5 show; that is the workflow's part.

    Attributes
    ----------
    method
        ``gradcam`` (the paper), ``hirescam`` or ``gradcam++``.
    layer
        ``last``: the network's last convolutional features (the paper); or the name of any
        module whose output has three spatial axes, for example ``features.denseblock3``.
    tolerance_mm
        In the second pointing game, how far from the lesion the peak may lie.
    curve_steps
        Steps from no voxel to all voxels in the insertion and deletion curves.
    tested_cases
        Most cases for which the tests that run the network again are made.
    """

    method: Literal["gradcam", "hirescam", "gradcam++"]
    layer: str
    tolerance_mm: float
    curve_steps: int
    tested_cases: int
