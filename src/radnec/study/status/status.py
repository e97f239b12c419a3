"""How far a study is: what `radnec status` tells, and `radnec run` shows while it runs."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from radnec.config.check import check_config
from radnec.core.errors import InputError
from radnec.core.notices import notice
from radnec.provenance.config import read_config
from radnec.study.cases import load_table
from radnec.study.status.alive import snakemake_at_work
from radnec.study.status.networks import Network, networks_in_training
from radnec.study.status.snakemake_log import LogReader, RunLog, latest_log
from radnec.study.status.stages import Stage, stages_of
from radnec.study.status.times import Work, earlier_seconds, seconds_left
from radnec.study.status.types import (
    BROKEN_OFF,
    FAILED,
    FINISHED,
    IDLE,
    RUNNING,
    STOPPED,
    FailedJob,
    StageStatus,
    StudyStatus,
)

GPU_RULES = (
    "predict_masks",
    "embed_cases",
    "train_inner",
    "train_gao2d",
    "train_run",
    "predict_run",
    "describe_features",
    "explain_run",
    "evaluate_maps",
    "predict_external",
)
"""Rules whose jobs hold a GPU, unless the device is the CPU."""

AFTER_SELECTION = ("register_case", "strip_case", "normalise_case", "draw_quality_case")
"""Rules whose jobs Snakemake plans only when the cases are selected."""

# How often the benchmarks of earlier jobs are looked at again.
_TIMES_EVERY_S = 60.0


class StudyWatch:
    """Tells again and again how far a study is; only what is new is read.

    Parameters
    ----------
    study
        results/<study>.
    log
        The log of the run to tell of; None finds the latest.

    Raises
    ------
    InputError
        If there is no such folder, or its configuration or table of cases cannot be read.
    """

    def __init__(self, study: Path, log: Path | None = None) -> None:
        self.study = study
        self.workdir = study.absolute().parents[1]
        if log is None:
            if not study.is_dir():
                raise InputError(f"{study}: no such folder, expected results/<study>")
            log = latest_log(self.workdir, study.name)
        self._reader = LogReader(log) if log is not None else None
        self._phantom = False
        self._stages: list[Stage] = []
        self._planned_from: tuple[int, int] | None = None
        self._seconds: dict[str, float] = {}
        self._timed = -math.inf

    def going_on(self) -> bool:
        """Return whether the run is going on, by its log and the processes of this machine."""
        log = self._reader.read() if self._reader else RunLog()
        return not log.ended and snakemake_at_work(self.workdir, log.host)

    def status(self, alive: bool | None = None) -> StudyStatus:
        """Return how far the study is now.

        Parameters
        ----------
        alive
            Whether the run is going on, for those who started it; None finds out.
        """
        log = self._reader.read() if self._reader else RunLog()
        self._plan()
        stages = [self._stage(stage, log) for stage in self._stages]
        report = self.study / "report.html"
        there = report.is_file() and not log.pending("write_report")
        if alive is None:
            alive = self.going_on()
        state = _state(log, alive=alive, known=self._reader is not None, report=there)
        running = state == RUNNING
        networks = networks_in_training(log.running.values(), self.workdir) if running else []
        left, not_timed = self._left(log, stages, networks) if running else (math.nan, [])
        return StudyStatus(
            study=self.study.name,
            notice=notice(self._phantom),
            state=state,
            stages=stages,
            networks=networks,
            jobs_done=log.done if log.total else None,
            jobs_total=log.total or None,
            seconds_left=left,
            not_timed=not_timed,
            seconds_running=_since(log.first) if running else math.nan,
            seconds_silent=_since(log.last) if running else math.nan,
            failures=[FailedJob(job.rule, job.log) for job in log.failed.values()],
            log=str(self._reader.path) if self._reader else None,
            report=str(report) if there else None,
        )

    def _plan(self) -> None:
        """Read configuration and cases where they have changed: a run writes them on its way."""
        files = (self.study / "config.yaml", self.study / "cohort" / "selected.tsv")
        written = tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in files)
        if written == self._planned_from or not written[0]:
            return
        config = check_config(read_config(self.study))
        cases = load_table(config, self.workdir).rows
        self._stages = stages_of(config, cases, self.workdir)
        self._phantom = config.cohort == "phantom"
        self._planned_from = (written[0], written[1])

    def _stage(self, stage: Stage, log: RunLog) -> StageStatus:
        """Count the files of a stage that are there and that this run will not make anew."""
        done = 0
        for rule, files in stage.files.items():
            there = sum((self.workdir / path).exists() for path in files)
            # Snakemake removes an old result only when the job that makes it anew begins.
            waiting = log.pending(rule) * stage.files_a_job(rule)
            done += max(min(there, len(files) - waiting), 0)
        return StageStatus(
            name=stage.name,
            unit=stage.unit,
            done=done,
            total=stage.total,
            running=sum(job.rule in stage.files for job in log.running.values()),
            failed=sum(job.rule in stage.files for job in log.failed.values()),
        )

    def _left(
        self, log: RunLog, stages: list[StageStatus], networks: list[Network]
    ) -> tuple[float, list[str]]:
        """Return the seconds left, and the rules with jobs left whose time is not known."""
        pending = {rule: log.pending(rule) for rule in log.planned}
        of_stages: dict[str, str] = {}
        added = log.pending("select_cases") > 0 or log.total > log.planned.total()
        for stage, plan in zip(stages, self._stages, strict=True):
            rules = [rule for rule in plan.files if added and rule in AFTER_SELECTION]
            of_stages.update(dict.fromkeys(plan.files, plan.unit))
            # What the checkpoint adds to the plan is told by the files that are missing.
            pending.update(dict.fromkeys(rules, stage.total - stage.done))
        work, not_timed = [], []
        for rule, jobs in pending.items():
            running = [job for job in log.running.values() if job.rule == rule]
            each = self._seconds_each(rule, log, networks)
            begun = sum(
                max(each - _since(job.started), 0.0) for job in running if not math.isnan(each)
            )
            if rule == "train_run":
                begun = sum(one.seconds_left for one in networks if one.epoch)
            latest = log.latest.get(rule)
            gpus = latest.gpus if latest else int(rule in GPU_RULES)
            threads = latest.threads if latest else 1
            one = Work(max(jobs - len(running), 0), each, begun, threads, gpus)
            work.append(one)
            if one.jobs and math.isnan(each) and of_stages.get(rule) in ("cases", "networks"):
                not_timed.append(rule)
        if not any(one.known for one in work):
            return math.nan, not_timed
        return seconds_left(work, slots=log.slots or 1, gpus=log.gpus or 1), not_timed

    def _seconds_each(self, rule: str, log: RunLog, networks: list[Network]) -> float:
        """Return what a job of a rule takes: by benchmarks, else by this run, else NaN."""
        if time.monotonic() - self._timed > _TIMES_EVERY_S:
            self._seconds, self._timed = {}, time.monotonic()
        if rule not in self._seconds:
            self._seconds[rule] = earlier_seconds(self.study / "benchmarks", rule)
        known = self._seconds[rule]
        if math.isnan(known) and log.seconds.get(rule):
            known = statistics.median(log.seconds[rule])
        if math.isnan(known) and rule == "train_run":
            # No network has been trained yet: what the first ones expect of themselves.
            known = _expected(networks)
        return known


def _expected(networks: Iterable[Network]) -> float:
    """Return the seconds of a whole training, by the networks that are at it; NaN without any."""
    whole = [
        one.seconds_left * one.epochs / (one.epochs - one.epoch + 1)
        for one in networks
        if one.epoch
    ]
    return statistics.median(whole) if whole else math.nan


def _since(moment: datetime | None) -> float:
    return math.nan if moment is None else (datetime.now() - moment).total_seconds()


def _state(log: RunLog, *, alive: bool, known: bool, report: bool) -> str:
    """Return the state of a study, see `StudyStatus`."""
    if alive:
        return RUNNING
    if log.failed:
        return FAILED
    if log.interrupted:
        return STOPPED
    if known and not log.ended:
        return BROKEN_OFF
    return FINISHED if report else IDLE
