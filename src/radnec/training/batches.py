"""The volumes of a run as batches on its device, without the device waiting for them."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import Protocol

import torch

from radnec.training.data import Volumes
from radnec.training.order import BATCH_ORDER

log = logging.getLogger(__name__)

# Part of a GPU's free memory that the training set may take; the network needs the rest.
_RESIDENT_SHARE = 0.25
# Batches that are read before the GPU asks for them.
_AHEAD = 2


class Source(Protocol):
    """Gives the volumes of batch after batch."""

    def epoch(self, batches: Sequence[Sequence[int]]) -> Iterator[torch.Tensor]:
        """Yield float32 volumes (batch, channel, x, y, z) on the device, in `BATCH_ORDER`.

        A batch is a list of positions among the cases. What was yielded may be written over when
        the next one is asked for.
        """


def volume_source(
    volumes: Volumes, rows: Sequence[int], device: torch.device, batch_size: int
) -> Source:
    """Return the source of batches that suits the device.

    Parameters
    ----------
    rows
        The rows of the cases in the packed arrays; batches name positions in this list.
    batch_size
        Cases in the largest batch.
    """
    if device.type == "cpu":
        return Mapped(volumes, rows, batch_size)
    needed = len(rows) * volumes.channels * math.prod(volumes.size) * volumes.dtype.itemsize
    if needed < _RESIDENT_SHARE * torch.cuda.mem_get_info(device)[0]:
        try:
            return Resident(volumes, rows, device)
        except torch.OutOfMemoryError:
            log.warning("no room for the training set on the GPU after all: batches are sent")
    return Streamed(volumes, rows, device, batch_size)


class Mapped:
    """Batches of the CPU: read from the mapped files into the same memory again and again.

    New memory of this size would cost more than the copy. The kernel keeps one copy of the files
    for all runs.
    """

    def __init__(self, volumes: Volumes, rows: Sequence[int], batch_size: int) -> None:
        self._volumes, self._rows = volumes, rows
        self._room = torch.empty(
            batch_size, volumes.channels, *volumes.size, memory_format=BATCH_ORDER
        )

    def epoch(self, batches: Sequence[Sequence[int]]) -> Iterator[torch.Tensor]:
        """See `Source`."""
        for positions in batches:
            yield self._volumes.batch([self._rows[at] for at in positions], self._room)


class Resident:
    """Batches out of a copy of the whole set on the device, kept as it is packed (float16).

    The order of an epoch is copied once: looked up case by case, it would make the GPU wait.
    """

    def __init__(self, volumes: Volumes, rows: Sequence[int], device: torch.device) -> None:
        self._set = torch.empty(
            (len(rows), volumes.channels, *volumes.size), dtype=volumes.dtype, device=device
        )
        room = torch.empty(1, volumes.channels, *volumes.size, dtype=volumes.dtype)
        for position, row in enumerate(rows):
            self._set[position].copy_(volumes.batch([row], room)[0])

    def epoch(self, batches: Sequence[Sequence[int]]) -> Iterator[torch.Tensor]:
        """See `Source`."""
        order = torch.tensor(list(chain.from_iterable(batches)), device=self._set.device)
        for positions in order.split([len(batch) for batch in batches]):
            chosen = self._set.index_select(0, positions)
            yield chosen.to(torch.float32, memory_format=BATCH_ORDER)


class Streamed:
    """Batches of a set that the GPU has no room for: read ahead, sent while it computes.

    A thread reads into pinned memory, from which the copy needs no waiting; what is sent is the
    packed type, half of float32, and the GPU converts it.
    """

    def __init__(
        self, volumes: Volumes, rows: Sequence[int], device: torch.device, batch_size: int
    ) -> None:
        self._volumes, self._rows, self._device = volumes, rows, device
        on_gpu = device.type == "cuda"
        self._rooms = [
            torch.empty(
                batch_size,
                volumes.channels,
                *volumes.size,
                dtype=volumes.dtype,
                pin_memory=on_gpu,
            )
            for _ in range(_AHEAD + 1)
        ]
        # Recorded behind the copy out of each room: until then nothing may be read into it.
        self._sent = [torch.cuda.Event() if on_gpu else None for _ in self._rooms]

    def epoch(self, batches: Sequence[Sequence[int]]) -> Iterator[torch.Tensor]:
        """See `Source`."""
        with ThreadPoolExecutor(1, "batches") as reader:
            waiting: deque[Future[torch.Tensor]] = deque()
            for number in range(len(batches)):
                while len(waiting) < _AHEAD and number + len(waiting) < len(batches):
                    place = number + len(waiting)
                    waiting.append(reader.submit(self._read, batches[place], place))
                pinned = waiting.popleft().result()
                images = pinned.to(self._device, non_blocking=True)
                event = self._sent[number % len(self._rooms)]
                if event is not None:
                    event.record()
                yield images.to(torch.float32, memory_format=BATCH_ORDER)

    def _read(self, positions: Sequence[int], place: int) -> torch.Tensor:
        room = place % len(self._rooms)
        event = self._sent[room]
        if event is not None:
            event.synchronize()
        return self._volumes.batch([self._rows[at] for at in positions], self._rooms[room])
