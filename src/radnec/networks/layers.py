"""The 3D counterpart of each 2D layer, and of its weights.

The two axes of an image become the axes x and y of a volume; z is the new, last one. Its
kernel, stride, padding and dilation are those of the longer of the layer's two axes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from radnec.core.errors import InputError

_PLAIN: dict[type[nn.Module], type[nn.Module]] = {
    nn.MaxPool2d: nn.MaxPool3d,
    nn.AvgPool2d: nn.AvgPool3d,
    nn.AdaptiveAvgPool2d: nn.AdaptiveAvgPool3d,
    nn.AdaptiveMaxPool2d: nn.AdaptiveMaxPool3d,
    nn.BatchNorm2d: nn.BatchNorm3d,
    nn.InstanceNorm2d: nn.InstanceNorm3d,
    nn.Dropout2d: nn.Dropout3d,
    nn.ZeroPad2d: nn.ZeroPad3d,
    nn.ReflectionPad2d: nn.ReflectionPad3d,
    nn.ReplicationPad2d: nn.ReplicationPad3d,
}


def triple(value: Any, longer: int = 1) -> Any:
    """Return the third number beside a pair; single values stand for any number of axes.

    Examples
    --------
    >>> triple((1, 7), longer=1)
    (1, 7, 7)
    >>> triple(3)
    3
    """
    if isinstance(value, tuple | list) and len(value) == 2:
        return (*value, value[longer])
    return value


def pad_triple(padding: tuple[int, ...]) -> tuple[int, ...]:
    """Return torch's padding list with the z axis, padded like y, in front (last axis first)."""
    return (*padding[:2], *padding)


def to_3d(layer: nn.Module) -> nn.Module | None:
    """Return the 3D counterpart of a 2D layer with fresh weights; None if it needs none.

    Raises
    ------
    InputError
        If the layer works on images and has no counterpart here.
    """
    kind = type(layer)
    if kind is nn.Conv2d:
        return _conv(layer)  # type: ignore[arg-type]
    if kind in _PLAIN:
        return _plain(layer, _PLAIN[kind])
    if "2d" in kind.__name__.lower() and next(layer.children(), None) is None:
        raise InputError(
            f"backbone: its layer {kind.__module__}.{kind.__name__} has no 3D counterpart here, "
            f"expected Conv2d, {', '.join(one.__name__ for one in _PLAIN)}"
        )
    return None


def _conv(conv: nn.Conv2d) -> nn.Conv3d:
    longer = 0 if conv.kernel_size[0] > conv.kernel_size[1] else 1
    inflated = nn.Conv3d(
        conv.in_channels,
        conv.out_channels,
        kernel_size=triple(conv.kernel_size, longer),
        stride=triple(conv.stride, longer),
        padding=triple(conv.padding, longer),
        dilation=triple(conv.dilation, longer),
        groups=conv.groups,
        bias=conv.bias is not None,
        padding_mode=conv.padding_mode,
    )
    with torch.no_grad():
        inflated.weight.copy_(redraw(conv.weight, inflated.weight.shape))
        if conv.bias is not None and inflated.bias is not None:
            inflated.bias.copy_(conv.bias)
    return inflated


def _plain(layer: nn.Module, kind: type[nn.Module]) -> nn.Module:
    # Same attributes under the same names: only the pairs among them have to grow.
    inflated = kind.__new__(kind)
    inflated.__dict__ = dict(layer.__dict__)
    for name in ("kernel_size", "stride", "padding", "dilation", "output_size"):
        if name in inflated.__dict__:
            value = inflated.__dict__[name]
            is_padding_list = name == "padding" and "Pad" in kind.__name__
            inflated.__dict__[name] = pad_triple(value) if is_padding_list else triple(value)
    return inflated


def redraw(weight: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """Return new random weights of `shape` in the distribution of `weight`.

    Drawn with replacement from the 2D layer's own initial weights, whatever scheme made
    them, and scaled by the square root of the ratio of inputs per output, so that a layer
    passes on the same variance as its 2D original. A layer that starts at zero still does.
    """
    drawn = torch.randint(weight.numel(), tuple(shape))
    scale = (weight[0].numel() / shape[1:].numel()) ** 0.5
    scaled: torch.Tensor = weight.detach().flatten()[drawn] * scale
    return scaled


def repeat(weight: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """Return trained 2D weights repeated into `shape`, as Carreira and Zisserman 2017 do.

    arXiv:1705.07750, section 2.2: a filter is repeated along the new axis and divided by its
    length, so that a volume that does not change along z gives what the image gave. Input
    channels are treated alike: those of the original are averaged, repeated over the new
    number and divided, so that equal channels give the same output. A fully connected layer
    after a flattened grid is repeated over z.

    Parameters
    ----------
    weight
        Convolution (out, in, x, y) or fully connected (out, in) weights.
    shape
        (out, in', x, y, z), or (out, in x z).

    Raises
    ------
    InputError
        If the shapes do not fit.
    """
    if weight.dim() == len(shape) == 2 and weight.shape != shape:
        depth, rest = divmod(shape[1], weight.shape[1])
        if rest or weight.shape[0] != shape[0]:
            raise InputError(f"weights of shape {tuple(weight.shape)} do not fit {tuple(shape)}")
        return weight.repeat_interleave(depth, dim=1) / depth
    if weight.dim() == len(shape) - 1 and weight.dim() == 4:
        weight = weight.unsqueeze(-1).expand(*weight.shape, shape[-1]) / shape[-1]
    if weight.dim() == len(shape) and weight.dim() == 5 and weight.shape[1] != shape[1]:
        total = weight.sum(dim=1, keepdim=True)
        weight = total.expand(-1, shape[1], -1, -1, -1) / shape[1]
    if weight.shape != shape:
        raise InputError(f"weights of shape {tuple(weight.shape)} do not fit {tuple(shape)}")
    return weight.clone()


Refill = Callable[[torch.Tensor, torch.Size], torch.Tensor]
