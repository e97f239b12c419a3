"""Losses of the two-class softmax."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from radnec.core.labels import CLASSES

# Lin et al. 2017 (arXiv:1708.02002) found 2 to work best.
FOCAL_GAMMA = 2.0


class Loss:
    """Mean loss of a batch.

    Parameters
    ----------
    kind
        cross_entropy | weighted_cross_entropy | focal.
    targets
        Classes of all training cases: the class weights come from them.

    Notes
    -----
    weighted_cross_entropy: the loss of a case is multiplied by N / (2 n_c), n_c being the
    training cases of its class, and the batch is averaged over its cases. Torch's own
    weighted mean divides by the weights of the batch instead, which cancels the weights in
    any batch of one class: with batches of two and 18 % necrosis, in seven of ten.

    focal: -(1 - p_t)^gamma log p_t, p_t being the probability of the true class.
    """

    def __init__(self, kind: str, targets: Sequence[int], device: torch.device) -> None:
        self.kind = kind
        counts = torch.bincount(torch.as_tensor(targets), minlength=len(CLASSES))
        self.weights = (len(targets) / (len(CLASSES) * counts)).to(device, torch.float32)

    def __call__(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return the mean loss of logits (batch, 2) against class indices (batch)."""
        losses = functional.cross_entropy(logits.float(), targets, reduction="none")
        if self.kind == "weighted_cross_entropy":
            losses = losses * self.weights[targets]
        elif self.kind == "focal":
            losses = (1 - torch.exp(-losses)) ** FOCAL_GAMMA * losses
        return losses.mean()
