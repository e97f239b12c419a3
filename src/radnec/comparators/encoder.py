"""Features of a frozen, pretrained network, computed once for each case."""

from __future__ import annotations

import importlib
import pickle
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from radnec.comparators.settings import EncoderSettings
from radnec.core.errors import InputError
from radnec.core.files import write_json
from radnec.core.tables import read_tsv, write_tsv
from radnec.networks.registry import build_network, last_conv_layer
from radnec.networks.shortcuts import with_projections
from radnec.networks.weights import load_weights
from radnec.training.data import Volumes
from radnec.training.device import prepare_device


@dataclass(frozen=True)
class Encoder:
    """A frozen network and what came of its weight file.

    Attributes
    ----------
    network
        Takes (1, 1, x, y, z).
    layer
        The module whose output is averaged over space; "" for the network's own output.
    fitted, new, unused
        Names of weights taken from the file, of those that it does not have, and of those in it
        that the network has no place for.
    note
        How the network differs from the one that learned the weights, if that is known; or "".
    """

    network: nn.Module
    layer: str
    fitted: list[str]
    new: list[str]
    unused: list[str]
    note: str

    def features(self, volume: torch.Tensor) -> npt.NDArray[np.float64]:
        """Return the features (channel) of one volume (x, y, z): the mean over space."""
        kept: list[torch.Tensor] = []
        hook = None
        if self.layer:
            module = self.network.get_submodule(self.layer)
            hook = module.register_forward_hook(lambda _m, _i, output: kept.append(output))
        with torch.no_grad():
            answer = self.network(volume[None, None])
        if hook is not None:
            hook.remove()
            answer = kept[-1]
        if not isinstance(answer, torch.Tensor) or answer.dim() not in (2, 5):
            raise InputError(
                "config: comparators.encoder.network: its output is no tensor of features (batch, "
                "channel) or of a grid of them (batch, channel, x, y, z)"
            )
        flat = answer.double().reshape(answer.shape[1], -1).mean(dim=1)
        return np.asarray(flat.cpu())


def load_encoder(settings: EncoderSettings) -> Encoder:
    """Return the network that the settings name, in evaluation mode, with its weights.

    A backbone of the table is built for one sequence, with the same stride along all axes, and has
    to get all its convolutions from the file; a network of the user's own gets what has the same
    name and shape.

    Raises
    ------
    InputError
        If network or file cannot be read, or nothing of the file fits.
    """
    given = _read(Path(settings.weights).expanduser()) if settings.weights else {}
    if ":" in settings.network:
        network = _made(settings.network)
        own = network.state_dict()
        fitting = {
            name: value
            for name, value in given.items()
            if name in own and own[name].shape == value.shape
        }
        if given and not fitting:
            raise InputError(
                f"{settings.weights}: no weight has name and shape of one of {settings.network}: "
                f"the file's first names are {', '.join(list(given)[:3])}, the network's "
                f"{', '.join(list(own)[:3])}"
            )
        network.load_state_dict({**own, **fitting})
        layer, note = "", ""
        new = [name for name in own if given and name not in fitting]
    else:
        network = build_network(settings.network, 1)
        own = network.state_dict()
        layer = last_conv_layer(network)
        filled = with_projections(given)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "weights.safetensors"
            save_file({name: value.clone().contiguous() for name, value in filled.items()}, path)
            loaded = load_weights(network, path)
        new, note = loaded.new, loaded.note
        added = sorted(set(filled) - set(given))
        if added:
            note = "; ".join(
                filter(None, [note, "shortcuts without weights written as identities"])
            )
        fitting = {name: value for name, value in own.items() if name not in new and _counts(name)}
    bare = {name.removeprefix("module.") for name in given}
    unused = sorted(name for name in bare - set(own) if _counts(name))
    fitted = sorted(name for name in fitting if _counts(name))
    return Encoder(network.eval(), layer, fitted, new, unused, note)


def embed_cases(
    *,
    sequence: str,
    packed_cases: Path,
    packed: Path,
    settings: EncoderSettings,
    device: str,
    threads: int,
    output: Path,
    card: Path,
) -> None:
    """Write the features of every case in one sequence.

    Parameters
    ----------
    sequence, packed_cases, packed
        Name of the sequence, the rows of its packed array, and the array (N, x, y, z).
    output
        Table with case and ``<sequence>_encoder_<n>``.
    card
        JSON that says which weights fit.
    """
    target = prepare_device(device, threads)
    torch.manual_seed(0)  # of what the file does not give
    encoder = load_encoder(settings)
    encoder.network.to(target)
    volumes = Volumes({sequence: packed}, [sequence])
    cases = read_tsv(packed_cases, dtype={"case": str})
    rows = [encoder.features(volumes.batch([int(row)])[0, 0].to(target)) for row in cases["row"]]
    names = [f"{sequence}_encoder_{number}" for number in range(len(rows[0]))]
    table = pd.DataFrame(rows, columns=names)
    table.insert(0, "case", list(cases["case"]))
    write_tsv(table, output)
    described: dict[str, Any] = {
        "network": settings.network,
        "weights": Path(settings.weights).name,
        "features_of": encoder.layer or "the network's own output",
        "fitted": encoder.fitted,
        "new": encoder.new,
        "unused": encoder.unused,
        "note": encoder.note,
    }
    write_json(card, described)


def _counts(name: str) -> bool:
    return not name.endswith("num_batches_tracked")


def _made(network: str) -> nn.Module:
    module, _, name = network.partition(":")
    try:
        made = getattr(importlib.import_module(module), name)()
    except (ImportError, AttributeError, TypeError) as error:
        raise InputError(
            f"config: comparators.encoder.network: found {network}, expected "
            f"package.module:factory, a function without arguments that Python finds ({error})"
        ) from error
    if not isinstance(made, nn.Module):
        raise InputError(
            f"config: comparators.encoder.network: {network} made a {type(made).__name__}, "
            "expected a torch.nn.Module"
        )
    return made


def _read(path: Path) -> Mapping[str, torch.Tensor]:
    """Return the tensors of a state dict; no code in the file is run."""
    if path.suffix == ".safetensors":
        return load_file(path)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise InputError(
            f"{path}: cannot be read as weights alone ({str(error).splitlines()[0]}); expected a "
            "state dict saved by torch, or safetensors"
        ) from error
    while isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    if not isinstance(content, Mapping) or not content:
        raise InputError(f"{path}: expected a state dict (name: tensor)")
    return {name: value for name, value in content.items() if isinstance(value, torch.Tensor)}
