"""Class activation maps of a 3D network: Grad-CAM, HiResCAM and Grad-CAM++.

MONAI's classes of this name are not used, for three reasons: they have no HiResCAM; their hooks
on the gradient fail or read changed values where the layer is followed by an operation in place,
as in all networks here; and what they return is rectified already, with, by default, the scale
flipped (largest becomes 0). MONAI is what the tests compare with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from radnec.core.errors import InputError
from radnec.explain.settings import METHODS
from radnec.networks.registry import last_conv_layer

LAST = "last"


@dataclass(frozen=True)
class ActivationMap:
    """What speaks for a class, and where, on the grid of the layer.

    Attributes
    ----------
    evidence
        Signed map (x, y, z) on the layer's own grid: above 0 speaks for the class, below 0
        against it.
    logits
        Output of the network, one per class.
    target
        Index of the class.
    """

    evidence: np.ndarray
    logits: np.ndarray
    target: int

    @property
    def probabilities(self) -> np.ndarray:
        """Softmax of the logits, one per class."""
        shifted = np.exp(self.logits - self.logits.max())
        return np.asarray(shifted / shifted.sum())

    @property
    def positive_share(self) -> float:
        """Share of the evidence, by amount, that speaks for the class; 0 if there is none."""
        total = float(np.abs(self.evidence).sum())
        return float(np.clip(self.evidence, 0, None).sum()) / total if total > 0 else 0.0


def find_layer(network: nn.Module, layer: str) -> str:
    """Return the name of a layer of the network, with ``last`` resolved.

    Raises
    ------
    InputError
        If the network has no module of that name.
    """
    name = last_conv_layer(network) if layer == LAST else layer
    known = [known for known, _ in network.named_modules() if known]
    if name not in known:
        raise InputError(
            f"explain.layer: {layer!r} is no module of {type(network).__name__}, expected "
            f"'{LAST}' or one of {', '.join(known)}"
        )
    return name


def class_activation_map(
    network: nn.Module,
    volume: torch.Tensor,
    *,
    layer: str = LAST,
    method: str = "gradcam",
    target: int | None = None,
) -> ActivationMap:
    """Return the map of evidence for a class at a layer of the network.

    With A the features (channel k, voxel i of n) and g the gradient of the class's logit (before
    the softmax) with respect to them, the map at voxel i is

    - ``gradcam``: sum over k of mean(g_k) A_ki (Selvaraju et al. 2017, equations 1 and 2);
    - ``hirescam``: sum over k of g_ki A_ki (Draelos and Carin 2020, equation 3), which adds up
      to the logit up to a constant where the rest of the network is linear;
    - ``gradcam++``: sum over k of [sum over j of a_kj ReLU(g_kj)] A_ki with
      a_kj = g_kj^2 / (2 g_kj^2 + g_kj^3 sum over i of A_ki) (Chattopadhay et al. 2018,
      equations 10 and 19, for the exponential of the logit, whose factor the scale removes).

    Parameters
    ----------
    network
        In eval mode; takes (1, channel, x, y, z), returns (1, classes) logits.
    volume
        One case, (1, channel, x, y, z), on the network's device.
    layer
        ``last`` or the name of a module whose output is (1, channel, x, y, z).
    method
        One of `METHODS`.
    target
        Index of the class; None for the one with the highest logit, as in the code that the
        paper names (github.com/1Konny/gradcam_plus_plus-pytorch).

    Raises
    ------
    InputError
        If the layer is unknown, is not run exactly once, or has no spatial axes.
    ValueError
        If the method is unknown or `volume` holds not exactly one case.
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r}: expected one of {', '.join(METHODS)}")
    if volume.ndim != 5 or volume.shape[0] != 1:
        raise ValueError(f"volume has shape {tuple(volume.shape)}, expected (1, channel, x, y, z)")
    name = find_layer(network, layer)
    captured: list[torch.Tensor] = []

    def keep(_module: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        captured.append(output)
        # What follows may work in place (ReLU): it gets a copy, the captured values stay.
        return output.clone()

    handle = network.get_submodule(name).register_forward_hook(keep)
    try:
        with torch.enable_grad():
            logits = network(volume.detach().requires_grad_())
    finally:
        handle.remove()
    if len(captured) != 1 or captured[0].ndim != 5:
        shapes = [tuple(output.shape) for output in captured]
        raise InputError(
            f"explain.layer: {name!r} of {type(network).__name__} gives outputs of shape {shapes}, "
            "expected exactly one of (1, channel, x, y, z)"
        )
    features = captured[0]
    chosen = int(logits[0].argmax()) if target is None else target
    (gradient,) = torch.autograd.grad(logits[0, chosen], features)
    evidence = _combine(features.detach()[0].double(), gradient[0].double(), method)
    return ActivationMap(
        evidence=evidence.cpu().numpy(),
        logits=logits.detach()[0].double().cpu().numpy(),
        target=chosen,
    )


def _combine(features: torch.Tensor, gradient: torch.Tensor, method: str) -> torch.Tensor:
    """Return the signed map (x, y, z) from features and gradient (channel, x, y, z)."""
    axes = (1, 2, 3)
    if method == "hirescam":
        return (gradient * features).sum(0)
    if method == "gradcam":
        weights = gradient.mean(axes, keepdim=True)
    else:
        square = gradient.square()
        below = 2 * square + gradient * square * features.sum(axes, keepdim=True)
        share = torch.where(below != 0, square / torch.where(below != 0, below, 1.0), 0.0)
        weights = (share * gradient.clamp_min(0)).sum(axes, keepdim=True)
    return (weights * features).sum(0)


def scaled_map(evidence: np.ndarray, size: tuple[int, ...]) -> tuple[np.ndarray, float]:
    """Return a map for the eye: rectified, on the grid of the input, one scale for the case.

    Negative evidence becomes 0, the map is brought to the input's grid by trilinear
    interpolation, and divided by its maximum. A map without any positive value stays zero: it
    is not stretched into something that looks like a finding.

    Parameters
    ----------
    evidence
        Signed map (x, y, z) on the layer's grid.
    size
        Size (x, y, z) of the input volume.

    Returns
    -------
    numpy.ndarray
        Map (x, y, z), float32 in [0, 1].
    float
        What 1 stands for: the largest value before scaling, 0.0 for a map of zeros.
    """
    rectified = torch.from_numpy(np.clip(evidence, 0, None))[None, None]
    full = functional.interpolate(rectified, size=size, mode="trilinear", align_corners=False)
    volume = full[0, 0].numpy()
    peak = float(volume.max())
    if not np.isfinite(peak):
        raise ValueError("the map has values that are not finite: the network's output is broken")
    return (volume / peak if peak > 0 else volume).astype(np.float32), peak


def peak_voxel(evidence: np.ndarray, size: tuple[int, ...]) -> tuple[float, float, float] | None:
    """Return where the evidence is strongest, as a voxel (x, y, z) of the input volume.

    It is the middle of the layer's voxel with the highest value, not the highest voxel of the
    interpolated map, which at the border of a coarse grid is a plateau that begins anywhere.
    None if no value is positive.
    """
    if not evidence.max() > 0:
        return None
    cell = np.unravel_index(int(evidence.argmax()), evidence.shape)
    x, y, z = (
        (index + 0.5) * full / cells - 0.5
        for index, full, cells in zip(cell, size, evidence.shape, strict=True)
    )
    return float(x), float(y), float(z)
