"""What all sections share: the lines, the clock, the networks and their steps."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from training import PAPER, SEQUENCES, write_packed

from on_gpu.report import Report
from radnec.networks.registry import build_network
from radnec.training.data import Volumes
from radnec.training.device import autocast, set_arithmetic
from radnec.training.loss import Loss
from radnec.training.optimise import make_optimiser
from radnec.training.order import prepare_order
from radnec.training.settings import TrainingSettings

TRAINING, RUNS, EPOCHS = 176, 4, 300
ORDERS = {"channels_last": torch.channels_last_3d, "contiguous": torch.contiguous_format}
WARM = 3
# The volumes on which runs are killed and go on elsewhere.
SMALL = (48, 48, 32)


class Section:
    """A section that runs: its options, its clock and its lines."""

    def __init__(self, options: argparse.Namespace, report: Report) -> None:
        self.options, self._report, self.name = options, report, options.section
        self._end = time.monotonic() + options.seconds
        self.device = torch.device("cuda:0" if options.device == "cuda" else "cpu")
        self.on_gpu = self.device.type == "cuda"
        self.folder: Path = options.folder
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

    def say(self, what: str, **values: Any) -> None:
        """Write one line."""
        self._report.say(self.name, what, **values)

    @property
    def left(self) -> float:
        """Seconds until the section has to end."""
        return self._end - time.monotonic()

    @contextmanager
    def measure(self, what: str, **values: Any) -> Iterator[dict[str, Any]]:
        """Give a dictionary for the results and write it as a line; an error becomes one too.

        A measure that fails, for want of memory or of a package, does not end the others. Without
        time left nothing is measured: the block must ask `left` itself if it takes long.
        """
        found: dict[str, Any] = {}
        try:
            yield found
        except Exception as error:
            message = f"{type(error).__name__}: {str(error).partition(chr(10))[0][:300]}"
            found = {"error": message}
        if found:
            self.say(what, **values, **found)
        if self.on_gpu:
            torch.cuda.empty_cache()

    def networks(self) -> list[str]:
        """Return the networks to be measured, less those for which there is no time left."""
        return [name for name in self.options.backbones if self.left > 0]

    def volumes(self, folder: str = "full") -> Volumes:
        """Return the simulated volumes."""
        paths = {name: self.folder / folder / f"{name}.npy" for name in SEQUENCES}
        return Volumes(paths, SEQUENCES)

    def network(self, backbone: str) -> torch.nn.Module:
        """Return a new network, made on the device: random numbers for VGG take the CPU long."""
        torch.manual_seed(1)
        with self.device:
            return build_network(backbone, len(SEQUENCES))

    def batches(self) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Return all batches of two on the device, and their classes."""
        volumes = self.volumes()
        pairs = [[row, row + 1] for row in range(0, self.options.cases, 2)]
        return [volumes.batch(rows).to(self.device) for rows in pairs], torch.tensor(
            [0, 1], device=self.device
        )

    def synchronise(self) -> None:
        """Wait for the GPU."""
        if self.on_gpu:
            torch.cuda.synchronize(self.device)


def write_volumes(folder: Path, cases: int, size: tuple[int, ...]) -> None:
    """Write the simulated volumes of the sections, large and small."""
    write_packed(folder / "full", cases, size, np.random.default_rng(1))
    small = tuple(min(pair) for pair in zip(SMALL, size, strict=True))
    write_packed(folder / "small", cases, small, np.random.default_rng(2))


def settings(**changed: Any) -> TrainingSettings:
    """Return the paper's settings with some keys changed."""
    return TrainingSettings.from_mapping(PAPER | changed)


def stepper(
    section: Section,
    network: torch.nn.Module,
    batches: list[torch.Tensor],
    targets: torch.Tensor,
    *,
    precision: str = "float32",
    order: str = "channels_last",
    deterministic: bool = True,
    compiled: str | None = None,
) -> Callable[[int], torch.Tensor]:
    """Return a function that makes the n-th bare step: forward, backward, optimiser."""
    set_arithmetic(section.device, precision, deterministic=deterministic)
    if order == "channels_last":
        network = prepare_order(network, section.device)  # as the engine does
    network.train()
    given = [images.to(memory_format=ORDERS[order]) for images in batches]
    optimiser = make_optimiser(network, settings())
    loss = Loss("cross_entropy", [0, 1], section.device)
    model = torch.compile(network, mode=compiled) if compiled else network

    def step(number: int) -> torch.Tensor:
        with autocast(section.device, precision):
            logits = model(given[number % len(given)])
        value = loss(logits, targets)
        value.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        return value.detach()

    return step


def seconds_per_step(section: Section, step: Callable[[int], torch.Tensor], steps: int) -> float:
    """Return the mean over some steps, after a few that warm up; fewer where time runs out."""
    for number in range(WARM):
        step(number)
    section.synchronise()
    start, done = time.perf_counter(), 0
    while done < steps and (done == 0 or section.left > 0):
        step(done)
        done += 1
    section.synchronise()
    return (time.perf_counter() - start) / done


def hours(seconds_a_step: float) -> float:
    """Return what all runs of one backbone take: four input sets of 300 epochs of 176 cases."""
    return seconds_a_step * TRAINING / 2 * EPOCHS * RUNS / 3600
