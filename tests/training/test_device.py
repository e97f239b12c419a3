from __future__ import annotations

import copy
import logging
import platform
import subprocess
import sys

import pytest
import torch
from torch import nn

from radnec.training.cudnn import warn_of_cudnn
from radnec.training.device import describe_device, set_arithmetic
from radnec.training.order import BATCH_ORDER, prepare_order

_PAGE_FAULTS = """
import resource, sys, torch
from radnec.training.device import prepare_device
if sys.argv[1] == "prepared":
    prepare_device("cpu", 1)
for _ in range(5):
    torch.ones(2**24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    torch.ones(2**24)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a matter of glibc's malloc")
def test_freed_memory_is_used_again_without_a_page_fault():
    """Left alone, glibc maps each of twenty blocks of 64 MiB anew and the kernel clears its pages.

    Kept, a block is needed anew only where a small one has taken the place of a freed one, which
    happened three times of the twenty at most, as chance places the small ones.
    """
    faults = {
        how: int(subprocess.check_output([sys.executable, "-c", _PAGE_FAULTS, how], text=True))
        for how in ("prepared", "alone")
    }
    assert faults["prepared"] < faults["alone"] / 2


def test_the_order_in_memory_changes_what_is_fast_and_nothing_else():
    """The second convolution has 27,648 weights for 256 features, the first 216 for 8,192."""
    torch.manual_seed(1)
    network = nn.Sequential(
        nn.Conv3d(2, 4, 3, padding=1),
        nn.BatchNorm3d(4),
        nn.MaxPool3d(4),
        nn.Conv3d(4, 256, 3, padding=1),
    )
    images = torch.rand(2, 2, 8, 16, 16)
    plain = copy.deepcopy(network)
    strides = []
    prepare_order(network, torch.device("cpu"))
    for layer in (network[0], network[3]):
        layer.register_forward_pre_hook(lambda _, inputs: strides.append(inputs[0].stride()[1]))
    ordered = network(images.to(memory_format=BATCH_ORDER))
    expected = plain(images)
    assert strides == [1, 2 * 4 * 4]
    torch.testing.assert_close(ordered, expected)
    ordered.square().mean().backward()
    expected.square().mean().backward()
    for ours, theirs in zip(network.parameters(), plain.parameters(), strict=True):
        assert ours.grad.stride() == ours.stride()
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="other systems name it elsewhere",
)
def test_the_processor_is_named_by_its_model():
    listed = subprocess.run(["lscpu"], capture_output=True, text=True, check=True).stdout
    model = next(line for line in listed.splitlines() if line.startswith("Model name:"))
    assert model.partition(":")[2].strip() in describe_device(torch.device("cpu"))


@pytest.mark.parametrize(
    ("version", "name", "faults"),
    [
        (None, "no cuDNN", 1),
        (8902, "cuDNN 8.9.2", 0),
        (90100, "cuDNN 9.1.0", 0),
        (90800, "cuDNN 9.8.0", 1),  # bfloat16
        (91002, "cuDNN 9.10.2", 2),  # bfloat16 and TF32: torch 2.9.0's own
        (91501, "cuDNN 9.15.1", 1),  # TF32
        (92000, "cuDNN 9.20.0", 0),
    ],
)
def test_a_version_of_cudnn_with_faulty_3d_convolutions_is_warned_of(caplog, version, name, faults):
    caplog.set_level(logging.INFO)
    warn_of_cudnn(version)
    assert name in caplog.text
    assert sum(record.levelno == logging.WARNING for record in caplog.records) == faults


@pytest.fixture
def as_before():
    yield
    set_arithmetic(torch.device("cpu"), "float32", deterministic=True)


@pytest.mark.parametrize("precision", ["float32", "tf32", "bfloat16"])
def test_only_tf32_rounds_the_factors(as_before, precision):
    """float32 means all 24 bits, although torch lets convolutions round by default."""
    set_arithmetic(torch.device("cuda"), precision, deterministic=True)
    assert torch.backends.cudnn.allow_tf32 == (precision == "tf32")
    assert torch.backends.cuda.matmul.allow_tf32 == (precision == "tf32")


def test_determinism_and_trying_out_kernels_exclude_each_other(as_before):
    gpu = torch.device("cuda")
    set_arithmetic(gpu, "float32", deterministic=True)
    assert torch.are_deterministic_algorithms_enabled() and not torch.backends.cudnn.benchmark
    set_arithmetic(gpu, "float32", deterministic=False)
    assert not torch.are_deterministic_algorithms_enabled() and torch.backends.cudnn.benchmark


def test_a_job_does_not_wait_for_torchs_compiler():
    """`torch.use_deterministic_algorithms` imports it: 1.2 s of each start."""
    command = (
        "import sys; from radnec.training.device import prepare_device; prepare_device('cpu', 1);"
        "import torch; print(torch.are_deterministic_algorithms_enabled(), "
        "'torch._inductor.config' in sys.modules)"
    )
    said = subprocess.check_output([sys.executable, "-c", command], text=True)
    assert said.split() == ["True", "False"]
