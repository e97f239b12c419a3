"""Random transforms of the training volumes (MONAI)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from radnec.core.seeding import derive_seed

# Largest shift as part of the axis, rotation in radians (10 degrees), zoom as a factor.
_SHIFT = 0.1
_ROTATION = 0.17
_ZOOM = 0.1


class Augmentation:
    """The transforms of the settings, drawn anew for each case and epoch.

    Parameters
    ----------
    names
        flip: each axis with chance 1/2. shift, rotate, zoom: one trilinear resampling with
        what was asked for, uniform up to 10 % of the axis, 10 degrees, 10 %; zeros outside.
        contrast: gamma of 0.7 to 1.5 with chance 1/2. noise: Gaussian of standard deviation
        up to 0.05 with chance 1/2.
    size
        Voxels along x, y and z.
    seed
        Seed of the run. The draw depends on it, the epoch and the case's place in the
        epoch only, so that a run can be taken up at any step.
    """

    def __init__(self, names: Sequence[str], size: Sequence[int], seed: int) -> None:
        self._seed = seed
        self._transform: Any = None
        if names:
            self._transform = _compose(set(names), size)

    def __call__(self, images: torch.Tensor, epoch: int, start: int) -> torch.Tensor:
        """Return transformed volumes (batch, channel, x, y, z), in memory in the same order.

        `start` is the place of the first case in the epoch.
        """
        if self._transform is None:
            return images
        changed = torch.empty_like(images)
        for offset, image in enumerate(images):
            self._transform.set_random_state(
                derive_seed(self._seed, "augment", str(epoch), str(start + offset))
            )
            changed[offset] = torch.as_tensor(self._transform(image)).as_subclass(torch.Tensor)
        return changed


def _compose(names: set[str], size: Sequence[int]) -> Any:
    from monai.transforms import (
        Compose,
        RandAdjustContrast,
        RandAffine,
        RandFlip,
        RandGaussianNoise,
    )

    chain: list[Any] = []
    if "flip" in names:
        chain += [RandFlip(prob=0.5, spatial_axis=axis) for axis in range(3)]
    if names & {"shift", "rotate", "zoom"}:
        chain.append(
            RandAffine(
                prob=1.0,
                translate_range=[_SHIFT * n for n in size] if "shift" in names else None,
                rotate_range=[_ROTATION] * 3 if "rotate" in names else None,
                scale_range=[_ZOOM] * 3 if "zoom" in names else None,
                mode="bilinear",
                padding_mode="zeros",
            )
        )
    if "contrast" in names:
        chain.append(RandAdjustContrast(prob=0.5, gamma=(0.7, 1.5)))
    if "noise" in names:
        chain.append(RandGaussianNoise(prob=0.5, std=0.05))
    return Compose(chain)
