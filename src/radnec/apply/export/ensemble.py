"""All networks of a model as one module whose output is the answer, for other software."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn


class Ensemble(nn.Module):
    """From normalised volumes to probabilities: mirrored copies, temperature, mean over networks.

    It repeats `radnec.training.predict.probabilities` in operations that tracers follow.

    Parameters
    ----------
    networks
        Take (batch, channel, x, y, z) and return logits (batch, class).
    described
        Content of each one's network.json.
    each
        Whether to return the probabilities of each network too, (batch, network, class).
    """

    def __init__(
        self,
        networks: Sequence[nn.Module],
        described: Sequence[Mapping[str, Any]],
        *,
        each: bool = False,
    ) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self._ways = [(_mirrored(one), float(one.get("temperature", 1.0))) for one in described]
        self._each = each

    def forward(self, images: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        """Return the mean probabilities (batch, class)."""
        answers = []
        for network, (flips, temperature) in zip(self.networks, self._ways, strict=True):
            several = [
                # In double precision, as everywhere: float32 rounds a probability near 1.
                torch.softmax(
                    network(images.flip(axes) if axes else images).double() / temperature, dim=1
                )
                for axes in flips
            ]
            answers.append(torch.stack(several).mean(dim=0))
        of_each = torch.stack(answers, dim=1).float()
        mean = of_each.mean(dim=1)
        return (mean, of_each) if self._each else mean


def _mirrored(described: Mapping[str, Any]) -> list[list[int]]:
    """Return the axes of each mirrored copy, none of them for the volume itself."""
    axes = [2 + "xyz".index(axis) for axis in described.get("test_time_flips", ())]
    return [
        list(chosen)
        for count in range(len(axes) + 1)
        for chosen in itertools.combinations(axes, count)
    ]
