"""The section ``explain`` of the configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Len

from radnec.core.expectations import Expected
from radnec.core.settings import Count, NotNegative, Settings

METHODS = {"gradcam": "Grad-CAM", "hirescam": "HiResCAM", "gradcam++": "Grad-CAM++"}
"""Values of `explain.method`, and how each is called in figures and text."""


class ExplainSettings(Settings):
    """How the maps are made, and how they are tested.

    The section also names the model that figures 4 and 5 show; that is the workflow's part
    (`radnec.config.sections.ExplainSection`).
    """

    method: Literal["gradcam", "hirescam", "gradcam++"] = "gradcam"
    """as the paper; or hirescam, gradcam++

    Change: to compare methods
    """
    layer: Annotated[str, Len(1), Expected("last, or the name of a module of the network")] = "last"
    """the last convolutional features, as the paper; or a module

    Any module whose output has three spatial axes, for example `features.denseblock3`.

    Change: where the last grid is too coarse
    """
    tolerance_mm: NotNegative = 10.0
    """how far from the lesion the peak may lie

    In the second pointing game.

    Change: rarely
    """
    curve_steps: Count = 20
    """from no voxel to all voxels

    In the insertion and deletion curves.

    Change: rarely
    """
    tested_cases: Count = 20
    """most cases for which networks are run again

    In the tests of the maps that need it.

    Change: rarely
    """
