"""Energy is a nicety: what cannot be read is left out, and never stops a run."""

from __future__ import annotations

import sys
import types

import pytest
import torch

from radnec.training import cost

GPU = torch.device("cuda:0")
ANSWERS = ("nvmlInit", "nvmlDeviceGetHandleByUUID", "nvmlDeviceGetTotalEnergyConsumption")


@pytest.fixture
def pynvml(monkeypatch):
    """A stand-in for the package nvidia-ml-py on a GPU that has used 5,000 millijoules."""
    module = types.ModuleType("pynvml")
    module.NVMLError = type("NVMLError", (Exception,), {})
    module.nvmlInit = lambda: None
    module.nvmlDeviceGetHandleByUUID = {"GPU-abc": "handle"}.__getitem__
    module.nvmlDeviceGetTotalEnergyConsumption = {"handle": 5000}.__getitem__
    monkeypatch.setitem(sys.modules, "pynvml", module)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda device: types.SimpleNamespace(uuid="abc")
    )
    return module


def test_millijoules_of_the_gpu_in_use(pynvml):
    assert cost.energy_joules(GPU) == 5.0


@pytest.mark.parametrize("refused", ANSWERS)
def test_a_gpu_without_a_counter_leaves_the_energy_out(pynvml, monkeypatch, refused):
    """NVML refuses any of these for MIG, for virtual GPUs and for old cards."""

    def refuse(*_):
        raise pynvml.NVMLError("Not Supported")

    monkeypatch.setattr(pynvml, refused, refuse)
    meter = cost.Meter(GPU, seconds=10.0, joules=2.0)
    seconds, joules = meter.read()
    assert seconds >= 10.0
    assert joules is None


def test_without_the_package_the_energy_is_left_out(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert cost.energy_joules(GPU) is None
