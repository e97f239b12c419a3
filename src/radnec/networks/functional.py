"""The 3D counterpart of what a 2D network does outside its layers.

Some networks pool, pad or average in their `forward` itself. Such calls are found by
watching the 2D network work, and replaced in the traced graph of the inflated one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode, resolve_name

from radnec.core.errors import InputError
from radnec.networks.layers import pad_triple, triple

_FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    functional.max_pool2d: functional.max_pool3d,
    functional.avg_pool2d: functional.avg_pool3d,
    functional.adaptive_avg_pool2d: functional.adaptive_avg_pool3d,
    functional.adaptive_max_pool2d: functional.adaptive_max_pool3d,
    functional.dropout2d: functional.dropout3d,
}
_REDUCTIONS = ("mean", "sum", "amax")
_IMAGE_AXES = ({2, 3}, {-1, -2})


class _Watch(TorchFunctionMode):
    """Notes every call outside the layers that knows of an image's two axes."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.found: list[str] = []
        self.rearranged: list[str] = []
        self._depth = 0
        for layer in network.modules():
            if next(layer.children(), None) is None and _is_torch_layer(layer):
                layer.register_forward_pre_hook(self._enter)
                layer.register_forward_hook(self._leave)

    def _enter(self, *_: Any) -> None:
        self._depth += 1

    def _leave(self, *_: Any) -> None:
        self._depth -= 1

    def __torch_function__(
        self, call: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if self._depth == 0 and _knows_axes(call, args, kwargs or {}):
            self.found.append(resolve_name(call) or str(call))
        if _rearranges(call, args, kwargs or {}):
            self.rearranged.append(call.__name__)
        return call(*args, **(kwargs or {}))


def _is_torch_layer(layer: nn.Module) -> bool:
    # What the tracer takes as one piece, and `radnec.networks.layers` replaces as one.
    return type(layer).__module__.startswith("torch.nn")


def _axes(args: Any, kwargs: dict[str, Any]) -> set[int]:
    axes = kwargs.get("dim", args[1] if len(args) > 1 else None)
    return set(axes) if isinstance(axes, tuple | list) else set()


def _knows_axes(call: Any, args: Any, kwargs: dict[str, Any]) -> bool:
    name = getattr(call, "__name__", "")
    if name in _REDUCTIONS:
        return _axes(args, kwargs) in _IMAGE_AXES
    if name == "pad":
        return True
    return "2d" in name or call in _FUNCTIONS


def _rearranges(call: Any, args: Any, kwargs: dict[str, Any]) -> bool:
    """Return whether a call names the four axes of a batch of images one by one."""
    name = getattr(call, "__name__", "")
    if name not in ("permute", "view", "reshape") or not isinstance(args[0], torch.Tensor):
        return False
    given = args[1:] or tuple(kwargs.values())
    axes = given[0] if len(given) == 1 and isinstance(given[0], tuple | list) else given
    return args[0].dim() == 4 and len(axes) >= 4


def image_calls(network: nn.Module, image: torch.Tensor) -> list[str]:
    """Return the names of the calls in a 2D network's `forward` that have to become 3D.

    `network` is hooked for watching: give a copy.

    Raises
    ------
    InputError
        If the network does not take the image, or takes its axes apart (windows of attention,
        shuffled channels): what that means in 3D cannot be known from outside.
    """
    kind, size = type(network).__name__, "x".join(map(str, image.shape[2:]))
    try:
        with torch.no_grad(), _Watch(network) as watch:
            network(image)
    except Exception as error:  # whatever the foreign code raises
        raise InputError(
            f"backbone {kind}: does not take an image of {size} pixels "
            f"({str(error).partition(chr(10))[0]}); expected a network for images of any size "
            f"from 64 pixels"
        ) from error
    if watch.rearranged:
        raise InputError(
            f"backbone {kind}: its forward takes the axes of images apart "
            f"({', '.join(sorted(set(watch.rearranged)))}), which has no 3D counterpart; expected "
            f"convolution, pooling and normalisation"
        )
    found: list[str] = watch.found
    return found


def rewrite(network: nn.Module, calls: list[str]) -> fx.GraphModule:
    """Return an inflated network whose `forward` makes the calls in 3D.

    Raises
    ------
    InputError
        If the network cannot be traced, or a call has no counterpart.
    """
    try:
        traced = fx.symbolic_trace(network)
    except Exception as error:  # the tracer raises whatever the foreign code makes of a proxy
        raise InputError(
            f"backbone: its forward calls {', '.join(sorted(set(calls)))}, which are for images, "
            f"and cannot be traced to replace them ({error}); use layers (torch.nn) instead"
        ) from error
    for node in traced.graph.nodes:
        if node.op == "call_function" and node.target in _FUNCTIONS:
            node.target = _FUNCTIONS[node.target]
            node.args = (node.args[0], *(triple(value) for value in node.args[1:]))
            node.kwargs = {key: triple(value) for key, value in node.kwargs.items()}
        elif node.op == "call_function" and node.target is functional.pad:
            node.args = (node.args[0], pad_triple(tuple(node.args[1])), *node.args[2:])
        elif node.op in ("call_function", "call_method"):
            name = node.target if isinstance(node.target, str) else node.target.__name__
            if name in _REDUCTIONS and _axes(node.args, node.kwargs) in _IMAGE_AXES:
                rest = {key: value for key, value in node.kwargs.items() if key != "dim"}
                node.args = (node.args[0], (2, 3, 4), *node.args[2:])
                node.kwargs = rest
            elif "2d" in name:
                raise InputError(f"backbone: its forward calls {name}, which has no 3D counterpart")
    traced.recompile()
    return traced
