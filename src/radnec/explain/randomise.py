"""Randomisation test: a map has to change when the weights are randomised.

Adebayo et al. 2018, "Sanity checks for saliency maps": the weights are randomised layer by layer
from the output to the input, and the map of each such network is compared with the one of the
trained network. A method whose map survives shows the image, not what the network learned.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import torch
from scipy import stats
from torch import nn

from radnec.core.seeding import derive_seed

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the layers that are randomised; 0 stands for the output layer alone."""


def cascade(network: nn.Module, seed: int) -> Iterator[tuple[float, nn.Module]]:
    """Yield copies of a network with more and more of its layers randomised, from the output on.

    The values of each weight tensor are replaced by normal ones of the same mean and spread.
    Signals neither vanish nor explode on the way, while everything learned is lost.

    Parameters
    ----------
    network
        The trained network; it is not changed.
    seed
        Seed of the new weights.

    Yields
    ------
    share
        Share of the layers that are randomised, see `SHARES`.
    randomised
        One and the same copy each time, changed further.
    """
    randomised = copy.deepcopy(network)
    layers = [
        (name, module)
        for name, module in randomised.named_modules()
        if list(module.parameters(recurse=False))
    ][::-1]
    done = 0
    for share in SHARES:
        upto = max(1, round(share * len(layers)))
        for name, module in layers[done:upto]:
            _randomise(module, derive_seed(seed, name))
        done = upto
        yield share, randomised


def _randomise(module: nn.Module, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in module.parameters(recurse=False):
            new = torch.randn(weights.shape, generator=generator)
            mean, spread = weights.mean(), weights.std(correction=0)
            weights.copy_(new.to(weights.device) * spread + mean)


def similarity(one: np.ndarray, other: np.ndarray, brain: np.ndarray) -> float:
    """Return Spearman's rank correlation of two maps over the voxels of the brain.

    A map of zeros (or any constant one) resembles nothing: 0.
    """
    first, second = one[brain], other[brain]
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(stats.spearmanr(first, second).statistic)
