"""How far the networks in training are, from the last line of each job's log."""

from __future__ import annotations

import dataclasses
import math
import os
import re
from collections.abc import Iterable
from pathlib import Path

from radnec.study.status.snakemake_log import Job

# As `radnec.training.progress` writes it, every ten seconds.
_PROGRESS = re.compile(
    r"progress: (?P<name>.+): epoch (?P<epoch>\d+)/(?P<epochs>\d+), loss (?P<loss>\S+), "
    r"(?P<rate>\S+) cases/s, (?P<left>.+) left$",
    re.MULTILINE,
)
_PART = re.compile(r"(\d+) (s|min|h)")
_SECONDS = {"s": 1, "min": 60, "h": 3600}
# The end of the log: some fifty lines.
_TAIL_BYTES = 8192


@dataclasses.dataclass(frozen=True)
class Network:
    """A network in training.

    Attributes
    ----------
    name
        Backbone, input set, fold and seed.
    epoch, epochs
        The epoch it is in, and how many there will be; 0 before the first line of progress.
    loss
        Mean loss of the epoch so far; NaN before the first line.
    seconds_left
        By its own throughput; NaN before the first line.
    """

    name: str
    epoch: int = 0
    epochs: int = 0
    loss: float = math.nan
    seconds_left: float = math.nan


def networks_in_training(jobs: Iterable[Job], workdir: Path) -> list[Network]:
    """Return the networks of the running jobs of training, in the order of their start.

    Parameters
    ----------
    jobs
        Running jobs; those of other rules are passed over.
    workdir
        The folder to which their logs are relative.
    """
    return [_network(workdir / job.log) for job in jobs if job.rule == "train_run"]


def _network(log: Path) -> Network:
    backbone, inputs = log.parts[-3:-1]
    name = f"{backbone}/{inputs}/{log.stem}".replace("_seed", " seed ")
    said = list(_PROGRESS.finditer(_tail(log))) if log.is_file() else []
    if not said:
        return Network(name)
    found = said[-1]
    left = sum(int(n) * _SECONDS[unit] for n, unit in _PART.findall(found["left"]))
    return Network(name, int(found["epoch"]), int(found["epochs"]), float(found["loss"]), left)


def _tail(path: Path) -> str:
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - _TAIL_BYTES, 0))
        return stream.read().decode(errors="replace")
