"""The statistics of batch normalisation, computed anew for the weights that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import nn
from torch.optim.swa_utils import update_bn

# Cases to average over: of as many balanced draws the share of a class is known to 5 %.
_CASES = 100


def recompute_statistics(
    network: nn.Module, drawn: Callable[[int], Iterable[torch.Tensor]], epoch: int
) -> None:
    """Replace running statistics by the mean over batches that training itself has drawn.

    Each step of training moves the running statistics by a tenth, while the weights move on:
    after few steps in small batches they describe neither the last weights nor the cases, and
    the network answers in evaluation mode with an offset that it never had in training.

    Parameters
    ----------
    network
        Changed in place; one without batch normalisation is left as it is.
    drawn
        Returns the batches of an epoch as training draws them: sampled, augmented, on the
        network's device.
    epoch
        The last epoch that was trained, from 0. Its batches are taken, and those of epochs
        before it until there are enough.

    Notes
    -----
    `torch.optim.swa_utils.update_bn` (Izmailov et al. 2018, arXiv:1803.05407, section 3.2) on
    what the weights were learned from. All cases once would not do where sampling is
    balanced: the network has never seen them in these shares.
    """
    update_bn(_enough(drawn, epoch), network)


def _enough(drawn: Callable[[int], Iterable[torch.Tensor]], epoch: int) -> Iterator[torch.Tensor]:
    cases = 0
    while cases < _CASES and epoch >= 0:
        for images in drawn(epoch):
            cases += len(images)
            yield images
        epoch -= 1
