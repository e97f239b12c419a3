"""The view of a running study: what a terminal shows, and the few lines elsewhere."""

from __future__ import annotations

import dataclasses
import io
import math

import pytest
from rich.console import Console

from radnec.cli.show_status import view
from radnec.cli.watch import PlainLines, watch
from radnec.core.notices import notice
from radnec.study.status.networks import Network
from radnec.study.status.types import FailedJob, StageStatus, StudyStatus

STATUS = StudyStatus(
    study="mine",
    notice=notice(True),
    state="running",
    stages=[
        StageStatus("registered", "cases", 3, 4, running=1),
        StageStatus("trained", "networks", 0, 2, failed=1),
    ],
    networks=[Network("resnet10/fused/r0f0 seed 1", 3, 12, 0.51234, 75.0), Network("vgg16/t1")],
    jobs_done=20,
    jobs_total=60,
    seconds_left=3900.0,
    not_timed=["predict_run"],
    seconds_running=120.0,
    seconds_silent=1.0,
    failures=[FailedJob("train_run", "results/mine/logs/train_run/a.log")],
    log="a.log",
    report=None,
)
DONE = dataclasses.replace(
    STATUS,
    state="finished",
    stages=[StageStatus("registered", "cases", 4, 4)],
    networks=[],
    seconds_left=math.nan,
    failures=[],
    report="results/mine/report.html",
)


class Screen:
    """What a console of 100 columns has been sent."""

    def __init__(self, **options):
        self._stream = io.StringIO()
        self.console = Console(file=self._stream, width=100, **options)

    @property
    def text(self):
        return self._stream.getvalue()


def shown(status, **options):
    screen = Screen(**options)
    screen.console.print(view(status))
    return screen.text


def test_the_view_tells_stages_networks_time_and_failures():
    said = shown(STATUS)
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert lines[0] == "mine running for 2 min"
    assert any(
        line.startswith("cases registered") and line.endswith("3/4 1 at work") for line in lines
    )
    assert any(line.endswith("0/2 1 failed") for line in lines)
    assert "resnet10/fused/r0f0 seed 1 3/12 0.5123 75 s" in lines
    assert "vgg16/t1 begins" in lines
    assert "failed: train_run, see results/mine/logs/train_run/a.log" in lines
    assert "20 of 60 jobs, about 65 min left, without predict_run" in said
    assert "Simulated data" in said and "Research use only" in said
    assert len(lines) < 24


@pytest.mark.parametrize("height", [14, 24, 50])
def test_the_view_fits_the_terminal_and_keeps_its_end(height):
    many = [Network(f"resnet10/fused/r0f{n} seed 1", 1, 12, 0.5, 75.0) for n in range(30)]
    screen = Screen(height=height)
    screen.console.print(view(dataclasses.replace(STATUS, networks=many), height))
    lines = screen.text.splitlines()
    assert len(lines) <= height
    assert lines[-1] == "Report: not written yet"
    assert any("more" in line for line in lines) == (height > 14)


def test_the_last_line_names_the_report():
    assert shown(DONE).splitlines()[-1] == "Report: results/mine/report.html"
    assert shown(STATUS).splitlines()[-1] == "Report: not written yet"


def test_no_color_leaves_no_colour(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in shown(DONE, force_terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in shown(DONE, force_terminal=True)


def test_without_a_terminal_a_line_comes_only_with_news():
    screen = Screen()
    lines = PlainLines(screen.console)
    for status in (STATUS, STATUS, DONE, DONE):
        lines.add(status)
    [line] = screen.text.splitlines()
    assert "4 of 4 cases registered; 20 of 60 jobs" in line


def test_without_a_terminal_silence_ends_after_ten_minutes(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("radnec.cli.watch.time.monotonic", lambda: now[0])
    screen = Screen()
    lines = PlainLines(screen.console)
    for now[0] in range(0, 3600, 2):
        lines.add(STATUS)
    assert len(screen.text.splitlines()) == 5


class Watcher:
    def __init__(self, states):
        self.states = list(states)

    def status(self, alive=None):
        return self.states.pop(0)


def test_the_live_view_ends_with_the_run():
    watcher = Watcher([STATUS, STATUS, DONE])
    screen = Screen(force_terminal=True)
    waited = []
    watch(
        watcher,
        going_on=lambda: bool(watcher.states),
        sleep=waited.append,
        console=screen.console,
    )
    assert len(waited) == 3 and min(waited) >= 2
    assert "cases registered" in screen.text
