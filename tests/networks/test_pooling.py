"""Pooling by planes against torch's own 3D layers, on the CPU, where both are at hand."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from radnec.networks import pooling
from radnec.networks.inflate import inflate
from radnec.networks.pooling import AvgPool3d, MaxPool3d, with_repeatable_pooling
from radnec.networks.registry import BACKBONES, build_network

ORDERS = [torch.contiguous_format, torch.channels_last_3d]
WINDOWS = [
    {"kernel_size": 3, "stride": 2, "padding": 1},  # the stem of ResNet and DenseNet
    {"kernel_size": 2, "stride": 2},  # VGG, the transitions of DenseNet
    {"kernel_size": (3, 2, 1), "stride": (1, 2, 1), "padding": (1, 0, 0)},
    {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    {"kernel_size": (2, 3, 3)},
]


@pytest.fixture
def by_planes(monkeypatch):
    """What a GPU does when determinism is asked for."""
    monkeypatch.setattr(pooling, "_by_planes", lambda features: True)


def gradients(layer: nn.Module, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    features = features.detach().requires_grad_()
    output = layer(features)
    weights = torch.rand(output.shape, generator=torch.Generator().manual_seed(2))
    (output * weights).sum().backward()
    return output, features.grad


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("window", [*WINDOWS, {"kernel_size": 2, "dilation": 2}], ids=str)
@pytest.mark.parametrize("ties", [False, True])
def test_maxima_are_torchs_and_so_are_the_voxels_that_get_the_gradient(
    by_planes, order, window, ties
):
    torch.manual_seed(1)
    features = torch.randn(2, 5, 11, 12, 9)
    if ties:
        features = features.mul(2).round().relu()
    features = features.to(memory_format=order)
    ours, our_gradient = gradients(MaxPool3d(**window), features)
    own, gradient = gradients(nn.MaxPool3d(**window), features)
    assert torch.equal(ours, own)
    assert torch.equal(our_gradient != 0, gradient != 0)
    torch.testing.assert_close(our_gradient, gradient, rtol=0, atol=5e-7)


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("window", [*WINDOWS, WINDOWS[0] | {"count_include_pad": False}], ids=str)
def test_means_are_torchs(by_planes, order, window):
    torch.manual_seed(1)
    features = torch.randn(2, 5, 11, 12, 9).to(memory_format=order)
    ours, our_gradient = gradients(AvgPool3d(**window), features)
    own, gradient = gradients(nn.AvgPool3d(**window), features)
    torch.testing.assert_close(ours, own)
    torch.testing.assert_close(our_gradient, gradient)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_every_pooling_layer_of_a_backbone_is_replaced_and_nothing_changes(backbone, monkeypatch):
    torch.manual_seed(1)
    network = build_network(backbone, 2).eval()
    kinds = {type(layer) for layer in network.modules()}
    assert not kinds & {nn.MaxPool3d, nn.AvgPool3d}
    assert MaxPool3d in kinds
    volume = torch.rand(1, 2, 48, 40, 36)
    with torch.no_grad():
        own = network(volume)
        monkeypatch.setattr(pooling, "_by_planes", lambda features: True)
        torch.testing.assert_close(network(volume), own, rtol=1e-5, atol=1e-6)


def test_pooling_that_a_users_network_calls_itself_is_replaced_too(monkeypatch):
    class Calls(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 4, 3)
            self.head = nn.Linear(4, 2)

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            features = nn.functional.max_pool2d(self.conv(image), 3, stride=2)
            features = nn.functional.avg_pool2d(features, kernel_size=2)
            return self.head(features.mean((2, 3)))

    network = with_repeatable_pooling(inflate(Calls(), 1, 2))
    volume = torch.rand(1, 1, 20, 20, 20)
    own = network(volume)
    asked = []
    monkeypatch.setattr(pooling, "_by_planes", lambda features: asked.append(1) or True)
    torch.testing.assert_close(network(volume), own)
    assert len(asked) == 2


@pytest.mark.parametrize("window", WINDOWS[:2], ids=str)
def test_a_step_in_the_order_of_a_gpu_copies_no_features(by_planes, window):
    """Images are views of the volumes, in the order in which a GPU holds them."""
    features = torch.rand(2, 4, 8, 8, 8).to(memory_format=torch.channels_last_3d)
    seen = []

    def note(images: torch.Tensor) -> torch.Tensor:
        seen.append(images)
        return images

    pooling._pool_by_planes(features, note, note)
    assert {images.untyped_storage().data_ptr() for images in seen} == {
        features.untyped_storage().data_ptr()
    }
    assert all(images.is_contiguous(memory_format=torch.channels_last) for images in seen)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("backbone", BACKBONES)
def test_two_steps_on_a_gpu_have_the_same_bits(backbone, monkeypatch):
    """Torch raises at an operation that it knows to have no deterministic form."""
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.manual_seed(1)
    network = build_network(backbone, 3).cuda().to(memory_format=torch.channels_last_3d)
    volume = torch.rand(2, 3, 96, 96, 32, device="cuda")
    torch.use_deterministic_algorithms(True)
    try:
        found = []
        for one in (network, copy.deepcopy(network)):
            torch.manual_seed(2)
            one(volume).square().sum().backward()
            found.append([weight.grad for weight in one.parameters()])
    finally:
        torch.use_deterministic_algorithms(False)
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))
