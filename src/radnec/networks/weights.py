"""Weights from a local file: 2D ones inflated, or 3D ones such as MedicalNet's ResNets.

Nothing is downloaded and no code in the file is run: it is read as safetensors, or with
`torch.load(weights_only=True)`.
"""

from __future__ import annotations

import logging
import pickle
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from radnec.core.errors import InputError
from radnec.networks.layers import repeat

log = logging.getLogger(__name__)

# torchvision's names on the left, MONAI's on the right (DenseNet; ResNet and VGG agree).
_RENAMED = (
    (re.compile(r"^module\."), ""),
    (re.compile(r"(denselayer\d+)\.(norm|conv)\.?([12])\."), r"\1.layers.\2\3."),
    (re.compile(r"^classifier\.(weight|bias)$"), r"class_layers.out.\1"),
)


_MEDICALNET = (
    "MedicalNet learned them with layers 3 and 4 at stride 1, dilated by 2 and 4; here both "
    "have stride 2 and no dilation, as in MONAI"
)


@dataclass(frozen=True)
class Loaded:
    """What came of a weight file.

    Attributes
    ----------
    new
        Names of the weights that stay random: those of the fully connected layers that the file
        lacks or has in another shape.
    note
        How the network that learned the weights differs from this one, if that is known; or "".
    """

    new: list[str]
    note: str


def load_weights(network: nn.Module, path: Path) -> Loaded:
    """Fill a new network with trained weights.

    Parameters
    ----------
    network
        From `radnec.networks.registry.build_network`.
    path
        State dict (.safetensors, .pt, .pth) of the same network in 3D, of its 2D original
        (filters are inflated, see `radnec.networks.layers.repeat`), or of MedicalNet's
        ResNet-10, -18 or -50 (Chen et al. 2019, arXiv:1904.00625). The input channels of the
        first convolution are adapted.

    Raises
    ------
    InputError
        If the file cannot be read as weights, or lacks a convolution or normalisation of
        the network, or has one in a shape that cannot be inflated to it.
    """
    content = _read(Path(path))
    given = {_renamed(name): value for name, value in content.items()}
    own = network.state_dict()
    linear = {
        f"{name}.{part}"
        for name, layer in network.named_modules()
        if isinstance(layer, nn.Linear)
        for part in ("weight", "bias")
    }
    new, filled = [], {}
    for name, value in own.items():
        if name.endswith("num_batches_tracked") and name not in given:
            continue
        if name not in given:
            if name not in linear:
                raise InputError(
                    f"{path}: has no weights {name!r}, which the network needs; "
                    f"the file's first names are {', '.join(list(given)[:5])}"
                )
            new.append(name)
            continue
        try:
            filled[name] = repeat(given[name], value.shape).to(value.dtype)
        except InputError as error:
            if name not in linear:
                raise InputError(
                    f"{path}: {name!r}: {error}; with models.strides: anisotropic a network "
                    f"takes weights of its 2D original or of the same voxels, with models.strides: "
                    f"isotropic those of other 3D networks"
                ) from error
            new.append(name)
    network.load_state_dict(own | filled)
    log.info("%s: %d weights taken, new: %s", path, len(filled), ", ".join(new) or "none")
    return Loaded(new, _MEDICALNET if _is_medicalnet(content) else "")


def _is_medicalnet(content: Mapping[str, torch.Tensor]) -> bool:
    """Return whether these are its ResNets: saved by DataParallel, one channel, no classifier."""
    first = content.get("module.conv1.weight")
    return (
        first is not None
        and first.dim() == 5
        and first.shape[1] == 1
        and "module.layer4.0.conv1.weight" in content
        and "module.fc.weight" not in content
    )


def _renamed(name: str) -> str:
    for pattern, replacement in _RENAMED:
        name = pattern.sub(replacement, name)
    return name


def _read(path: Path) -> Mapping[str, torch.Tensor]:
    if not path.is_file():
        raise InputError(f"training.pretrained: {path}: no such file")
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise InputError(
            f"{path}: cannot be read as weights alone ({str(error).splitlines()[0]}); expected a "
            f"state dict saved by torch, or safetensors"
        ) from error
    while isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    if not isinstance(content, Mapping) or not all(
        isinstance(value, torch.Tensor) for value in content.values()
    ):
        raise InputError(f"{path}: expected a state dict (name: tensor)")
    return content
