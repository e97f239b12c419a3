"""Insertion and deletion: whether the voxels that a map marks matter to the network.

Petsiuk et al. 2018, "RISE: randomized input sampling for explanation of black-box models".
Deletion takes the brain's voxels away in the order of the map, highest first, and follows the
probability of the class that the map explains: a good map makes it fall early. Insertion begins
without them and puts them back: a good map makes it rise early.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import nn

Direction = Literal["insertion", "deletion"]


@dataclass(frozen=True)
class Curve:
    """Probability of the explained class along the way.

    Attributes
    ----------
    fraction
        Share of the brain's voxels that were put in or taken away, from 0 to 1.
    probability
        Softmax probability of the class at each fraction.
    """

    fraction: np.ndarray
    probability: np.ndarray

    @property
    def area(self) -> float:
        """Area under the curve (trapezoids), in [0, 1]."""
        return float(np.trapezoid(self.probability, self.fraction))


def featureless(volume: torch.Tensor, brain: np.ndarray) -> torch.Tensor:
    """Return the case without anything in it: each channel is its mean all over the brain.

    The outline of the brain stays, so that what the network sees is no hole in a head.

    Parameters
    ----------
    volume
        (1, channel, x, y, z).
    brain
        Boolean mask (x, y, z).
    """
    empty = volume.clone()
    mask = torch.from_numpy(brain).to(volume.device)
    empty[0, :, mask] = volume[0, :, mask].mean(dim=1, keepdim=True)
    return empty


def perturbation_curve(
    network: nn.Module,
    volume: torch.Tensor,
    order: np.ndarray,
    brain: np.ndarray,
    *,
    target: int,
    direction: Direction,
    steps: int,
    seed: int,
) -> Curve:
    """Follow the probability of a class while voxels go or come in the order of a map.

    Parameters
    ----------
    network
        In eval mode.
    volume
        One case (1, channel, x, y, z), on the network's device.
    order
        Map (x, y, z); voxels with equal values are drawn in a random order.
    brain
        Boolean mask (x, y, z): the voxels that are changed.
    target
        Index of the class.
    direction
        ``insertion`` or ``deletion``.
    steps
        Number of steps from 0 to 1.
    seed
        Seed of the order among equal values.
    """
    inside = np.flatnonzero(brain)
    tie = np.random.default_rng(seed).random(inside.size)
    ranked = inside[np.lexsort((tie, -order.ravel()[inside]))]
    empty = featureless(volume, brain)
    before, after = (volume, empty) if direction == "deletion" else (empty, volume)
    fractions = np.linspace(0.0, 1.0, steps + 1)
    state = before.clone().flatten(2)
    goal = after.flatten(2)
    probabilities = []
    done = 0
    for fraction in fractions:
        upto = round(float(fraction) * ranked.size)
        changed = torch.from_numpy(ranked[done:upto].copy()).to(state.device)
        state[:, :, changed] = goal[:, :, changed]
        done = upto
        with torch.inference_mode():
            logits = network(state.view_as(volume))
        probabilities.append(float(logits.double().softmax(1)[0, target]))
    return Curve(fractions, np.array(probabilities))
