"""How long jobs take: by the benchmarks that earlier ones left."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterable
from pathlib import Path

from radnec.training.progress import duration


def earlier_seconds(benchmarks: Path, rule: str) -> float:
    """Return the median of the seconds that earlier jobs of a rule took; NaN without any.

    Parameters
    ----------
    benchmarks
        results/<study>/benchmarks, where Snakemake writes a table for each job.
    """
    files = [*benchmarks.glob(f"{rule}/**/*.tsv"), *benchmarks.glob(f"{rule}.tsv")]
    times = [second for path in files if (second := _seconds(path)) is not None]
    return statistics.median(times) if times else math.nan


def _seconds(path: Path) -> float | None:
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) < 2:  # just being written
        return None
    return float(dict(zip(lines[0].split("\t"), lines[1].split("\t"), strict=True))["s"])


@dataclasses.dataclass(frozen=True)
class Work:
    """The jobs of one rule that are left.

    Attributes
    ----------
    jobs
        How many have not begun.
    seconds
        What one of them takes; NaN where no earlier one tells.
    begun
        Seconds of work that is left in those that have begun.
    threads, gpus
        What one of them holds while it runs.
    """

    jobs: int
    seconds: float
    begun: float = 0.0
    threads: int = 1
    gpus: int = 0

    @property
    def known(self) -> float:
        """Seconds of known work, one job after the other."""
        return self.begun + (0.0 if math.isnan(self.seconds) else self.jobs * self.seconds)


def seconds_left(work: Iterable[Work], *, slots: int, gpus: int) -> float:
    """Return how long the jobs that are left may take together; unknown ones count nothing.

    Parameters
    ----------
    slots, gpus
        Threads, and GPUs, that all jobs together may hold.

    Notes
    -----
    The longer of two times: all work shared out among the threads, and the work on GPUs among
    the GPUs. Neither knows that jobs wait for each other, so it is rather too short.
    """
    work = list(work)
    on_threads = sum(one.known * one.threads for one in work) / max(slots, 1)
    on_gpus = sum(one.known * one.gpus for one in work) / max(gpus, 1)
    return max(on_threads, on_gpus)


def in_words(seconds: float) -> str:
    """Return a duration as people say it; "not known" for NaN."""
    return "not known" if math.isnan(seconds) else duration(seconds)
