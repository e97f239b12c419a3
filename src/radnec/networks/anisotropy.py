"""Kernels and strides that follow the shape of the voxels.

The paper reconfigures kernel, padding and stride for 3D and does not print how. The slices of
its scans are five times as far apart as the pixels: a network that divides every axis by 32
leaves one cell along z of 32 slices. Here an axis is divided only once the others have become
as coarse, and kernels reach along it only from there on, by the rule of nnU-Net (Isensee et al.
2021, Nat Methods 18:203, supplementary note 2; `get_pool_and_conv_props` of nnunetv2).
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm

from radnec.core.errors import InputError
from radnec.networks.layers import redraw

Triple = tuple[int, int, int]
Windowed = nn.Conv3d | nn.MaxPool3d | nn.AvgPool3d
"""The layers whose output at a voxel comes from a window of their input."""

# nnU-Net's shortest edge of a grid of features, and how much coarser than the finest an axis
# may be to be treated alike.
_SHORTEST = 4
_ALIKE = 2.0
# Edge of the cube that shows at which resolution each layer works.
_PROBE = 256


@dataclass(frozen=True)
class VoxelGrid:
    """What a network is given.

    Attributes
    ----------
    size
        Voxels along x, y and z.
    spacing
        Millimetres between them.
    """

    size: Triple
    spacing: tuple[float, float, float]


@dataclass(frozen=True)
class Level:
    """How the layers of one resolution treat x, y and z.

    Attributes
    ----------
    reached
        Whether kernels reach to neighbours along the axis.
    strides
        2 where the layer that ends the level halves the axis, 1 elsewhere.
    """

    reached: tuple[bool, bool, bool]
    strides: Triple


def plan_levels(grid: VoxelGrid, count: int) -> list[Level]:
    """Return the first `count` levels, the finest first.

    An axis is halved while its spacing is below twice the finest of those that can be halved,
    its size is 8 or more, and another axis is halved with it (alone, it needs 12). Kernels
    reach along an axis from the level on which its spacing is below twice the finest of all.
    Beyond the last halving they reach along all axes.

    Examples
    --------
    >>> thick = VoxelGrid((160, 160, 32), (0.94, 1.18, 5.06))
    >>> [level.strides for level in plan_levels(thick, 5)]
    [(2, 2, 1), (2, 2, 1), (2, 2, 2), (2, 2, 2), (2, 2, 2)]
    """
    size, spacing = list(grid.size), list(grid.spacing)
    reached = [False] * 3
    levels: list[Level] = []
    while len(levels) < count:
        halved = _halved(size, spacing)
        for axis in range(3):
            alike = spacing[axis] / min(spacing) < _ALIKE
            reached[axis] = reached[axis] or alike or not halved
        x, y, z = (2 if axis in halved else 1 for axis in range(3))
        levels.append(Level((reached[0], reached[1], reached[2]), (x, y, z)))
        for axis in halved:
            size[axis], spacing[axis] = math.ceil(size[axis] / 2), 2 * spacing[axis]
    return levels


def _halved(size: Sequence[int], spacing: Sequence[float]) -> list[int]:
    large = [axis for axis in range(3) if size[axis] >= 2 * _SHORTEST]
    finest = min((spacing[axis] for axis in large), default=0.0)
    axes = [axis for axis in large if spacing[axis] / finest < _ALIKE]
    if len(axes) == 1 and size[axes[0]] < 3 * _SHORTEST:
        return []
    return axes


def adapt(network: nn.Module, in_channels: int, grid: VoxelGrid) -> nn.Module:
    """Let kernels and strides of a network follow the voxels it is given.

    Parameters
    ----------
    network
        Takes (batch, in_channels, x, y, z) and treats all axes alike. It is changed in place:
        number and names of the weights stay; a kernel that becomes shorter has new random
        weights of the same variance per output (see `radnec.networks.layers.redraw`).
    in_channels
        Number of MRI sequences.
    grid
        Size and spacing of the volumes.

    Returns
    -------
    network
        The same, or where it was traced (torch.fx) its rewritten graph.

    Raises
    ------
    InputError
        If a stride is no power of two, a layer serves two resolutions, or the adapted network
        does not take a volume of the grid.
    """
    if isinstance(network, fx.GraphModule):
        network = _pools_as_layers(network)
    layers, depths = _windowed(network), _depths(network, in_channels)
    steps = max(
        depth + _log2(name, max(_triple(layers[name].stride))) for name, depth in depths.items()
    )
    levels = plan_levels(grid, steps + 1)
    _replace(
        network,
        {
            layers[name]: _adapted(name, layers[name], levels, depth)
            for name, depth in depths.items()
        },
    )
    _verify(network, in_channels, grid)
    return network


def _windowed(network: nn.Module) -> dict[str, Windowed]:
    return {name: layer for name, layer in network.named_modules() if isinstance(layer, Windowed)}


def _triple(value: Any) -> Triple:
    x, y, z = value if isinstance(value, tuple | list) else (value,) * 3
    return int(x), int(y), int(z)


def _log2(name: str, stride: int) -> int:
    if stride & (stride - 1):
        raise InputError(
            f"backbone: its layer {name} has stride {stride}, expected a power of two; "
            f"models.strides: isotropic leaves it as it is"
        )
    return stride.bit_length() - 1


def _depths(network: nn.Module, in_channels: int) -> dict[str, int]:
    """Return how often the volume has been halved before each layer with a window."""
    probe = _probe(network)
    found: dict[str, int] = {}

    def note(name: str, given: torch.Tensor) -> None:
        edge = given.shape[2]
        if edge < 2:  # behind the global pooling there is nothing left to halve
            return
        depth = round(math.log2(_PROBE / edge))
        if found.setdefault(name, depth) != depth:
            raise InputError(
                f"backbone: its layer {name} serves two resolutions; expected one, or "
                f"models.strides: isotropic"
            )

    for name, layer in _windowed(probe).items():
        layer.register_forward_pre_hook(lambda _layer, args, name=name: note(name, args[0]))
    with torch.no_grad():
        probe(torch.zeros(1, in_channels, _PROBE, _PROBE, _PROBE, device="meta"))
    return found


def _adapted(name: str, layer: Windowed, levels: list[Level], depth: int) -> Windowed:
    """Return a layer with the kernel and stride of its level; the same where nothing changes."""
    kernel, stride = list(_triple(layer.kernel_size)), list(_triple(layer.stride))
    before = kernel.copy(), stride.copy()
    dilation = list(_triple(getattr(layer, "dilation", 1)))
    same = isinstance(layer.padding, str)  # as many voxels out as in, whatever the kernel
    padding = [0, 0, 0] if same else list(_triple(layer.padding))
    crossed = levels[depth : depth + _log2(name, max(stride))]
    for axis in range(3):
        side_by_side = kernel[axis] == stride[axis]
        if stride[axis] > 1:
            stride[axis] = math.prod(level.strides[axis] for level in crossed)
        if side_by_side:
            kernel[axis] = stride[axis]
        elif not levels[depth].reached[axis]:
            kernel[axis], padding[axis], dilation[axis] = 1, 0, 1
    if (kernel, stride) == before:
        return layer
    if isinstance(layer, nn.Conv3d):
        new = nn.Conv3d(
            layer.in_channels,
            layer.out_channels,
            kernel_size=_triple(kernel),
            stride=_triple(stride),
            padding=layer.padding if isinstance(layer.padding, str) else _triple(padding),
            dilation=_triple(dilation),
            groups=layer.groups,
            bias=layer.bias is not None,
            padding_mode=layer.padding_mode,
        )
        kept = layer.weight.shape == new.weight.shape
        new.weight = layer.weight if kept else nn.Parameter(redraw(layer.weight, new.weight.shape))
        new.bias = layer.bias
        return new
    layer.kernel_size, layer.stride = _triple(kernel), _triple(stride)
    layer.padding = _triple(padding)
    if isinstance(layer, nn.MaxPool3d):
        layer.dilation = _triple(dilation)
    return layer


def _replace(network: nn.Module, replacements: Mapping[nn.Module, nn.Module]) -> None:
    """Put layers in the places of others, wherever those are used."""
    for parent in list(network.modules()):
        for child, module in list(parent._modules.items()):
            if module is not None and module in replacements:
                parent._modules[child] = replacements[module]


_POOLS = {functional.max_pool3d: nn.MaxPool3d, functional.avg_pool3d: nn.AvgPool3d}


def _pools_as_layers(network: fx.GraphModule) -> fx.GraphModule:
    """Return a traced network whose calls of pooling functions have become layers."""
    for node in list(network.graph.nodes):
        if node.op == "call_function" and node.target in _POOLS:
            given, *rest = node.args
            name = f"pool_of_{node.name}"
            network.add_submodule(name, _POOLS[node.target](*rest, **node.kwargs))
            with network.graph.inserting_before(node):
                node.replace_all_uses_with(network.graph.call_module(name, (given,)))
            network.graph.erase_node(node)
    network.recompile()
    return network


def _probe(network: nn.Module) -> nn.Module:
    """Return a copy without numbers, of which only the shapes are computed.

    Normalisation changes no shape, and leaving it out spares the import of torch's compiler, in
    whose terms torch describes it: over a second for every process that builds a network.
    """
    # What a deep copy finds in its memory it takes from there: no weight is copied.
    empty: dict[int, Any] = {id(one): one.to("meta") for one in network.buffers()}
    empty |= {id(one): nn.Parameter(one.detach().to("meta")) for one in network.parameters()}
    probe = copy.deepcopy(network, empty).eval()
    norms = [one for one in probe.modules() if isinstance(one, _BatchNorm)]
    _replace(probe, {norm: nn.Identity() for norm in norms})
    return probe


def _verify(network: nn.Module, in_channels: int, grid: VoxelGrid) -> None:
    probe = _probe(network)
    try:
        with torch.no_grad():
            probe(torch.zeros(1, in_channels, *grid.size, device="meta"))
    except RuntimeError as error:
        raise InputError(
            f"backbone: with strides for voxels of {' x '.join(f'{s:.2f}' for s in grid.spacing)} "
            f"mm it does not take a volume of {' x '.join(map(str, grid.size))} voxels ({error}); "
            f"models.strides: isotropic leaves it as it is"
        ) from error
