"""A trained model of a study, or of a folder that `radnec export` wrote, ready to be asked."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from radnec.apply.manifest import is_export, verify
from radnec.core.errors import InputError
from radnec.core.files import sha256
from radnec.provenance.config import read_config
from radnec.training.device import prepare_device
from radnec.training.predict import load_network, predict_cases, read_description

# What a network is built from.
_SHAPE = ("backbone", "in_channels", "size", "spacing")


@dataclasses.dataclass(frozen=True)
class Model:
    """All networks of one model: one for each fold and seed.

    Attributes
    ----------
    name
        ``<backbone>/<inputs>``.
    folder
        The study's results, or the exported folder.
    config
        The configuration of the study.
    networks, described
        By ``<fold>_seed<seed>``: the network on `device` in evaluation mode, and the content of
        its network.json.
    device
        What torch computes on, and how the caller named it.
    """

    name: str
    folder: Path
    config: Mapping[str, Any]
    networks: Mapping[str, nn.Module]
    described: Mapping[str, dict[str, Any]]
    device: torch.device
    device_name: str
    threads: int

    @property
    def sequences(self) -> list[str]:
        """What the networks read, in the order of their channels."""
        return list(next(iter(self.described.values()))["sequences"])

    def probabilities(self, case: str, volume: np.ndarray) -> dict[str, float]:
        """Return each network's probability of necrosis.

        Parameters
        ----------
        volume
            (channel, x, y, z), normalised and in the type in which the study packed its volumes.
        """
        each = {}
        for name, network in self.networks.items():
            answers = predict_cases(network, [(case, volume)], self.device, self.described[name])
            each[name] = float(answers["p_necrosis"][0])
        return each


def load_model(
    study: Path, name: str | None, *, device: str, threads: int, allow_code: bool = False
) -> Model:
    """Load every network of a model.

    Parameters
    ----------
    study
        results/<study>, or a folder written by `radnec export`, whose checksums are verified
        before anything of it is read.
    name
        ``<backbone>/<inputs>``; None where there is but one.
    device, threads
        See `radnec.training.device.prepare_device`.
    allow_code
        Whether a network may be built by a module outside this package
        (``package.module:factory``); a study from elsewhere could name any.

    Raises
    ------
    InputError
        If the folder is no study, was changed since it was exported, or has no such model.
    """
    if is_export(study):
        verify(study)
    config = read_config(study)
    folders = networks_of(study, name)
    target = prepare_device(device, threads)
    return Model(
        name="/".join(folders[0].parts[-3:-1]),
        folder=study,
        config=config,
        networks=_load(folders, target, allow_code),
        described={one.name: read_description(one) for one in folders},
        device=target,
        device_name=device,
        threads=threads,
    )


def _load(folders: Sequence[Path], device: torch.device, allow_code: bool) -> dict[str, nn.Module]:
    """Load the networks of a model, which differ in their weights alone.

    To build one takes most of a second where its strides follow the voxels; it is built once and
    copied. A network that is described otherwise than the first is built for itself.
    """
    loaded: dict[str, nn.Module] = {}
    first: dict[str, Any] = {}
    for folder in folders:
        described = read_description(folder)
        shape = {key: described.get(key) for key in _SHAPE}
        weights = folder / "weights.safetensors"
        if loaded and shape == first and sha256(weights) == described.get("weights_sha256"):
            network = copy.deepcopy(next(iter(loaded.values())))
            network.load_state_dict(load_file(weights))
            loaded[folder.name] = network
        else:
            loaded[folder.name] = load_network(folder, device, trusted=allow_code)
            first = first or shape
    return loaded


def networks_of(study: Path, name: str | None) -> list[Path]:
    """Return the folders of a model's networks, by name.

    Raises
    ------
    InputError
        If there is no such model; None asks for the only one there is.
    """
    known = sorted({"/".join(p.parts[-4:-2]) for p in study.glob("models/*/*/*/network.json")})
    if name is None and len(known) == 1:
        name = known[0]
    if name not in known:
        found = "no --model" if name is None else f"no trained model {name!r}"
        raise InputError(f"{study}: {found}, expected one of {known}")
    return sorted(path.parent for path in (study / "models" / name).glob("*/network.json"))
