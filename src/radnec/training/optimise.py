"""The optimiser, its learning rate over the epochs, and the order of the cases."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from radnec.core.errors import InputError
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


def learning_rate(settings: TrainingSettings, epoch: int) -> float:
    """Return the learning rate of an epoch, counted from 0.

    cosine: Loshchilov and Hutter 2017 (arXiv:1608.03983), eq. 5 without restarts and with
    a minimum of 0.
    """
    if settings.schedule == "cosine":
        return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * epoch / settings.epochs))
    return settings.learning_rate


def epoch_batches(
    targets: Sequence[int], settings: TrainingSettings, seed: int, epoch: int, shares: int = 1
) -> list[list[int]]:
    """Return the positions of the training cases in each batch of an epoch.

    The order depends on the seed and the epoch only, so that a run can be taken up at any
    step. A last batch of one case is left out when the batch size is larger: batch
    normalisation cannot work on it where the feature grid is a single voxel. With several
    shares (devices) a last batch that cannot be divided equally is left out too.

    Raises
    ------
    InputError
        If the batch size cannot be divided by the number of shares.
    """
    if settings.batch_size % shares:
        raise InputError(
            f"training.batch_size is {settings.batch_size}, expected a multiple of the {shares} "
            f"devices that share each batch"
        )
    generator = np.random.default_rng(derive_seed(seed, "order", str(epoch)))
    if settings.sampling == "balanced":
        classes = np.asarray(targets)
        share = 1 / np.bincount(classes)[classes]
        order = generator.choice(len(classes), size=len(classes), p=share / share.sum())
    else:
        order = generator.permutation(len(targets))
    size = settings.batch_size
    batches = [order[start : start + size].tolist() for start in range(0, len(order), size)]
    unequal = len(batches[-1]) % shares != 0
    if len(batches) > 1 and (unequal or (size > 1 and len(batches[-1]) == 1)):
        batches.pop()
    return batches
