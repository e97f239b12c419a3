"""The table of backbones, and the one way to build a network by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from radnec.core.errors import InputError
from radnec.core.labels import CLASSES
from radnec.networks.medical import densenet121, resnet
from radnec.networks.mresnet import MultiScaleResNet
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
    "resnet50": Backbone(lambda n: resnet(50, n), "layer4", "MONAI ResNet, stem stride 2"),
    "densenet121": Backbone(densenet121, "features.norm5", "MONAI DenseNet121"),
    "vgg11": Backbone(lambda n: VGG("vgg11", n), "features.19", "Simonyan and Zisserman, A"),
    "vgg16": Backbone(lambda n: VGG("vgg16", n), "features.29", "Simonyan and Zisserman, D"),
    "mresnet": Backbone(
        MultiScaleResNet, "blocks", "multi-scale ResNet, this project's reading of the name"
    ),
}


def build_network(backbone: str, in_channels: int) -> nn.Module:
    """Return a new network with random weights and one output per class.

    Parameters
    ----------
    backbone
        A name in `BACKBONES`.
    in_channels
        Number of MRI sequences given to the network as channels.

    Returns
    -------
    network
        Takes (batch, in_channels, x, y, z), every axis at least 32, and returns
        (batch, 2) logits in the order of `radnec.core.labels.CLASSES`.

    Raises
    ------
    InputError
        If the name is no backbone.
    """
    if backbone not in BACKBONES:
        raise InputError(f"backbone {backbone!r}: expected one of {', '.join(BACKBONES)}")
    network = BACKBONES[backbone].build(in_channels)
    network.last_conv = BACKBONES[backbone].last_conv  # type: ignore[assignment]
    network.classes = CLASSES  # type: ignore[assignment]
    return network


def last_conv_layer(network: nn.Module) -> str:
    """Return the name of the module with the last convolutional features of a built network."""
    return str(network.last_conv)
