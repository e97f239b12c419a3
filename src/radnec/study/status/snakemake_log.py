"""What Snakemake's own log tells of a run: jobs planned, running, finished and failed.

Snakemake writes the log of every run to `.snakemake/log`, whoever started it and wherever its
jobs run. A logger plugin of Snakemake 9 would be given the same events, but only in the process
that runs the study: another terminal could not ask, and a run that is over would tell nothing.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

_STAMP = re.compile(r"^ *\[(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\]")
_PLANNED = re.compile(r"^(\w+) +(\d+)$")
_RULE = re.compile(r"^ *(?:local)?(?:rule|checkpoint) (\w+):$")
_ERROR = re.compile(r"^ *Error in rule (\w+):$")
_FIELD = re.compile(r"^ +(jobid|log|threads|resources): (.*)$")
_GPU = re.compile(r"\bgpu=(\d+)")
_FINISHED = re.compile(r"^Finished jobid: (\d+) \(Rule: (\w+)\)$")
_AGAIN = re.compile(r"^Trying to restart job (\d+)\.$")
_STEPS = re.compile(r"^(\d+) of (\d+) steps ")
_CORES = re.compile(r"^Provided (?:cores|remote nodes): (\d+)")
_GPUS = re.compile(r'^Provided resources:.*\bgpu=(?:Resource\("gpu", )?(\d+)')
_HOST = re.compile(r"^  Host: (.*)$")
# By Ctrl-C, and by SIGTERM.
_STOPPED = ("Terminating processes on user request", "Will exit after finishing currently running")
_READ_ERROR = " (check log file(s) for error details)"


@dataclasses.dataclass
class Job:
    """A job of a run.

    Attributes
    ----------
    rule, log
        Its rule, and its log file or "".
    started
        When it was started, or handed to a cluster.
    threads, gpus
        What it holds while it runs.
    """

    rule: str
    log: str = ""
    started: datetime | None = None
    threads: int = 1
    gpus: int = 0


@dataclasses.dataclass
class RunLog:
    """What the log of a run has told so far.

    Attributes
    ----------
    planned
        Jobs of each rule by Snakemake's plan before anything ran. What a checkpoint adds is
        counted in `total` only.
    finished
        Jobs of each rule that have ended well.
    running
        Jobs that have been started, or handed to a cluster, by Snakemake's number.
    latest
        The latest job of each rule that has been started: what its jobs hold.
    failed
        Jobs that have failed for good, by Snakemake's number.
    seconds
        Rule to what each of its finished jobs took, waiting on a cluster included.
    done, total
        Jobs of all rules: ended well, and planned, what a checkpoint added included.
    slots, gpus
        Jobs that may run side by side: cores of this machine or jobs on a cluster; GPUs. None
        where the log does not say.
    host
        The machine on which Snakemake runs.
    first, last
        Times of the first and the latest event; None before any.
    interrupted, ended
        Whether a user or a signal stopped it; whether it has come to its end.
    """

    planned: Counter[str] = dataclasses.field(default_factory=Counter)
    finished: Counter[str] = dataclasses.field(default_factory=Counter)
    running: dict[int, Job] = dataclasses.field(default_factory=dict)
    latest: dict[str, Job] = dataclasses.field(default_factory=dict)
    failed: dict[int, Job] = dataclasses.field(default_factory=dict)
    seconds: dict[str, list[float]] = dataclasses.field(default_factory=dict)
    done: int = 0
    total: int = 0
    slots: int | None = None
    gpus: int | None = None
    host: str = ""
    first: datetime | None = None
    last: datetime | None = None
    interrupted: bool = False
    ended: bool = False

    def pending(self, rule: str) -> int:
        """Return how many of the planned jobs of a rule have not ended well."""
        return max(self.planned[rule] - self.finished[rule], 0)


class LogReader:
    """Reads the log of a run, each time only what has been added.

    Parameters
    ----------
    path
        The log; it may not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = RunLog()
        self._position = 0
        self._in_plan = False
        # The job whose lines are being read, and whether these tell of its failure.
        self._job: Job | None = None
        self._failing = False

    def read(self) -> RunLog:
        """Return what the log has told up to now."""
        if self.path.is_file():
            with self.path.open("rb") as stream:
                stream.seek(self._position)
                added = stream.read()
            whole = added[: added.rfind(b"\n") + 1]  # a line may be half written
            self._position += len(whole)
            for line in whole.decode(errors="replace").splitlines():
                self._take(line)
        return self.log

    def _take(self, line: str) -> None:
        log = self.log
        if found := _STAMP.match(line):
            log.last = datetime.strptime(found[1], "%a %b %d %H:%M:%S %Y")
            log.first = log.first or log.last
        elif self._in_plan:
            if found := _PLANNED.match(line):
                if found[1] == "total":
                    log.total = int(found[2])
                else:
                    log.planned[found[1]] = int(found[2])
            # The head of the table is one line of names and one of dashes.
            self._in_plan = bool(line)
        elif line == "Job stats:":
            self._in_plan = True
        elif found := _RULE.match(line):
            self._job, self._failing = Job(found[1], started=log.last), False
        elif found := _ERROR.match(line):
            self._job, self._failing = Job(found[1], started=log.last), True
        elif found := _FIELD.match(line):
            self._take_field(found[1], found[2])
        elif found := _FINISHED.match(line):
            log.finished[found[2]] += 1
            job = log.running.pop(int(found[1]), None)
            if job is not None and job.started is not None and log.last is not None:
                taken = (log.last - job.started).total_seconds()
                log.seconds.setdefault(job.rule, []).append(taken)
        elif found := _AGAIN.match(line):
            log.failed.pop(int(found[1]), None)
        elif found := _STEPS.match(line):
            log.done, log.total = int(found[1]), int(found[2])
        else:
            self._take_rest(line)

    def _take_field(self, name: str, value: str) -> None:
        if self._job is None:
            return
        if name == "log":
            self._job.log = value.removesuffix(_READ_ERROR)
        elif name == "threads":
            self._job.threads = int(value)
        elif name == "resources":
            self._job.gpus = int(found[1]) if (found := _GPU.search(value)) else 0
        elif self._failing:
            self.log.running.pop(int(value), None)
            self.log.failed[int(value)] = self._job
        else:
            self.log.running[int(value)] = self.log.latest[self._job.rule] = self._job

    def _take_rest(self, line: str) -> None:
        log = self.log
        if found := _CORES.match(line):
            log.slots = int(found[1])
        elif found := _GPUS.match(line):
            log.gpus = int(found[1])
        elif found := _HOST.match(line):
            log.host = found[1]
        elif line.startswith(_STOPPED):
            log.interrupted = True
        elif line.startswith(("Complete log(s):", "Nothing to be done")):
            log.ended = True


def latest_log(workdir: Path, study: str) -> Path | None:
    """Return the log of the latest run of a study; None where it has none.

    Parameters
    ----------
    workdir
        The folder in which Snakemake was started.
    study
        Name of the study: runs of other studies in this folder are passed over, and so are
        those that had nothing to do.
    """
    mark = f"results/{study}/".encode()
    for path in sorted((workdir / ".snakemake" / "log").glob("*.snakemake.log"), reverse=True):
        if mark in path.read_bytes():
            return path
    return None
