"""3D pooling that gives the same gradient in every run on a GPU.

Torch adds the gradients of overlapping 3D windows up in whatever order the GPU reaches them, and
has no other way for average pooling, and none for max pooling before 2.13. Its 2D pooling on a
GPU collects the gradient of each voxel in a fixed order. The windows are boxes, so that the
maximum (or mean) over (y, z) and then that over x is the maximum (or mean) over the box.

On CPU, and where determinism is not asked for, these are torch's own layers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import fx, nn
from torch.nn import functional

Triple = tuple[int, int, int]
Pool = Callable[[torch.Tensor], torch.Tensor]


def max_pool3d(
    features: torch.Tensor,
    kernel_size: int | Triple,
    stride: int | Triple | None = None,
    padding: int | Triple = 0,
    dilation: int | Triple = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> torch.Tensor:
    """Return what `torch.nn.functional.max_pool3d` does, bit for bit.

    Parameters
    ----------
    features
        (batch, channel, x, y, z).
    """
    if not _by_planes(features):
        return functional.max_pool3d(
            features, kernel_size, stride, padding, dilation, ceil_mode, return_indices
        )
    kernel, step = _triple(kernel_size), _triple(stride or kernel_size)
    pad, wide = _triple(padding), _triple(dilation)
    return _pool_by_planes(
        features,
        lambda planes: functional.max_pool2d(
            planes, kernel[1:], step[1:], pad[1:], wide[1:], ceil_mode
        ),
        lambda rows: functional.max_pool2d(
            rows, (kernel[0], 1), (step[0], 1), (pad[0], 0), (wide[0], 1), ceil_mode
        ),
    )


def avg_pool3d(
    features: torch.Tensor,
    kernel_size: int | Triple,
    stride: int | Triple | None = None,
    padding: int | Triple = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> torch.Tensor:
    """Return what `torch.nn.functional.avg_pool3d` does, to rounding.

    Parameters
    ----------
    features
        (batch, channel, x, y, z).
    """
    if divisor_override is not None or not _by_planes(features):
        return functional.avg_pool3d(
            features, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        )
    kernel, step, pad = _triple(kernel_size), _triple(stride or kernel_size), _triple(padding)
    rest = (ceil_mode, count_include_pad)
    return _pool_by_planes(
        features,
        lambda planes: functional.avg_pool2d(planes, kernel[1:], step[1:], pad[1:], *rest),
        lambda rows: functional.avg_pool2d(rows, (kernel[0], 1), (step[0], 1), (pad[0], 0), *rest),
    )


class MaxPool3d(nn.MaxPool3d):
    """`torch.nn.MaxPool3d` through `max_pool3d`."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the pooled features."""
        return max_pool3d(
            features,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
        )


class AvgPool3d(nn.AvgPool3d):
    """`torch.nn.AvgPool3d` through `avg_pool3d`."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the pooled features."""
        return avg_pool3d(
            features,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


def with_repeatable_pooling(network: nn.Module) -> nn.Module:
    """Return the network with its 3D pooling replaced in place by that of this module.

    Layers everywhere, and the calls that a traced network (torch.fx) makes itself.
    """
    kinds: dict[type[nn.Module], type[nn.Module]] = {
        nn.MaxPool3d: MaxPool3d,
        nn.AvgPool3d: AvgPool3d,
    }
    for parent in list(network.modules()):
        for name, layer in list(parent.named_children()):
            if type(layer) in kinds and not getattr(layer, "return_indices", False):
                own = kinds[type(layer)].__new__(kinds[type(layer)])
                own.__dict__ = layer.__dict__
                parent._modules[name] = own
    if isinstance(network, fx.GraphModule):
        calls = {functional.max_pool3d: max_pool3d, functional.avg_pool3d: avg_pool3d}
        for node in network.graph.nodes:
            node.target = calls.get(node.target, node.target)
        network.recompile()
    return network


def _by_planes(features: torch.Tensor) -> bool:
    return features.is_cuda and torch.are_deterministic_algorithms_enabled()


def _triple(value: int | Triple) -> Triple:
    return (value, value, value) if isinstance(value, int) else value


def _pool_by_planes(features: torch.Tensor, over_planes: Pool, over_rows: Pool) -> torch.Tensor:
    """Pool each plane (y, z), then along x; both as images that lie in memory as they are."""
    batch, channels, x, y, z = features.shape
    if features.is_contiguous(memory_format=torch.channels_last_3d) and channels > 1:
        planes = features.transpose(1, 2).reshape(batch * x, channels, y, z)
        pooled = over_planes(planes)
        y, z = pooled.shape[2:]
        rows = pooled.reshape(batch, x, channels, y * z).transpose(1, 2)
        pooled_rows: torch.Tensor = over_rows(rows).unflatten(3, (y, z))
        return pooled_rows
    pooled = over_planes(features.reshape(batch * channels, x, y, z))
    y, z = pooled.shape[2:]
    rows = over_rows(pooled.reshape(batch * channels, 1, x, y * z))
    return rows.reshape(batch, channels, -1, y, z)
