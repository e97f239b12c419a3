"""The order of volumes, features and weights in memory: what each device computes fastest in."""

from __future__ import annotations

import torch
from torch import nn

# Pooling and normalisation take all channels of a voxel at once.
BATCH_ORDER = torch.channels_last_3d
ORDERS = {"channels_last": BATCH_ORDER, "contiguous": torch.contiguous_format}


def prepare_order(
    network: nn.Module, device: torch.device, order: str = "channels_last"
) -> nn.Module:
    """Return the network, made ready for batches in one of `ORDERS`.

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
    if order == "contiguous":
        return network
    if device.type == "cuda":
        moved: nn.Module = network.to(memory_format=BATCH_ORDER)  # type: ignore[call-overload]
        return moved
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
