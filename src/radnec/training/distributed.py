"""One run over several processes (torchrun): each takes its share of every batch."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import distributed, nn

from radnec.core.errors import InputError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Team:
    """Which of how many processes this one is; the first of them writes."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Return whether this process writes the results."""
        return self.rank == 0


def parse_device(device: str) -> tuple[str, int]:
    """Return kind and number of devices of a text such as `cuda*4` (1 without a number)."""
    kind, star, number = device.partition("*")
    if star and (kind not in ("cuda", "cpu") or not number.isdigit() or int(number) < 1):
        raise InputError(f"device {device!r}: expected cuda*<number of GPUs>")
    return kind, int(number) if star else 1


def launch(arguments: dict[str, Any], processes: int) -> None:
    """Start `processes` workers on this machine with `train_run`'s arguments and wait.

    Raises
    ------
    RuntimeError
        If a worker failed; what it said is in the log.
    """
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder) / "job.json"
        job.write_text(json.dumps(arguments), encoding="utf-8")
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node", str(processes), "-m", "radnec.training.worker", str(job)]
        done = subprocess.run(command, check=False)
    if done.returncode:
        raise RuntimeError(
            f"training on {processes} devices failed with exit code {done.returncode}; the "
            f"worker's own message is in the log above"
        )


def is_worker() -> bool:
    """Return whether torchrun started this process."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def join(kind: str) -> tuple[Team, str]:
    """Return this process's place in the team and its device; alone without torchrun."""
    if not is_worker():
        return Team(), kind
    distributed.init_process_group("nccl" if kind == "cuda" else "gloo")
    device = f"cuda:{os.environ['LOCAL_RANK']}" if kind == "cuda" else kind
    return Team(distributed.get_rank(), distributed.get_world_size()), device


def prepare_network(network: nn.Module, device: torch.device, team: Team) -> nn.Module:
    """Return the network on its device.

    On several GPUs batch normalisation takes the mean over the whole batch, as one process
    would.
    """
    if team.size > 1 and device.type == "cuda":
        network = nn.SyncBatchNorm.convert_sync_batchnorm(network)
    return network.to(device)


def share(network: nn.Module, device: torch.device, team: Team) -> nn.Module:
    """Return the network with its gradients averaged over the team."""
    if team.size == 1:
        return network
    ids = [device.index] if device.type == "cuda" else None
    return nn.parallel.DistributedDataParallel(network, device_ids=ids)


def shard(positions: list[int], team: Team) -> list[int]:
    """Return this process's part of a batch."""
    return positions[team.rank :: team.size]


def average(value: torch.Tensor, team: Team) -> torch.Tensor:
    """Return the mean of a number over the team, on every process."""
    if team.size > 1:
        distributed.all_reduce(value)
        value /= team.size
    return value


def leave(team: Team) -> None:
    """End the team."""
    if team.size > 1:
        distributed.barrier()
        distributed.destroy_process_group()
