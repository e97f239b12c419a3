"""A run that is killed on one device goes on on another."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from toy_study import run_arguments, settings, write_study

from radnec.training import loop
from radnec.training.order import prepare_order
from radnec.training.run import train_run


def like_a_gpu(network: nn.Module, device: torch.device, order: str) -> nn.Module:
    """The order in which a GPU holds weights, and with them the moments of the optimiser."""
    return network.to(memory_format=torch.channels_last_3d)


@pytest.mark.parametrize("optimiser", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("devices", [(like_a_gpu, prepare_order), (prepare_order, like_a_gpu)])
def test_the_weights_are_those_of_an_uninterrupted_run(tmp_path, monkeypatch, optimiser, devices):
    """But for rounding. Read in the other device's order, Adam's moments move them by 0.1."""
    study = write_study(
        tmp_path / "study", train=8, test=2, size=(16, 18, 14), sequences=("t1", "t2"),
        noise_only=True,
    )  # fmt: skip
    common = {"settings": settings(epochs=4, optimiser=optimiser, learning_rate=0.01)}
    plain = run_arguments(study, tmp_path / "plain", **common)
    train_run(**plain)
    moved = run_arguments(study, tmp_path / "moved", **common)
    steps = []
    original = loop.Loss.__call__

    def stopping(self, *arguments):
        steps.append(1)
        if len(steps) == 10:
            raise KeyboardInterrupt
        return original(self, *arguments)

    monkeypatch.setattr(loop, "CHECKPOINT_EVERY_S", 0.0)
    monkeypatch.setattr(loop.Loss, "__call__", stopping)
    monkeypatch.setattr(loop, "prepare_order", devices[0])
    with pytest.raises(KeyboardInterrupt):
        train_run(**moved)
    monkeypatch.setattr(loop, "prepare_order", devices[1])
    train_run(**moved)
    assert len(steps) == 4 * 4 + 1, "it went on where it was"
    expected = load_file(plain["outdir"] / "weights.safetensors")
    for name, weight in load_file(moved["outdir"] / "weights.safetensors").items():
        torch.testing.assert_close(weight, expected[name], rtol=1e-3, atol=1e-3)
