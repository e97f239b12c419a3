"""ResNets whose shortcuts have no weights, written as those whose shortcuts have."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch

_FIRST_BLOCK = re.compile(r"^(.*layer[234]\.0)\.conv1\.weight$")


def with_projections(content: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return a state dict whose shortcuts of type A are given the weights of type B.

    Type A (He et al. 2016, arXiv:1512.03385, section 4.1) takes every second voxel and fills up
    with channels of zeros; type B is a strided convolution of one voxel and a normalisation. Type B
    computes what A does if the convolution is the identity on the first channels and zero for
    the others, and the normalisation passes everything on.

    Parameters
    ----------
    content
        Weights of a 3D ResNet of basic blocks by name. MedicalNet's ResNet-18 and -34 have
        type A, its others type B. What has its shortcuts is returned as it is.
    """
    filled = dict(content)
    for name, weight in content.items():
        found = _FIRST_BLOCK.match(name)
        if not found or f"{found[1]}.downsample.0.weight" in content:
            continue
        width, given = int(weight.shape[0]), int(weight.shape[1])
        if width == given:
            continue
        projection = torch.zeros(width, given, *(1 for _ in weight.shape[2:]))
        projection[torch.arange(given), torch.arange(given)] = 1.0
        filled |= {
            f"{found[1]}.downsample.0.weight": projection,
            f"{found[1]}.downsample.1.weight": torch.ones(width),
            f"{found[1]}.downsample.1.bias": torch.zeros(width),
            f"{found[1]}.downsample.1.running_mean": torch.zeros(width),
            f"{found[1]}.downsample.1.running_var": torch.ones(width),
        }
    return filled
