"""Jobs side by side share out the GPUs of a machine; stand-ins for GPUs, real processes."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import types
from collections import Counter
from pathlib import Path

import pytest
import torch

from radnec.core import gpu
from radnec.core.errors import InputError

SOURCE = Path(gpu.__file__).parents[2]
JOB = """
import sys
from radnec.core.gpu import take
names = sys.argv[1].split(",")
print(names[take(names)], names[take(names)], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def start(tmp_path):
    """Start jobs that hold a GPU until they are ended; give the job and its GPU."""
    jobs = []

    def job(*names: str) -> tuple[subprocess.Popen, str]:
        environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(SOURCE)}
        process = subprocess.Popen(
            [sys.executable, "-c", JOB, ",".join(names)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        jobs.append(process)
        first, second = process.stdout.readline().split()
        assert first == second, "a job that asks twice keeps its GPU"
        return process, first

    yield job
    for process in jobs:
        process.kill()
        process.communicate()


def test_each_job_has_a_gpu_of_its_own_and_then_they_share_evenly(start):
    taken = [start("GPU-a", "GPU-b")[1] for _ in range(2)]
    assert sorted(taken) == ["GPU-a", "GPU-b"]
    taken += [start("GPU-a", "GPU-b")[1] for _ in range(3)]
    assert sorted(Counter(taken).values()) == [2, 3]


def test_the_gpu_of_a_killed_job_is_free_again(start):
    jobs = [start("GPU-a", "GPU-b") for _ in range(2)]
    process, lost = jobs[1]
    process.kill()
    process.wait()
    assert start("GPU-a", "GPU-b")[1] == lost


def test_a_job_that_is_shown_one_gpu_takes_it_and_counts_for_the_others(start):
    """As a cluster shows it by CUDA_VISIBLE_DEVICES, or `device: cuda:1` names it."""
    assert [start("GPU-b")[1] for _ in range(2)] == ["GPU-b"] * 2
    assert [start("GPU-a", "GPU-b")[1] for _ in range(2)] == ["GPU-a"] * 2


@pytest.fixture
def two_gpus(monkeypatch, tmp_path):
    """A torch that sees two GPUs; gives the device that was made the current one."""
    current = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda n: types.SimpleNamespace(uuid="ab"[n])
    )
    monkeypatch.setattr(torch.cuda, "set_device", current.append)
    monkeypatch.setattr(gpu, "_held", {})
    monkeypatch.setattr(gpu.tempfile, "gettempdir", lambda: str(tmp_path))
    return current


def test_auto_and_cuda_take_a_free_gpu_and_a_number_that_one(two_gpus, monkeypatch):
    locks = []
    for asked, given in (("cuda:1", "cuda:1"), ("auto", "cuda:0"), ("cuda", "cuda:0")):
        assert gpu.choose_device(asked) == given
        # What a job before holds stays held while the next one asks.
        locks.append(gpu._held)
        monkeypatch.setattr(gpu, "_held", {})
    assert two_gpus == [1, 0, 0]


def test_wrong_devices_are_named(two_gpus):
    with pytest.raises(InputError, match=r"device 'cuda:2': torch \S+ sees 2 GPUs here"):
        gpu.choose_device("cuda:2")
    for wrong in ("cuda*2", "cuda:", "tpu", "cpu:0", "cuda:-1", ""):
        with pytest.raises(InputError, match=r"expected auto, cpu, cuda or cuda:<n>"):
            gpu.choose_device(wrong)


def fail(message: str):
    def init() -> None:
        raise RuntimeError(f"{message}\nmore lines")

    return init


@pytest.mark.parametrize(
    ("build", "init", "reason"),
    [
        (None, None, "it is built for the CPU alone"),
        (
            "13.0",
            fail("The NVIDIA driver on your system is too old (found version 12020)."),
            "The NVIDIA driver on your system is too old (found version 12020).",
        ),
        ("13.0", lambda: None, "CUDA_VISIBLE_DEVICES is ''"),
    ],
)
@pytest.mark.parametrize("driver", [True, False])
def test_auto_says_why_the_cpu_computes(monkeypatch, caplog, build, init, reason, driver):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", build)
    monkeypatch.setattr(torch.cuda, "init", init)
    monkeypatch.setattr(gpu.shutil, "which", lambda name: "/usr/bin/nvidia-smi" if driver else None)
    caplog.set_level(logging.INFO)
    assert gpu.choose_device("auto") == "cpu"
    [record] = caplog.records
    assert reason in record.getMessage()
    assert (record.levelno == logging.WARNING) == driver, "a driver that is there and not used"
