"""Where a run is: with the weights and the optimiser, all that a checkpoint holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import nn

Weights = dict[str, torch.Tensor]
History = Sequence[dict[str, float]]


@dataclass
class State:
    """Progress of a run.

    Nothing random is in it: order, augmentation and dropout are drawn from the seed, the
    epoch and the batch.
    """

    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    cases: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best_loss: float = math.inf
    best_epoch: int = 0
    best_weights: Weights | None = None
    seconds: float = 0.0
    joules: float | None = 0.0


def on_cpu(network: nn.Module) -> Weights:
    """Return a copy of all weights and running statistics in main memory."""
    return {key: value.detach().cpu().clone() for key, value in network.state_dict().items()}
