"""Recomputed statistics of batch normalisation, and networks that answer on both sides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from toy_study import TINY, run_arguments, settings, write_study

from radnec.core.seeding import derive_seed
from radnec.networks.registry import build_network
from radnec.training.augment import Augmentation
from radnec.training.data import Volumes, fold_cases
from radnec.training.optimise import epoch_batches
from radnec.training.predict import predict_run
from radnec.training.run import train_run

SIZE = (16, 18, 14)
CHOSEN = {"epochs": 8, "sampling": "balanced", "augmentation": ["flip"], "batch_size": 4}
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_study(tmp_path_factory.mktemp("study"), train=16, test=4, size=SIZE)


def trained(study, folder, **changed) -> dict[str, torch.Tensor]:
    train_run(**run_arguments(study, folder, settings=settings(**CHOSEN | changed)))
    return load_file(folder / "run" / "weights.safetensors")


def by_hand(study, weights: dict[str, torch.Tensor], epochs: list[int]) -> dict[str, np.ndarray]:
    """Mean over the batches of mean and unbiased variance of what each layer gets, in numpy."""
    network = build_network(TINY, 1).train()
    network.load_state_dict(weights)
    chosen = settings(**CHOSEN)
    cases = fold_cases(study["split"], study["packed_cases"], "holdout", ["train"])
    volumes = Volumes(study["packed"], ["t1ce"])
    augment = Augmentation(chosen.augmentation, SIZE, seed=1)
    given: dict[str, list[np.ndarray]] = {}
    for name, layer in network.named_modules():
        if isinstance(layer, nn.BatchNorm3d):
            layer.register_forward_pre_hook(
                lambda _layer, args, name=name: given.setdefault(name, []).append(args[0].numpy())
            )
    for epoch in epochs:
        batches = epoch_batches(cases["target"].tolist(), chosen, 1, epoch)
        for number, batch in enumerate(batches):
            images = augment(volumes.batch(cases["row"].iloc[batch].tolist()), epoch, 4 * number)
            torch.manual_seed(derive_seed(1, "dropout", str(epoch), str(number)))
            with torch.no_grad():
                network(images)
    found = {}
    for name, seen in given.items():
        found[f"{name}.running_mean"] = np.mean([x.mean((0, 2, 3, 4)) for x in seen], axis=0)
        spread = [x.var((0, 2, 3, 4), ddof=1, dtype=np.float64) for x in seen]
        found[f"{name}.running_var"] = np.mean(spread, axis=0)
    return found


def test_statistics_are_the_mean_over_the_last_hundred_draws(study, tmp_path):
    """16 cases an epoch: seven epochs hold 112 draws, six 96."""
    weights = trained(study, tmp_path / "anew", batch_norm="recomputed")
    expected = by_hand(study, weights, epochs=[7, 6, 5, 4, 3, 2, 1])
    assert len(expected) == 4
    for name, value in expected.items():
        np.testing.assert_allclose(weights[name].numpy(), value, rtol=1e-4, atol=1e-6)
    running = trained(study, tmp_path / "running")
    for name, value in running.items():
        assert torch.equal(value, weights[name]) != name.endswith(STATISTICS), name


def test_statistics_of_the_chosen_epoch_are_recomputed(study, tmp_path):
    """With a validation part the weights of an earlier epoch may be kept, with their own."""
    changed = {"validation_fraction": 0.25, "learning_rate": 0.03}
    weights = trained(study, tmp_path / "anew", batch_norm="recomputed", **changed)
    running = trained(study, tmp_path / "running", **changed)
    history = pd.read_csv(tmp_path / "anew/run/history.tsv", sep="\t")
    other = pd.read_csv(tmp_path / "running/run/history.tsv", sep="\t")
    assert np.array_equal(history["train_loss"], other["train_loss"]), "training is not touched"
    assert not np.array_equal(history["validation_loss"], other["validation_loss"])
    # 12 cases an epoch: the chosen epoch and those before it.
    best = int(history["validation_loss"].argmin())
    batches = 3 * min(best + 1, 9)
    assert int(weights["1.num_batches_tracked"]) == batches
    assert int(running["1.num_batches_tracked"]) == 3 * (int(other["validation_loss"].argmin()) + 1)


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_a_finished_run_has_the_same_bytes_again(study, tmp_path, average):
    first = trained(study, tmp_path / "run", batch_norm="recomputed", average=average)
    again = trained(study, tmp_path / "run", batch_norm="recomputed", average=average)
    assert all(torch.equal(first[name], again[name]) for name in first)
    expected = by_hand(study, first, epochs=[7, 6, 5, 4, 3, 2, 1])
    for name, value in expected.items():
        np.testing.assert_allclose(first[name].numpy(), value, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_held_out_cases_are_answered_on_both_sides(tmp_path, seed):
    """A network may rank all cases rightly and still answer one class for all of them: few
    steps in batches of two, 5 to 10 classes, as in the demo. Sensitivity and specificity see it.
    """
    study = write_study(tmp_path / "study", train=15, test=40, size=(24, 24, 24), necrosis=1 / 3)
    chosen = settings(
        epochs=16, learning_rate=5e-3, augmentation=["flip"], schedule="cosine",
        sampling="balanced", batch_norm="recomputed",
    )  # fmt: skip
    arguments = run_arguments(
        study, tmp_path, backbone="toy_study:small", seed=seed, settings=chosen
    )
    train_run(**arguments)
    predict_run(
        model=tmp_path / "run",
        seed=seed,
        device="cpu",
        threads=1,
        output=tmp_path / "predictions.tsv",
        **{key: value for key, value in study.items() if key != "sequences"},
    )
    table = pd.read_csv(tmp_path / "predictions.tsv", sep="\t")
    right = table["predicted"] == table["label"]
    test = table["set"] == "test"
    for label in ("necrosis", "recurrence"):
        assert right[test & (table["label"] == label)].mean() > 0.5
