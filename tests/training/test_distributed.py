from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file
from toy_study import run_arguments, settings, write_study

from radnec.core.errors import InputError
from radnec.training.distributed import Team, parse_device, shard
from radnec.training.run import train_run


def test_devices_in_words():
    assert parse_device("cuda*4") == ("cuda", 4)
    assert parse_device("auto") == ("auto", 1)
    for wrong in ("cuda*", "cuda*0", "auto*2"):
        with pytest.raises(InputError, match="expected cuda"):
            parse_device(wrong)


def test_shards_are_the_batch():
    parts = [shard([5, 3, 8, 1], Team(rank, 2)) for rank in range(2)]
    assert sorted(itertools.chain(*parts)) == [1, 3, 5, 8]


@pytest.mark.slow
def test_two_processes_train_what_one_does(tmp_path, monkeypatch):
    """Gloo on the CPU; a network without batch statistics, so that only sums differ."""
    monkeypatch.setenv("PYTHONPATH", f"{Path(__file__).parent}{os.pathsep}src")
    study = write_study(tmp_path / "study", train=9, test=2, size=(16, 18, 14), noise_only=True)
    found = []
    for device in ("cpu", "cpu*2"):
        folder = tmp_path / device
        train_run(
            **run_arguments(
                study,
                folder,
                backbone="toy_study:tiny_without_state",
                device=device,
                settings=settings(epochs=3, augmentation=["flip"]),
            )
        )
        found.append(load_file(folder / "run/weights.safetensors"))
    for name, value in found[0].items():
        np.testing.assert_allclose(found[1][name], value, rtol=1e-4, atol=1e-6)
