"""The order of volumes, features and weights in memory: what each device computes fastest in."""

from __future__ import annotations

import torch
from torch import nn

# Pooling and normalisation take all channels of a voxel at once.
BATCH_ORDER = torch.channels_last_3d


def prepare_order(network: nn.Module, device: torch.device) -> nn.Module:
    """Return the network, made ready for batches in `BATCH_ORDER`.

    Parameters
    ----------
    network
        On its device already; changed in place.

    Notes
    -----
    A GPU wants the weights in the order of the batches. On CPU they stay as they are: gradients
    would be reordered at each step. So would the weights be where features come in
    `BATCH_ORDER`; from where they outnumber the features, the features are reordered instead.
    """
    if device.type == "cuda":
        return network.to(memory_format=BATCH_ORDER)  # type: ignore[call-overload]
    for layer in network.modules():
        if isinstance(layer, nn.Conv3d):
            layer.register_forward_pre_hook(_reorder_the_fewer)
    return network


def _reorder_the_fewer(
    layer: nn.Conv3d, inputs: tuple[torch.Tensor, ...]
) -> tuple[torch.Tensor, ...]:
    return tuple(
        features.contiguous() if features.numel() < layer.weight.numel() else features
        for features in inputs
    )
