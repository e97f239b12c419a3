"""Sections of the configuration that the workflow itself reads; the others are with their stage."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le, Len
from pydantic import StringConstraints

from radnec.core.expectations import Expected
from radnec.core.settings import Count, Flag, Settings, UniqueList, Values, Whole
from radnec.explain.settings import ExplainSettings

Backbone = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_.:-]+$"),
    Expected("the name of a backbone"),
]


class PackSettings(Settings):
    """How the volumes are stored for training."""

    dtype: Literal["float16", "float32"] = "float16"
    """or float32

    Of the arrays that the networks read.

    Change: `float32` to exclude rounding as a cause
    """


class QualitySettings(Settings):
    """What a person decides after a look at the quality control."""

    exclude: dict[
        Annotated[str, Len(1), Expected("a case id")],
        Annotated[str, Len(1), Expected("a reason")],
    ] = {}
    """by hand, after a look: {case: reason}

    Change: after a look at the quality control
    """
    second_opinion: Flag = True
    """check every brain mask by a second method

    deepbet, or the atlas where the masks are deepbet's; masks that disagree are remarked in
    quality/cases.tsv. 5 to 10 s a case.

    Change: `false` if time is short and every picture is looked at
    """


class ModelsSettings(Settings):
    """Which networks are trained, on what, and how often."""

    backbones: UniqueList[Backbone] = (
        "resnet10",
        "densenet121",
        "resnet50",
        "vgg11",
        "mresnet",
        "vgg16",
    )
    """the networks of docs/training.md, torchvision:<name> or package.module:factory

    None, `[]`: only images are prepared, with the target `preprocessed`; no label, no input set.

    Change: as you like
    """
    inputs: Values[Annotated[str, Expected("a name of input_sets")]] = ("t1", "t1ce", "t2", "fused")
    """which of the input sets

    Change: as you like
    """
    seeds: Values[Annotated[Whole, Ge(0)]] = (1,)
    """one run for each

    Change: to see what chance does
    """
    strides: Literal["anisotropic", "isotropic"] = "anisotropic"
    """follow the voxels; isotropic: as the weights of other 3D networks

    Whether kernels and strides follow the voxels, see
    [docs/training.md](../docs/training.md#thick-slices).

    Change: `isotropic` for weights of other 3D networks
    """


class ShownModel(Settings):
    """Which model figures 4 and 5 show."""

    backbone: Annotated[str, Expected("one of models.backbones")] = "densenet121"
    """of figures 4 and 5

    Change: to the model you trust most
    """
    inputs: Annotated[str, Expected("one of models.inputs")] = "fused"
    """of figures 4 and 5

    Change: to the model you trust most
    """


class ExplainSection(ExplainSettings, ShownModel):
    """Which model is explained, and how."""


class FiguresSettings(Settings):
    """How the figures are drawn."""

    dpi: Annotated[Whole, Ge(72), Le(1200)] = 300
    """of the pictures beside the vector files

    Change: for a journal
    """
    slices: Count = 16
    """most slices that figure 4 shows

    Change: rarely
    """


class ThreadsSettings(Settings):
    """Threads of one job."""

    skull_strip: Count = 1
    """threads of one job

    Change: to the cores at hand
    """
    train: Count = 1
    """threads of one job

    Change: to the cores at hand
    """


class ResourcesSettings(Settings):
    """Where jobs run: never part of what reruns."""

    device: Annotated[
        str,
        StringConstraints(pattern=r"^(auto|cpu|cuda(:[0-9]+)?)$"),
        Expected("auto, cpu, cuda or cuda:N"),
    ] = "auto"
    """auto, cpu, cuda or cuda:N

    Change: to keep a GPU free, for instance
    """
    threads: ThreadsSettings = ThreadsSettings()
    """threads of one job"""
