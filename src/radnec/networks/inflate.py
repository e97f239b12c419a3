"""Any 2D classification network made 3D, the way the paper makes its backbones.

Ying et al. 2025, "Network and visualization": every 2D convolution becomes a 3D one, and
kernel size, padding and stride are reconfigured. Pooling, normalisation and the flattening
head have to follow, the first layer takes the number of sequences, the last one gives the
number of classes.
"""

from __future__ import annotations

import copy
import logging
from typing import Any

import torch
from torch import nn

from radnec.core.errors import InputError
from radnec.networks.functional import image_calls, rewrite
from radnec.networks.layers import redraw, to_3d

log = logging.getLogger(__name__)

# Two sizes: a head that fits one only depends on the size of the image.
_PROBES = (64, 96)
_LARGE = 200e6


def inflate(network: nn.Module, in_channels: int, out_channels: int) -> nn.Module:
    """Return a 3D network with the structure and parameter names of a 2D one.

    Parameters
    ----------
    network
        2D classifier: (batch, channel, x, y) to (batch, classes). It is left as it is.
    in_channels
        Channels of the first convolution of the result.
    out_channels
        Classes of the last layer of the result.

    Returns
    -------
    network
        (batch, in_channels, x, y, z) to (batch, out_channels), with random weights in the
        distribution the 2D network starts with (see `radnec.networks.layers.redraw`).
        `radnec.networks.weights` fills in trained 2D weights.

    Raises
    ------
    InputError
        If the network has something in it that is for images only and has no counterpart
        here, or a head that depends on the size of the image.
    """
    first = next((m for m in network.modules() if isinstance(m, nn.Conv2d)), None)
    if first is None:
        raise InputError(f"backbone {type(network).__name__}: has no 2D convolution to inflate")
    image = torch.zeros(2, first.in_channels, _PROBES[0], _PROBES[0], device="meta")
    calls = image_calls(_on_meta(network), image)
    inflated = _swap(copy.deepcopy(network))
    if calls:
        inflated = rewrite(inflated, calls)
    _fit_input(inflated, in_channels)
    _fit_head(inflated, in_channels, out_channels)
    parameters = sum(weight.numel() for weight in inflated.parameters())
    if parameters > _LARGE:
        log.warning("the inflated network has %.0f million weights", parameters / 1e6)
    return inflated


def last_grid(network: nn.Module) -> str:
    """Return the name of the last module, in the order of use, whose output is a 5D grid."""
    probe = _on_meta(network)
    first = next(layer for layer in probe.modules() if isinstance(layer, nn.Conv3d))
    grids: list[str] = []

    def note(name: str, output: Any) -> None:
        if isinstance(output, torch.Tensor) and output.dim() == 5 and output[0, 0].numel() > 1:
            grids.append(name)

    for name, layer in probe.named_modules():
        layer.register_forward_hook(lambda _layer, _args, output, name=name: note(name, output))
    with torch.no_grad():
        probe(torch.zeros(1, first.in_channels, _PROBES[1], _PROBES[1], _PROBES[1], device="meta"))
    return grids[-1]


def _on_meta(network: nn.Module) -> nn.Module:
    """Return a copy that computes shapes only."""
    return copy.deepcopy(network).to("meta").eval()


def _swap(network: nn.Module) -> nn.Module:
    """Replace every 2D layer in place; a layer used in two places stays one layer."""
    replaced: dict[nn.Module, nn.Module] = {}
    for parent in list(network.modules()):
        for name, layer in list(parent._modules.items()):
            if layer is None:
                continue
            if layer not in replaced:
                replaced[layer] = to_3d(layer) or layer
            parent._modules[name] = replaced[layer]
    return to_3d(network) or network


def _named_parent(network: nn.Module, name: str) -> tuple[nn.Module, str]:
    parent, _, child = name.rpartition(".")
    return network.get_submodule(parent), child


def _calls_of(network: nn.Module, volume: torch.Tensor) -> tuple[dict[str, int], torch.Tensor]:
    """Return input width of each linear and convolution layer, in order of use, and output."""
    probe = _on_meta(network)
    widths: dict[str, int] = {}

    def note(name: str, layer: Any, given: torch.Tensor) -> None:
        if isinstance(layer, nn.Linear):
            widths[name] = given.shape[-1]
            if given.shape[-1] != layer.in_features:
                layer.in_features = given.shape[-1]
                layer.weight = nn.Parameter(
                    torch.empty(layer.out_features, given.shape[-1], device="meta")
                )
        else:
            widths[name] = given.shape[1]

    for name, layer in probe.named_modules():
        if isinstance(layer, nn.Linear | nn.Conv3d):
            layer.register_forward_pre_hook(
                lambda layer, args, name=name: note(name, layer, args[0])
            )
    with torch.no_grad():
        output = probe(volume)
    return widths, output


def _fit_input(network: nn.Module, in_channels: int) -> None:
    for layer in network.modules():
        if isinstance(layer, nn.Conv3d):
            if layer.in_channels != in_channels:
                if layer.groups != 1:
                    raise InputError("backbone: its first convolution is grouped, expected plain")
                shape = torch.Size((layer.out_channels, in_channels, *layer.kernel_size))
                layer.in_channels = in_channels
                layer.weight = nn.Parameter(redraw(layer.weight, shape))
            return


def _fit_head(network: nn.Module, in_channels: int, out_channels: int) -> None:
    """Widen the layers after a flattened grid, and set the number of classes."""
    found = []
    for size in _PROBES:
        volume = torch.zeros(2, in_channels, size, size, size, device="meta")
        try:
            found.append(_calls_of(network, volume))
        except RuntimeError as error:
            raise InputError(
                f"backbone {type(network).__name__}: inflated, it does not take a volume of "
                f"{size}x{size}x{size} voxels: {error}"
            ) from error
    (widths, output), (other, _) = found
    if widths != other:
        raise InputError(
            f"backbone {type(network).__name__}: its fully connected layer depends on the size "
            f"of the image; expected global or adaptive pooling before it"
        )
    if not isinstance(output, torch.Tensor) or output.dim() != 2:
        raise InputError(
            f"backbone {type(network).__name__}: expected (batch, classes) as output of a batch "
            f"of volumes, found {getattr(output, 'shape', type(output).__name__)}"
        )
    last = list(widths)[-1]
    for name, width in widths.items():
        parent, child = _named_parent(network, name)
        layer = network.get_submodule(name)
        if isinstance(layer, nn.Linear) and layer.in_features != width:
            layer.weight = nn.Parameter(
                redraw(layer.weight, torch.Size((layer.out_features, width)))
            )
            layer.in_features = width
        if name == last and output.shape[1] != out_channels:
            setattr(parent, child, _with_outputs(layer, out_channels))


def _with_outputs(layer: nn.Module, outputs: int) -> nn.Module:
    if isinstance(layer, nn.Linear):
        return nn.Linear(layer.in_features, outputs, bias=layer.bias is not None)
    assert isinstance(layer, nn.Conv3d)
    return nn.Conv3d(
        layer.in_channels,
        outputs,
        kernel_size=layer.kernel_size,  # type: ignore[arg-type]
        stride=layer.stride,  # type: ignore[arg-type]
        padding=layer.padding,  # type: ignore[arg-type]
        bias=layer.bias is not None,
    )
