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

from radnec.apply.known import KnownModel
from radnec.core.files import sha256
from radnec.training.device import prepare_device
from radnec.training.predict import load_network, predict_cases, read_description

# What a network is built from.
_SHAPE = ("backbone", "in_channels", "size", "spacing")


@dataclasses.dataclass(frozen=True)
class Model:
    """All networks of one model: one for each fold and seed.

    Attributes
    ----------
    known
        What is known of it without its networks.
    networks, described
        By ``<fold>_seed<seed>``: the network on `device` in evaluation mode, and the content of
        its network.json.
    device
        What torch computes on, and how the caller named it.
    """

    known: KnownModel
    networks: Mapping[str, nn.Module]
    described: Mapping[str, dict[str, Any]]
    device: torch.device
    device_name: str
    threads: int

    @property
    def name(self) -> str:
        """``<backbone>/<inputs>``."""
        return self.known.name

    @property
    def folder(self) -> Path:
        """The study's results, or the exported folder."""
        return self.known.folder

    @property
    def config(self) -> Mapping[str, Any]:
        """The configuration of the study."""
        return self.known.config

    @property
    def sequences(self) -> tuple[str, ...]:
        """What the networks read, in the order of their channels."""
        return self.known.sequences

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


def load_model(known: KnownModel, *, device: str, threads: int, allow_code: bool = False) -> Model:
    """Load every network of a model.

    Parameters
    ----------
    known
        From `radnec.apply.known.find_model`.
    device, threads
        See `radnec.training.device.prepare_device`.
    allow_code
        Whether a network may be built by a module outside this package
        (``package.module:factory``); a study from elsewhere could name any.

    Raises
    ------
    InputError
        If a network is damaged, or is built by other code and that is not allowed.
    """
    target = prepare_device(device, threads)
    return Model(
        known=known,
        networks=_load(known.networks, target, allow_code),
        described={one.name: read_description(one) for one in known.networks},
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
