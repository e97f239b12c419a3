"""The table of backbones, and the one way to build a network by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from radnec.core.errors import InputError
from radnec.networks.anisotropy import VoxelGrid, adapt
from radnec.networks.external import build_external, is_external
from radnec.networks.inflate import last_grid
from radnec.networks.medical import densenet121, resnet
from radnec.networks.mresnet import MultiScaleResNet
from radnec.networks.pooling import with_repeatable_pooling
from radnec.networks.vgg import VGG


@dataclass(frozen=True)
class Backbone:
    """How one backbone is made.

    Attributes
    ----------
    build
        Takes the number of sequences, returns the network with two outputs.
    last_conv
        The module whose output is the last grid of convolutional features (for Grad-CAM).
    source
        Whose definition it is, for the model card.
    """

    build: Callable[[int], nn.Module]
    last_conv: str
    source: str


BACKBONES: dict[str, Backbone] = {
    "resnet10": Backbone(lambda n: resnet(10, n), "layer4", "MONAI ResNet, stem stride 2"),
    "resnet18": Backbone(lambda n: resnet(18, n), "layer4", "MONAI ResNet, stem stride 2"),
    "resnet50": Backbone(lambda n: resnet(50, n), "layer4", "MONAI ResNet, stem stride 2"),
    "densenet121": Backbone(densenet121, "class_layers.relu", "MONAI DenseNet121"),
    "vgg11": Backbone(lambda n: VGG("vgg11", n), "features.19", "Simonyan and Zisserman, A"),
    "vgg16": Backbone(lambda n: VGG("vgg16", n), "features.29", "Simonyan and Zisserman, D"),
    "mresnet": Backbone(
        MultiScaleResNet, "blocks", "multi-scale ResNet, this project's reading of the name"
    ),
}


def build_network(backbone: str, in_channels: int, grid: VoxelGrid | None = None) -> nn.Module:
    """Return a new network with random weights and one output per class.

    Parameters
    ----------
    backbone
        A name in `BACKBONES`, or a 2D network to inflate: `torchvision:<name>` or
        `package.module:factory` (see `radnec.networks.external`).
    in_channels
        Number of MRI sequences given to the network as channels.
    grid
        The volumes whose voxels kernels and strides are to follow (see
        `radnec.networks.anisotropy.adapt`); None treats all axes alike.

    Returns
    -------
    network
        Takes (batch, in_channels, x, y, z), every axis at least 32, and returns
        (batch, 2) logits in the order of `radnec.core.labels.CLASSES`.

    Raises
    ------
    InputError
        If the name is no backbone, or its network cannot follow the grid.
    """
    network = _isotropic(backbone, in_channels)
    if grid is not None:
        network = adapt(network, in_channels, grid)
    # Last: it goes over the finished network, whatever changed its layers before.
    return with_repeatable_pooling(network)


def _isotropic(backbone: str, in_channels: int) -> nn.Module:
    if is_external(backbone):
        return build_external(backbone, in_channels)
    if backbone not in BACKBONES:
        raise InputError(
            f"backbone {backbone!r}: expected one of {', '.join(BACKBONES)}, "
            f"torchvision:<name> or package.module:factory"
        )
    network = BACKBONES[backbone].build(in_channels)
    network.last_conv = BACKBONES[backbone].last_conv  # type: ignore[assignment]
    return network


def source(backbone: str) -> str:
    """Return whose definition a backbone is, for the model card."""
    return f"{backbone}, inflated" if is_external(backbone) else BACKBONES[backbone].source


def last_conv_layer(network: nn.Module) -> str:
    """Return the name of the module that gives the last grid of convolutional features.

    For the backbones of the table it is written there; for others the last module in the
    order of computation whose output still is a grid (batch, channel, x, y, z).
    """
    known = getattr(network, "last_conv", None)
    return str(known) if known else last_grid(network)
