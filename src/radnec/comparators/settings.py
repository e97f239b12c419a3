"""The section `comparators` of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from annotated_types import Ge
from pydantic import StringConstraints

from radnec.comparators.catalogue import ComparatorName
from radnec.core.expectations import Expected
from radnec.core.settings import (
    Conflict,
    Count,
    NotNegative,
    Positive,
    Settings,
    Share,
    UniqueList,
    Values,
    Whole,
)

Family = Literal[
    "morphology",
    "statistics",
    "intensity_histogram",
    "glcm",
    "glrlm",
    "glszm",
    "ngtdm",
    "ngldm",
]

Column = Annotated[
    str,
    StringConstraints(pattern=r"^(age|sex|primary_diagnosis|x_[A-Za-z0-9_]+)$"),
    Expected("age, sex, primary_diagnosis or the name of a column that begins with x_"),
]


class FeatureSettings(Settings):
    """Features of the lesion, by MIRP."""

    families: Values[Family] = (
        "morphology",
        "statistics",
        "intensity_histogram",
        "glcm",
        "glrlm",
        "glszm",
        "ngtdm",
        "ngldm",
    )
    """of features, as IBSI names them

    `morphology` takes most of the time.

    Change: to save time
    """
    spacing: Positive = 2.0
    """mm between the voxels on which features are computed

    Change: with the resolution of the scans
    """
    bins: Annotated[Whole, Ge(2)] = 32
    """of intensity within the region, for textures

    A fixed number, for MRI has no unit.

    Change: rarely
    """
    perturbation: NotNegative = 2.0
    """mm by which the region is shrunk and grown, to see which features are stable; 0: not at all

    At least `spacing`, for a region grows by whole voxels.

    Change: with how exactly lesions are drawn
    """

    def conflicts(self) -> Iterator[Conflict]:
        """Give a perturbation that would change nothing."""
        if 0 < self.perturbation < self.spacing:
            yield Conflict("perturbation", f"0, or at least spacing ({self.spacing:g} mm)")


class RadiomicsSettings(FeatureSettings):
    """Features of the lesion, and which of them a fold keeps."""

    stability: Share = 0.75
    """least intraclass correlation over these regions

    Among the training cases of a fold.

    Change: rarely
    """
    correlation: Share = 0.9
    """of two features that correlate more, one goes

    Spearman's, among the training cases of a fold.

    Change: rarely
    """
    most: Values[Count] = (3, 6, 10)
    """features that a model keeps at most; chosen inside the training set

    Change: with the number of cases
    """


class Gao2dSettings(Settings):
    """How the 2D network is trained; what its paper does not say is chosen here."""

    slices: Count = 8
    """axial slices of a case: those with most of the lesion's region

    Change: rarely
    """
    epochs: Count = 40
    """passes over the slices of the training set

    Change: for a study of your own
    """
    learning_rate: Positive = 1e-3
    """of Adam

    Change: for a study of your own
    """
    batch_size: Count = 16
    """slices

    Change: rarely
    """


class EncoderSettings(Settings):
    """The frozen network of `frozen`, whose features a linear model reads."""

    network: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9_.]+(:[A-Za-z0-9_]+)?$"),
        Expected("a backbone of docs/training.md or package.module:factory"),
    ] = "resnet10"
    """a backbone of docs/training.md, or package.module:factory

    The function takes nothing and returns a torch module that takes (1, 1, x, y, z) and gives
    features or a grid of them.

    Change: to the network whose weights you have
    """
    weights: str = ""
    """file of its weights (.safetensors, .pt, .pth); empty: those the factory gives it

    Change: with `frozen`
    """

    def conflicts(self) -> Iterator[Conflict]:
        """Give a backbone of the table that is a 2D network of torchvision."""
        if self.network.startswith("torchvision:"):
            yield Conflict("network", "a 3D network: a backbone or package.module:factory")


class ComparatorsSettings(Settings):
    """Which models of other kinds are fitted beside the networks."""

    models: UniqueList[ComparatorName] = ()
    """any of the names of docs/comparators.md

    Change: to compare networks with simpler models
    """
    inputs: UniqueList[Annotated[str, Expected("a name of models.inputs")]] = ()
    """input sets of those that read images; empty: all of models.inputs

    Change: to save time
    """
    clinical: Values[Column] = ("age", "sex", "primary_diagnosis")
    """columns that `clinical` and its mixtures read

    Change: to what is known of your cases
    """
    penalties: Values[Positive] = (0.01, 0.1, 1.0, 10.0)
    """inverse strengths of the L2 penalty, of which inner folds choose one

    Change: rarely
    """
    inner_folds: Annotated[Whole, Ge(2)] = 3
    """parts of the training set that choose; the test set never does

    Change: with the number of cases
    """
    network: Annotated[str, Expected("one of models.backbones")] = "densenet121"
    """the backbone of `late_fusion`

    Change: to the one you trust most
    """
    radiomics: RadiomicsSettings = RadiomicsSettings()
    """features of the lesion, and which of them a fold keeps"""
    encoder: EncoderSettings = EncoderSettings()
    """the frozen network of `frozen`"""
    gao2d: Gao2dSettings = Gao2dSettings()
    """the 2D network of Gao et al. 2020"""
