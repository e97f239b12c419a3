"""How far a study is, as it is told."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from radnec.study.status.networks import Network

RUNNING, FINISHED, FAILED = "running", "finished", "failed"
STOPPED, BROKEN_OFF, IDLE = "stopped", "broken off", "not running"


@dataclasses.dataclass(frozen=True)
class StageStatus:
    """How far one stage is: `done` of `total`, and what is at work on it now."""

    name: str
    unit: str
    done: int
    total: int
    running: int = 0
    failed: int = 0


@dataclasses.dataclass(frozen=True)
class FailedJob:
    """A job that has failed, and the log that says why."""

    rule: str
    log: str


@dataclasses.dataclass(frozen=True)
class StudyStatus:
    """How far a study is.

    Attributes
    ----------
    study, notice
        Its name, and what has to be said of its numbers.
    state
        running; finished; failed (some job did); stopped (by Ctrl-C or a signal to end); broken
        off (killed, or Snakemake could not plan it); or not running (no run is known, or it was
        asked for a part of the study).
    stages, networks
        What is done, and which networks are in training.
    jobs_done, jobs_total
        Of the latest run, all rules counted; None without a log.
    seconds_left
        By the times of earlier jobs; NaN where nothing is left or nothing is known.
    not_timed
        Rules with jobs left that no earlier job tells the time of: `seconds_left` is without.
    seconds_running, seconds_silent
        Since the latest run began, and since its latest message; NaN unless it is running.
    failures, log, report
        Failed jobs, the log of the latest run, and the report if it is there and up to date.
    """

    study: str
    notice: str
    state: str
    stages: list[StageStatus]
    networks: list[Network]
    jobs_done: int | None
    jobs_total: int | None
    seconds_left: float
    not_timed: list[str]
    seconds_running: float
    seconds_silent: float
    failures: list[FailedJob]
    log: str | None
    report: str | None

    def to_mapping(self) -> dict[str, Any]:
        """Return the same as plain values for JSON; what is not known is None."""
        return {name: _plain(value) for name, value in dataclasses.asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
