"""Every way to a batch gives the stored volumes of its cases, in the order asked for."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from toy_study import save_packed, write_study

from radnec.training.batches import Mapped, Resident, Streamed
from radnec.training.data import Volumes

CPU = torch.device("cpu")
# On the CPU the GPU's two ways stand for themselves, but for pinned memory and its events.
SOURCES = {
    "mapped": lambda volumes, rows: Mapped(volumes, rows, 2),
    "resident": lambda volumes, rows: Resident(volumes, rows, CPU),
    "streamed": lambda volumes, rows: Streamed(volumes, rows, CPU, 2),
}


def packed_study(folder, sequences: list[str], dtype: str) -> Volumes:
    study = write_study(
        folder, train=8, test=2, size=(4, 5, 6), sequences=tuple(sequences), noise_only=True
    )
    for path in study["packed"].values():
        save_packed(path, np.load(path).astype(dtype))
    return Volumes(study["packed"], sequences)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("sequences", [["t1"], ["t1", "t2"]])
def test_batches_are_the_volumes_with_the_channels_of_a_voxel_side_by_side(
    tmp_path, name, dtype, sequences
):
    volumes = packed_study(tmp_path, sequences, dtype)
    rows = [9, 7, 5, 3, 1]
    batches = [[2, 0], [4, 3], [1], [0, 4], [2, 1], [3, 0]]
    given = SOURCES[name](volumes, rows).epoch(batches)
    for positions, images in zip(batches, given, strict=True):
        assert torch.equal(images, volumes.batch([rows[at] for at in positions]))
        assert images.dtype == torch.float32
        assert images.stride()[1] == 1


def test_the_set_on_the_device_takes_no_more_than_the_packed_files(tmp_path):
    source = Resident(packed_study(tmp_path, ["t1", "t2"], "float16"), range(10), CPU)
    [kept] = [value for value in vars(source).values() if isinstance(value, torch.Tensor)]
    assert kept.nbytes == 10 * 2 * 4 * 5 * 6 * 2


def test_batches_are_read_ahead_of_the_step_that_needs_them(tmp_path, monkeypatch):
    volumes = packed_study(tmp_path, ["t1"], "float16")
    read = []
    batch = Volumes.batch

    def noted(self, rows, out=None):
        read.append(list(rows))
        return batch(self, rows, out)

    monkeypatch.setattr(Volumes, "batch", noted)
    given = Streamed(volumes, range(10), CPU, 1).epoch([[at] for at in range(6)])
    next(given)
    deadline = time.monotonic() + 10
    while len(read) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert read == [[0], [1]], "the second was asked for by nobody yet"
    assert len(list(given)) == 5


def test_an_abandoned_epoch_ends_its_reader(tmp_path):
    """A run that is stopped leaves the loop in the middle of an epoch."""
    source = Streamed(packed_study(tmp_path, ["t1"], "float16"), range(10), CPU, 1)
    given = source.epoch([[at] for at in range(10)])
    next(given)
    given.close()
    assert [len(images) for images in source.epoch([[3], [4]])] == [1, 1]


def test_pinned_memory_is_not_read_into_before_its_copy_is_through(tmp_path):
    """Stand-ins for CUDA's events note the order of recording, waiting and reading."""
    source = Streamed(packed_study(tmp_path, ["t1"], "float16"), range(10), CPU, 1)
    noted: list[tuple[str, int]] = []

    class Event:
        def __init__(self, room: int) -> None:
            self.room = room

        def record(self) -> None:
            noted.append(("sent", self.room))

        def synchronize(self) -> None:
            noted.append(("read", self.room))

    source._sent = [Event(room) for room in range(len(source._rooms))]
    list(source.epoch([[at] for at in range(9)]))
    for room in range(len(source._rooms)):
        own = [what for what, where in noted if where == room]
        assert own == ["read", "sent"] * 3
