"""Kernels and strides for thick slices: nnU-Net's rule, in every backbone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from nnunetv2.experiment_planning.experiment_planners.network_topology import (
    get_pool_and_conv_props,
)
from torch import nn
from torch.nn import functional

from radnec.core.errors import InputError
from radnec.explain.cam import class_activation_map, scaled_map
from radnec.networks.anisotropy import VoxelGrid, adapt, plan_levels
from radnec.networks.inflate import inflate
from radnec.networks.registry import BACKBONES, build_network, last_conv_layer
from radnec.networks.weights import load_weights
from radnec.preprocess.standard_grid import typical_spacing

PAPER = VoxelGrid((160, 160, 32), typical_spacing((160, 160, 32), 4.0))
SMALL = VoxelGrid((64, 64, 32), typical_spacing((64, 64, 32), 4.0))
CUBE = VoxelGrid((128, 128, 128), (1.0, 1.0, 1.0))


def test_plan_is_nnunets():
    """Against nnU-Net's own function, on grids of all shapes."""
    rng, compared = np.random.default_rng(0), 0
    for _ in range(300):
        size = tuple(int(n) for n in rng.integers(8, 200, size=3))
        spacing = tuple(float(step) for step in rng.uniform(0.5, 6.0, size=3))
        try:
            _, strides, kernels, *_ = get_pool_and_conv_props(spacing, size, 4, 99)
        except IndexError:  # theirs, where an axis is too short to be halved
            continue
        plan = plan_levels(VoxelGrid(size, spacing), len(strides))
        np.testing.assert_array_equal([level.strides for level in plan[:-1]], strides[1:])
        assert plan[-1].strides == (1, 1, 1)
        left = np.array(size)
        for level, kernel in zip(plan, kernels, strict=True):
            if left.min() < 8:  # from here on theirs looks at other axes than it means
                break
            np.testing.assert_array_equal(np.where(level.reached, 3, 1), kernel)
            compared += 1
            left = -(-left // level.strides)
    assert compared > 300


def shape_of_last_grid(network: nn.Module, grid: VoxelGrid) -> tuple[int, ...]:
    shapes = []
    layer = network.get_submodule(last_conv_layer(network))
    layer.register_forward_hook(lambda _layer, _args, output: shapes.append(output.shape))
    assert network(torch.zeros(1, 3, *grid.size, device="meta")).shape == (1, 2)
    return tuple(shapes[0][2:])


@pytest.mark.parametrize("backbone", BACKBONES)
def test_every_backbone_keeps_its_slices_apart(backbone):
    """By hand: z of 32 slices is halved three times where x and y are halved five times; VGG's
    last layer comes before its last pooling.
    """
    thick = build_network(backbone, 3, PAPER).to("meta").eval()
    alike = build_network(backbone, 3).to("meta").eval()
    vgg = backbone.startswith("vgg")
    assert shape_of_last_grid(thick, PAPER) == ((10, 10, 8) if vgg else (5, 5, 4))
    assert shape_of_last_grid(alike, PAPER) == ((10, 10, 2) if vgg else (5, 5, 1))
    assert list(thick.state_dict()) == list(alike.state_dict())


@pytest.mark.parametrize("backbone", BACKBONES)
def test_cubes_are_treated_as_before(backbone):
    """Voxels of one length in a volume large enough: not a weight differs."""
    networks = []
    for grid in (None, CUBE):
        torch.manual_seed(3)
        networks.append(build_network(backbone, 1, grid).eval())
    one, other = (network.state_dict() for network in networks)
    assert all(torch.equal(one[key], other[key]) for key in one)
    volume = torch.rand(1, 1, 32, 32, 32)
    with torch.no_grad():
        assert torch.equal(networks[0](volume), networks[1](volume))


def test_first_layers_look_at_each_slice_alone():
    """5 mm slices of 1 mm pixels: nothing comes from the next slice before they are alike."""
    network = build_network("resnet10", 1, PAPER).eval()
    stem = nn.Sequential(network.conv1, network.bn1, network.act, network.maxpool)
    volume = torch.rand(1, 1, 32, 32, 8)
    changed = volume.clone()
    changed[..., 3] += 1
    with torch.no_grad():
        differ = (stem(changed) != stem(volume)).any(dim=3).any(dim=2).any(dim=1)[0]
    assert differ.tolist() == [z == 3 for z in range(8)]


def test_vgg_is_the_one_written_out():
    """VGG-11 for 5 mm slices, layer by layer."""
    torch.manual_seed(0)
    network = build_network("vgg11", 1, PAPER).eval()
    weights = [layer for layer in network.features if isinstance(layer, nn.Conv3d)]
    flat, cube = {"padding": (1, 1, 0)}, {"padding": 1}
    x = volume = torch.rand(1, 1, 64, 64, 8)
    with torch.no_grad():
        for number, (layer, how) in enumerate(
            zip(weights, [flat, flat, *[cube] * 6], strict=True), start=1
        ):
            x = functional.relu(functional.conv3d(x, layer.weight, layer.bias, **how))
            if number in (1, 2):
                x = functional.max_pool3d(x, (2, 2, 1))
            elif number in (4, 6, 8):
                x = functional.max_pool3d(x, 2)
        expected = network.classifier(x.mean((2, 3, 4)))
        torch.testing.assert_close(network(volume), expected)


def test_shorter_kernels_pass_on_the_same_variance():
    torch.manual_seed(0)
    alike, thick = build_network("resnet10", 3), build_network("resnet10", 3, PAPER)
    assert thick.conv1.weight.shape == (64, 3, 7, 7, 1)
    ratio = (thick.conv1.weight.std() / alike.conv1.weight.std()).item()
    assert ratio == pytest.approx(7**0.5, rel=0.05)


@pytest.mark.parametrize("grid", [None, SMALL])
def test_map_differs_from_slice_to_slice(grid):
    """With all axes alike one cell is left along z, and all slices show the same picture."""
    torch.manual_seed(0)
    network = build_network("resnet10", 1, grid).eval()
    found = class_activation_map(network, torch.rand(1, 1, *SMALL.size), method="hirescam")
    shown, maximum = scaled_map(np.abs(found.evidence), SMALL.size)
    assert maximum > 0
    alike = np.allclose(shown, shown[:, :, :1])
    assert alike == (grid is None)
    assert found.evidence.shape == ((2, 2, 1) if grid is None else (4, 4, 4))


class Patches(nn.Module):
    """Patches of 4 without overlap, a branch, pooling by a call: what 2D networks do."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, kernel_size=4, stride=4)
        self.main = nn.Conv2d(8, 8, kernel_size=3, stride=2, padding=1, padding_mode="reflect")
        self.short = nn.Conv2d(8, 8, kernel_size=1, stride=2, bias=False)
        self.head = nn.Linear(8, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.stem(image)
        x = functional.relu(self.main(x) + self.short(x))
        x = functional.max_pool2d(x, 2)
        return self.head(x.mean((2, 3)))


def test_inflated_network_follows_the_voxels():
    torch.manual_seed(0)
    network = inflate(Patches(), 2, 2)
    volume = torch.rand(1, 2, *PAPER.size)
    network = adapt(network, 2, PAPER).eval()
    stem, main, short = network.stem, network.main, network.short
    with torch.no_grad():
        x = functional.conv3d(volume, stem.weight, stem.bias, stride=(4, 4, 1))
        padded = functional.pad(x, [1] * 6, mode="reflect")
        x = functional.conv3d(padded, main.weight, main.bias, stride=2) + functional.conv3d(
            x, short.weight, stride=2
        )
        x = functional.max_pool3d(functional.relu(x), 2)
        torch.testing.assert_close(network(volume), network.head(x.mean((2, 3, 4))))
    assert stem.weight.shape == (8, 2, 4, 4, 1)


class Thirds(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.Conv3d(1, 4, 3, stride=3), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(4, 2)
        )


class Twice(nn.Module):
    """One layer at two resolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv3d(1, 1, 3, stride=2, padding=1)

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        return self.layer(self.layer(volume)).mean((2, 3, 4))


class Unfit(nn.Module):
    """Adds two branches that only fit each other while all axes are halved."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv3d(1, 1, 3, stride=2, padding=1)

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        return (self.layer(volume) + volume[:, :, ::2, ::2, ::2]).mean((2, 3, 4))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Thirds, r"layer 0 has stride 3, expected a power of two; models.strides: isotropic"),
        (Twice, r"layer layer serves two resolutions"),
        (Unfit, r"does not take a volume of 160 x 160 x 32 voxels"),
    ],
)
def test_what_cannot_follow_is_refused_with_a_way_out(network, message):
    with pytest.raises(InputError, match=message):
        adapt(network(), 1, PAPER)


def test_weights_of_2d_networks_fit_and_those_of_3d_ones_say_what_to_change(tmp_path):
    from radnec.networks.medical import resnet

    flat, cube = tmp_path / "flat.pth", tmp_path / "cube.pth"
    torch.save(resnet(10, 3, dimensions=2).state_dict(), flat)
    torch.save(build_network("resnet10", 1).state_dict(), cube)
    network = build_network("resnet10", 3, PAPER)
    load_weights(network, flat)
    image = torch.load(flat, weights_only=True)["conv1.weight"]
    torch.testing.assert_close(network.conv1.weight[..., 0], image)
    with pytest.raises(InputError, match=r"conv1.*models.strides: isotropic"):
        load_weights(network, cube)
    load_weights(build_network("resnet10", 3), cube)
