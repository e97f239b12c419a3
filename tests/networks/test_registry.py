from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn

from radnec.core.errors import InputError
from radnec.networks.registry import BACKBONES, build_network, last_conv_layer, source
from radnec.networks.vgg import VGG


def parameters(network: nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


@pytest.mark.parametrize("backbone", BACKBONES)
def test_every_backbone_takes_the_smallest_volume_and_shows_its_last_grid(backbone):
    torch.manual_seed(1)
    network = build_network(backbone, in_channels=3).eval()
    grids = {}
    layer = dict(network.named_modules())[last_conv_layer(network)]
    layer.register_forward_hook(lambda _m, _i, output: grids.update(last=output))
    with torch.no_grad():
        logits = network(torch.rand(1, 3, 48, 48, 32))
    assert logits.shape == (1, 2)
    assert torch.isfinite(logits).all()
    assert grids["last"].dim() == 5
    assert source(backbone)


def test_number_of_weights_is_the_original_networks():
    """Weights counted by hand from the layer tables of the papers, third axis added."""
    # ResNet-10: stem, four basic blocks with shortcuts (B) in the last three, linear head.
    width = [64, 64, 128, 256, 512]
    convolutions = 1 * 64 * 7**3 + 64 * 64 * 27 * 2
    norms = 2 * 64 + 2 * 64 * 2
    for before, after in itertools.pairwise(width[1:]):
        convolutions += before * after * 27 + after * after * 27 + before * after
        norms += 3 * 2 * after
    assert parameters(build_network("resnet10", 1)) == convolutions + norms + 512 * 2 + 2
    # VGG-11, column A.
    channels = [1, 64, 128, 256, 256, 512, 512, 512, 512]
    total = sum(a * b * 27 + b for a, b in itertools.pairwise(channels))
    total += 512 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 2 + 2
    assert parameters(VGG("vgg11", 1)) == total


@pytest.mark.parametrize(("layout", "layers"), [("vgg11", 11), ("vgg16", 16)])
def test_vgg_has_the_layers_in_its_name(layout, layers):
    weighted = [m for m in VGG(layout, 1).modules() if isinstance(m, nn.Conv3d | nn.Linear)]
    assert len(weighted) == layers


def test_resnet50_is_the_inflation_of_its_2d_layout():
    """53 convolutions with the shortcuts, as in torchvision's and the paper's table."""
    network = build_network("resnet50", 3)
    assert sum(isinstance(m, nn.Conv3d) for m in network.modules()) == 53
    assert network.conv1.stride == (2, 2, 2)


def test_branches_of_the_multi_scale_block_see_one_to_seven_voxels():
    block = build_network("mresnet", 1).blocks[0]
    impulse = torch.zeros(1, 64, 15, 15, 15)
    impulse[:, :, 7, 7, 7] = 1
    extents = []
    for branch in block.branches:
        touched = branch(impulse)[0].abs().sum(dim=0).nonzero()
        extents.append(int(touched[:, 0].max() - touched[:, 0].min()) + 1)
    assert extents == [1, 3, 5, 7]


def test_resnet18_has_the_weights_of_its_2d_layout_with_a_third_axis():
    """He et al. 2016, Table 1: stem, then two blocks of two 3x3 layers at each of four widths."""
    widths = [64, 128, 256, 512]
    total = 3 * 64 * 7**3 + 2 * 64 + 512 * 2 + 2
    before = 64
    for width in widths:
        total += before * width * 27 + 3 * width * width * 27 + 4 * 2 * width
        if before != width:
            total += before * width + 2 * width
        before = width
    assert parameters(build_network("resnet18", 3)) == total


def test_unknown_backbone_is_named_with_those_there_are():
    with pytest.raises(InputError, match=r"resnet11.*resnet10.*torchvision"):
        build_network("resnet11", 1)
