"""What is known of the backbones without building them: measured once, kept in a file.

Building a network takes seconds; a configuration is checked each time the workflow starts.
"""

from __future__ import annotations

import json

import torch
from torch import nn

from radnec.networks.registry import BACKBONES, build_network

_EDGE = 64
_EDGES = (1, 2, *range(4, 33))


def survey_file() -> str:
    """Return the text of backbones.json, see `radnec.networks.catalogue`."""
    lines = [f" {json.dumps(name)}: {json.dumps(survey(name))}" for name in BACKBONES]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def survey(backbone: str) -> dict[str, int | list[str]]:
    """Return what the catalogue holds of a backbone.

    Returns
    -------
    dict
        ``smallest``, the least voxels along an axis, all axes divided alike; and ``layers``, the
        modules whose output is one grid (batch, channel, x, y, z), in order of computation.
    """
    with torch.device("meta"):
        network = build_network(backbone, 1)
    smallest = next(edge for edge in _EDGES if _takes(network, edge))
    return {"smallest": smallest, "layers": grid_layers(network, 1)}


def grid_layers(network: nn.Module, in_channels: int) -> list[str]:
    """Return the modules that are run once and give one grid (batch, channel, x, y, z).

    Parameters
    ----------
    network
        On the device ``meta``.
    """
    names: list[str] = []
    wrong: set[str] = set()

    def look(name: str, output: object) -> None:
        grid = isinstance(output, torch.Tensor) and output.ndim == 5
        if name in names or not grid:
            wrong.add(name)
        names.append(name)

    handles = [
        module.register_forward_hook(lambda _module, _inputs, out, name=name: look(name, out))
        for name, module in network.named_modules()
        if name
    ]
    _run(network, in_channels, _EDGE)
    for handle in handles:
        handle.remove()
    return [name for name in names if name not in wrong]


def _takes(network: nn.Module, edge: int) -> bool:
    try:
        _run(network, 1, edge)
    except RuntimeError:
        return False
    return True


def _run(network: nn.Module, in_channels: int, edge: int) -> None:
    with torch.no_grad():
        network.eval()(torch.empty(2, in_channels, edge, edge, edge, device="meta"))
