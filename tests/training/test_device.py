from __future__ import annotations

import platform
import subprocess
import sys

import pytest
import torch
from toy_study import write_study

from radnec.training.data import Volumes
from radnec.training.device import describe_device, on_device

_FAULTS_OF_FREED_MEMORY = """
import resource, torch
from radnec.training.device import prepare_device
prepare_device("cpu", 1)
torch.ones(2**24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    torch.ones(2**24)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a matter of glibc's malloc")
def test_freed_memory_is_used_again_without_a_page_fault():
    """64 MiB five times are 81,920 pages of 4 KiB if the kernel has to clear them each time."""
    command = [sys.executable, "-c", _FAULTS_OF_FREED_MEMORY]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1000


@pytest.mark.parametrize("sequences", [["t1"], ["t1", "t2"]])
def test_batches_are_the_volumes_with_the_channels_of_a_voxel_side_by_side(tmp_path, sequences):
    study = write_study(
        tmp_path, train=4, test=2, size=(4, 5, 6), sequences=tuple(sequences), noise_only=True
    )
    volumes = Volumes(study["packed"], sequences)
    images = on_device(volumes, [5, 3, 1], torch.device("cpu"), batch_size=2)([2, 0])
    assert torch.equal(images, volumes.batch([1, 5]))
    assert images.stride()[1] == 1


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="other systems name it elsewhere",
)
def test_the_processor_is_named_by_its_model():
    listed = subprocess.run(["lscpu"], capture_output=True, text=True, check=True).stdout
    model = next(line for line in listed.splitlines() if line.startswith("Model name:"))
    assert model.partition(":")[2].strip() in describe_device(torch.device("cpu"))
