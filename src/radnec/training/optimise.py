"""The optimiser, its learning rate over the epochs, and the order of the cases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from radnec.core.seeding import derive_seed
from radnec.training.settings import TrainingSettings


def make_optimiser(network: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    """Return the optimiser of the settings in its fused form (one pass over the weights)."""
    weights = network.parameters()
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.optimiser == "adam":
        return torch.optim.Adam(weights, lr=rate, weight_decay=decay, fused=True)
    if settings.optimiser == "adamw":
        return torch.optim.AdamW(weights, lr=rate, weight_decay=decay, fused=True)
    return torch.optim.SGD(
        weights, lr=rate, weight_decay=decay, momentum=0.9, nesterov=True, fused=True
    )


def make_average(network: nn.Module, settings: TrainingSettings) -> AveragedModel | None:
    """Return the exponential moving average of a network's weights and statistics, if asked for.

    Its first update copies; each later one is w' = d w' + (1 - d) w (Polyak and Juditsky 1992, in
    the form of Tarvainen and Valpola 2017, arXiv:1703.01780).
    """
    if not settings.average:
        return None
    update = get_ema_multi_avg_fn(settings.average)
    return AveragedModel(network, multi_avg_fn=update, use_buffers=True)


def restore_optimiser(optimiser: torch.optim.Optimizer, saved: dict[str, Any]) -> None:
    """Load the state of an optimiser that ran on the same weights, on whatever device.

    Torch keeps the order in memory that a saved moment had on its device, and the fused step on
    CPU reads weight and moment as plain memory, side by side. Each moment is therefore copied into
    the order of its weight.
    """
    optimiser.load_state_dict(saved)
    for weight, state in optimiser.state.items():
        for name, value in state.items():
            if isinstance(value, torch.Tensor) and value.shape == weight.shape:
                state[name] = torch.empty_like(weight, dtype=value.dtype).copy_(value)


def learning_rate(settings: TrainingSettings, epoch: int) -> float:
    """Return the learning rate of an epoch, counted from 0.

    cosine: Loshchilov and Hutter 2017 (arXiv:1608.03983), eq. 5 without restarts and with
    a minimum of 0.
    """
    if settings.schedule == "cosine":
        return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * epoch / settings.epochs))
    return settings.learning_rate


def epoch_batches(
    targets: Sequence[int], settings: TrainingSettings, seed: int, epoch: int
) -> list[list[int]]:
    """Return the positions of the training cases in each batch of an epoch.

    The order depends on the seed and the epoch only, so that a run can be taken up at any
    step. A last batch of one case is left out when the batch size is larger: batch
    normalisation cannot work on it where the feature grid is a single voxel.
    """
    generator = np.random.default_rng(derive_seed(seed, "order", str(epoch)))
    if settings.sampling == "balanced":
        classes = np.asarray(targets)
        share = 1 / np.bincount(classes)[classes]
        order = generator.choice(len(classes), size=len(classes), p=share / share.sum())
    else:
        order = generator.permutation(len(targets))
    size = settings.batch_size
    batches = [order[start : start + size].tolist() for start in range(0, len(order), size)]
    if len(batches) > 1 and size > 1 and len(batches[-1]) == 1:
        batches.pop()
    return batches
