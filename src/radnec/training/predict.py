"""A trained network's probabilities, for the cases of a fold or for the next patient."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file
from torch import nn

from radnec.core.errors import InputError
from radnec.core.files import changed, sha256
from radnec.core.labels import CLASSES, POSITIVE, called
from radnec.core.tables import write_tsv
from radnec.networks.anisotropy import VoxelGrid
from radnec.networks.external import is_foreign
from radnec.networks.registry import build_network
from radnec.training.data import Volumes, fold_cases
from radnec.training.device import prepare_device


def load_network(model: Path, device: str | torch.device, *, trusted: bool = True) -> nn.Module:
    """Return a trained network in evaluation mode.

    Parameters
    ----------
    model
        Folder with weights.safetensors and network.json, as `train_run` writes it.
    device
        Where to put it.
    trusted
        False for a model from elsewhere: a backbone named `package.module:factory`, which
        would import that module of this machine, is refused (torchvision's are not).

    Notes
    -----
    Nothing in the folder is executed: safetensors holds numbers only, and network.json
    names a backbone.

    Raises
    ------
    InputError
        If the folder holds no model, a damaged or a refused one.
    """
    described = read_description(model)
    if not trusted and is_foreign(described["backbone"]):
        raise InputError(
            f"{model}: its backbone {described['backbone']!r} would run code outside this "
            f"package; expected a backbone of the table, or --allow-code if you trust the model"
        )
    weights = Path(model) / "weights.safetensors"
    found = sha256(weights) if weights.is_file() else "no file"
    expected = described.get("weights_sha256", "none")
    if found != expected:
        raise InputError(changed(weights, found, expected))
    network = build_network(described["backbone"], described["in_channels"], _grid(described))
    network.load_state_dict(load_file(weights))
    return network.to(device).eval()


def _grid(described: dict[str, Any]) -> VoxelGrid | None:
    """Return the voxels that kernels and strides follow; studies before they did have none."""
    spacing = described.get("spacing")
    return VoxelGrid(tuple(described["size"]), tuple(spacing)) if spacing else None


def read_description(model: Path) -> dict[str, Any]:
    """Return network.json of a model folder.

    Raises
    ------
    InputError
        If the folder holds no model, or one with other classes.
    """
    path = Path(model) / "network.json"
    if not path.exists():
        raise InputError(f"{path}: no such file, expected the folder of a trained model")
    described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if tuple(described["classes"]) != CLASSES:
        raise InputError(f"{path}: classes {described['classes']}, expected {list(CLASSES)}")
    return described


def probabilities(
    network: nn.Module, images: torch.Tensor, described: Mapping[str, Any]
) -> torch.Tensor:
    """Return the probabilities (batch, class) with which a trained network answers.

    Parameters
    ----------
    images
        Float32 volumes (batch, channel, x, y, z) on the network's device.
    described
        Content of network.json: with test_time_flips the mean over the volumes mirrored along
        any of these axes, and a temperature that divides the logits. Models of studies before
        these options have neither.
    """
    axes = [2 + "xyz".index(axis) for axis in described.get("test_time_flips", ())]
    temperature = described.get("temperature", 1.0)
    mirrored = [
        chosen for count in range(len(axes) + 1) for chosen in itertools.combinations(axes, count)
    ]
    with torch.no_grad():
        answers = [
            torch.softmax(network(images.flip(chosen)).double() / temperature, dim=1)
            for chosen in mirrored
        ]
    return torch.stack(answers).mean(dim=0)


def predict_cases(
    network: nn.Module,
    volumes: Iterable[tuple[str, np.ndarray]],
    device: torch.device,
    described: Mapping[str, Any],
) -> pd.DataFrame:
    """Return the probabilities of cases whose label need not be known.

    Parameters
    ----------
    network
        From `load_network`.
    volumes
        Pairs of case and volumes (channel, x, y, z), normalised as in training, in the
        order of the sequences in network.json.
    described
        Content of network.json, see `probabilities`.

    Returns
    -------
    predictions
        Columns case, p_necrosis, p_recurrence (their sum is 1) and predicted, the class of
        the higher one. float32 arithmetic, one case at a time, so that a probability does
        not depend on which other cases are asked for.
    """
    rows = []
    for case, volume in volumes:
        images = torch.as_tensor(np.asarray(volume, dtype=np.float32))[None].to(device)
        p_necrosis = float(probabilities(network, images, described)[0, CLASSES.index(POSITIVE)])
        rows.append(
            {
                "case": case,
                "p_necrosis": p_necrosis,
                "p_recurrence": 1.0 - p_necrosis,
                "predicted": called(p_necrosis),
            }
        )
    return pd.DataFrame(rows, columns=["case", "p_necrosis", "p_recurrence", "predicted"])


def volumes_for(model: Path, described: Mapping[str, Any], packed: Mapping[str, Path]) -> Volumes:
    """Return the packed volumes that a trained network reads.

    Parameters
    ----------
    model, described
        Folder of the network and the content of its network.json.
    packed
        The array (N, x, y, z) of each sequence.

    Raises
    ------
    InputError
        If the volumes are not of the size that the network was trained on.
    """
    volumes = Volumes(packed, described["sequences"])
    if list(volumes.size) != described["size"]:
        raise InputError(
            f"packed arrays: volumes of {volumes.size} voxels, expected {described['size']} "
            f"as in {model}"
        )
    return volumes


def predict_run(
    *,
    model: Path,
    packed_cases: Path,
    packed: Mapping[str, Path],
    split: Path,
    fold: str,
    seed: int,
    device: str,
    threads: int,
    output: Path,
) -> None:
    """Write the probabilities of all cases of a fold.

    `output` has the columns case, label, fold, seed, set (train | validation | test),
    p_necrosis, p_recurrence and predicted.
    """
    target = prepare_device(device, threads)
    described = read_description(model)
    volumes = volumes_for(model, described, packed)
    cases = fold_cases(split, packed_cases, fold, ["train", "test"])
    cases.loc[cases["case"].isin(described["validation_cases"]), "set"] = "validation"
    network = load_network(model, target)
    predictions = predict_cases(
        network,
        (
            (case, volumes.batch([row])[0].numpy())
            for case, row in zip(cases["case"], cases["row"], strict=True)
        ),
        target,
        described,
    )
    table = cases[["case", "label", "set"]].merge(predictions, on="case", validate="1:1")
    table.insert(2, "fold", fold)
    table.insert(3, "seed", seed)
    write_tsv(table, Path(output))
