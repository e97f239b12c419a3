"""The fastest way to compute is measured, kept, and never one that computes something else."""

from __future__ import annotations

import json
import logging

import pytest
import torch
from torch import nn
from toy_study import run_arguments, settings, write_study

from radnec.training import autotune, loop
from radnec.training.autotune import Way, choose_way, permitted_ways
from radnec.training.run import train_run

CPU, GPU = torch.device("cpu"), torch.device("cuda")


def network() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv3d(1, 4, 3), nn.BatchNorm3d(4), nn.AdaptiveAvgPool3d(1), nn.Flatten(),
        nn.Linear(4, 2),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def arithmetic():
    yield
    autotune.set_arithmetic(CPU, "float32", deterministic=True)


def precisions(asked: str, device: torch.device) -> set[str]:
    return {way.precision for way in permitted_ways(settings(precision=asked), device)}


def test_what_is_asked_for_is_the_least_precise_that_is_taken():
    assert precisions("float32", GPU) == {"float32"}
    assert precisions("tf32", GPU) == {"float32", "tf32"}
    assert precisions("bfloat16", GPU) == {"float32", "tf32", "bfloat16"}
    assert precisions("tf32", CPU) == {"float32"}, "a CPU has no TF32"
    assert not any(way.compile for way in permitted_ways(settings(), GPU))
    compiled = permitted_ways(settings(compile=True), GPU)
    assert {way.compile for way in compiled} == {True, False}


def test_the_fastest_is_taken_logged_and_remembered(tmp_path, monkeypatch, caplog):
    taken = {"contiguous": 1.0, "channels_last": 2.0}
    measured = []

    def timed(step, device):
        step()
        measured.append(1)
        return list(taken.values())[::-1][len(measured) - 1]

    monkeypatch.setattr(autotune, "_seconds_a_step", timed)
    caplog.set_level(logging.INFO)
    own, images = network(), torch.rand(2, 1, 8, 8, 8)
    before = {name: value.clone() for name, value in own.state_dict().items()}
    arguments = (own, images, settings(), CPU, tmp_path)
    expected = Way("float32", "contiguous", False)
    assert choose_way(*arguments) == expected
    assert "float32, contiguous, the fastest; seconds a step" in caplog.text
    assert choose_way(*arguments) == expected
    assert len(measured) == 2, "measured once for each way, and not again"
    assert "when measured before" in caplog.text
    for name, value in own.state_dict().items():
        assert torch.equal(value, before[name]), "the network itself is left alone"
        assert value.stride() == before[name].stride()
    monkeypatch.setattr(autotune, "describe_device", lambda device: "another")
    measured.clear()
    choose_way(*arguments)
    assert len(measured) == 2, "another device is measured for itself"


@pytest.mark.parametrize("wrong", [0.5, float("nan")])
def test_a_kernel_that_computes_something_else_is_not_used(tmp_path, monkeypatch, caplog, wrong):
    """Stand-in for a broken kernel of the order that would be the fastest."""
    prepare = autotune.prepare_order

    def broken(own, device, order):
        if order == "channels_last":
            with torch.no_grad():
                own[-1].bias[0] += wrong
        return prepare(own, device, order)

    monkeypatch.setattr(autotune, "prepare_order", broken)
    chosen = choose_way(network(), torch.rand(2, 1, 8, 8, 8), settings(), CPU, tmp_path)
    assert chosen == Way("float32", "contiguous", False)
    assert "float32, channels_last: probabilities" in caplog.text


def test_a_run_takes_the_way_and_a_resumed_run_keeps_it(tmp_path, monkeypatch):
    study = write_study(
        tmp_path / "study", train=8, test=2, size=(16, 18, 14), sequences=("t1", "t2"),
        noise_only=True,
    )  # fmt: skip
    slow = iter([2.0, 1.0, 1.0, 2.0])
    monkeypatch.setattr(autotune, "_seconds_a_step", lambda step, device: next(slow))
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY_S", 0.0)
    chosen = settings(epochs=3, autotune=True)
    plain = run_arguments(study, tmp_path / "plain" / "folds", settings=chosen)
    train_run(**plain)
    card = json.loads((plain["outdir"] / "card.json").read_text())
    assert card["cost"]["computed in"] == "float32, contiguous"
    broken = run_arguments(study, tmp_path / "broken" / "folds", settings=chosen)
    broken["checkpoints"] = tmp_path / "plain" / "folds" / "other"  # the same measurements
    original, steps = loop.Loss.__call__, []

    def stopping(self, *arguments):
        steps.append(1)
        if len(steps) == 6:
            raise KeyboardInterrupt
        return original(self, *arguments)

    monkeypatch.setattr(loop.Loss, "__call__", stopping)
    with pytest.raises(KeyboardInterrupt):
        train_run(**broken)
    for path in (tmp_path / "plain" / "folds").glob("**/speed_*.json"):
        path.unlink()  # it would be measured anew now, and choose the other
    train_run(**broken)
    first, second = (run["outdir"] / "weights.safetensors" for run in (plain, broken))
    assert first.read_bytes() == second.read_bytes()
