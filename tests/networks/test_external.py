from __future__ import annotations

import sys
import types

import pytest
import torch
from torch import nn

from radnec.core.errors import InputError
from radnec.networks import external
from radnec.networks.registry import build_network, last_conv_layer, source


def make_2d() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 1000),
    )


def test_users_factory_becomes_a_backbone():
    name = f"{__name__}:make_2d"
    network = build_network(name, in_channels=2)
    assert network(torch.rand(2, 2, 16, 18, 20)).shape == (2, 2)
    assert last_conv_layer(network) == "2"
    assert source(name) == f"{name}, inflated"
    assert external.source_file(name).name == "test_external.py"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_such_module:make", "cannot import no_such_module"),
        ("json:make", "no function 'make'"),
        ("json:dumps", "missing 1 required"),
        ("time:time", "made a float"),
    ],
)
def test_wrong_factory_is_explained(name, message):
    with pytest.raises(InputError, match=message):
        build_network(name, 1)


def test_torchvision_that_does_not_import_is_explained(monkeypatch):
    """Its wheel beside the CPU build of torch ends in this RuntimeError."""

    class Broken(types.ModuleType):
        def __getattr__(self, name):
            raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setitem(sys.modules, "torchvision", Broken("torchvision"))
    with pytest.raises(InputError, match=r"torchvision::nms.*match the build of torch"):
        build_network("torchvision:resnet18", 1)


def test_torchvisions_models_are_found_by_name(monkeypatch):
    """A stand-in with torchvision's own registration functions, since it is optional."""
    models = types.ModuleType("torchvision.models")
    models.list_models = lambda module: ["small"]
    models.get_model = lambda name, weights: make_2d()
    package = types.ModuleType("torchvision")
    package.models = models
    monkeypatch.setitem(sys.modules, "torchvision", package)
    monkeypatch.setitem(sys.modules, "torchvision.models", models)
    assert build_network("torchvision:small", 1)(torch.rand(1, 1, 9, 9, 9)).shape == (1, 2)
    with pytest.raises(InputError, match=r"no 'large', expected one of small"):
        build_network("torchvision:large", 1)
