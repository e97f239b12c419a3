"""The features of a trained network: what its last layer reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules.conv import _ConvNd

from radnec.core.errors import InputError
from radnec.core.files import atomic_path
from radnec.novelty.distance import Gaussian
from radnec.training.data import Volumes, fold_cases
from radnec.training.device import prepare_device
from radnec.training.predict import load_network, predict_cases, read_description


@contextmanager
def captured_features(network: nn.Module) -> Iterator[list[np.ndarray]]:
    """Collect what the last layer of a network reads, whenever the network is asked.

    It is the last linear layer; of a network without one the last convolution, whose input is
    averaged over the volume.

    Gives
    -----
    list
        One array (features,) for each case and pass; with flips at test time the first pass is
        the one that is not mirrored.

    Raises
    ------
    InputError
        If the network has no such layer.
    """
    modules = list(network.modules())
    layers: list[nn.Module] = [one for one in modules if isinstance(one, nn.Linear)]
    layers = layers or [one for one in modules if isinstance(one, _ConvNd)]
    if not layers:
        raise InputError(
            f"{type(network).__name__} has neither a linear layer nor a convolution: expected a "
            "network whose last layer reads features"
        )
    found: list[np.ndarray] = []

    def keep(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        read = inputs[0].detach().flatten(1 if isinstance(module, nn.Linear) else 2)
        found.extend((read if read.ndim == 2 else read.mean(dim=2)).double().cpu().numpy())

    handle = layers[-1].register_forward_pre_hook(keep)
    try:
        yield found
    finally:
        handle.remove()


def describe_features(
    *,
    model: Path,
    packed_cases: Path,
    packed: Mapping[str, Path],
    split: Path,
    fold: str,
    similar_cases: bool,
    device: str,
    threads: int,
    output: Path,
) -> None:
    """Write how the features of one network are distributed over its training cases.

    Parameters
    ----------
    model
        Folder of the trained network.
    similar_cases
        Whether to keep ids, outcomes and coordinates of the training cases too.
    output
        NPZ to write: mean, axes, variances and floor of `radnec.novelty.distance.Gaussian`, and
        ``held_out``, the distances of the fold's test cases, whose ids are ``held_out_cases``.
        With `similar_cases` also ``cases``, ``labels`` and ``coordinates`` (case, axis).
    """
    target = prepare_device(device, threads)
    described = read_description(model)
    volumes = Volumes(packed, described["sequences"])
    cases = fold_cases(split, packed_cases, fold, ["train", "test"])
    network = load_network(model, target)
    rows = []
    for case, row in zip(cases["case"], cases["row"], strict=True):
        with captured_features(network) as found:
            predict_cases(network, [(case, volumes.batch([row])[0].numpy())], target, described)
        rows.append(found[0])
    features = np.stack(rows)
    trained = (cases["set"] == "train").to_numpy()
    fitted = Gaussian.of(features[trained])
    arrays: dict[str, Any] = {
        "mean": fitted.mean.astype(np.float32),
        "axes": fitted.axes.astype(np.float32),
        "variances": fitted.variances,
        "floor": np.array(fitted.floor),
    }
    # Measured as the next patient will be: with what is stored.
    stored = read_gaussian(arrays)
    arrays["held_out"] = np.array([stored.distance(row) for row in features[~trained]])
    arrays["held_out_cases"] = cases.loc[~trained, "case"].to_numpy(dtype=str)
    if similar_cases:
        arrays["cases"] = cases.loc[trained, "case"].to_numpy(dtype=str)
        arrays["labels"] = cases.loc[trained, "label"].to_numpy(dtype=str)
        arrays["coordinates"] = np.stack([stored.coordinates(row) for row in features[trained]])
    with atomic_path(output) as temporary, temporary.open("wb") as stream:
        np.savez(stream, **arrays)


def read_gaussian(arrays: Mapping[str, Any]) -> Gaussian:
    """Return the distribution that `describe_features` wrote."""
    return Gaussian(
        np.asarray(arrays["mean"], dtype=np.float64),
        np.asarray(arrays["axes"], dtype=np.float64),
        np.asarray(arrays["variances"], dtype=np.float64),
        float(arrays["floor"]),
    )


def read_features(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a file of `describe_features`; nothing in it is executed."""
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
