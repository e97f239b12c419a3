"""How far a study is, on a terminal and in plain lines."""

from __future__ import annotations

import math
from pathlib import Path

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from radnec.study.status.networks import Network
from radnec.study.status.times import in_words
from radnec.study.status.types import FAILED, FINISHED, RUNNING, StageStatus, StudyStatus

_COLOUR = {RUNNING: "cyan", FINISHED: "green", FAILED: "red"}
_BAR = 24
_SHOWN_NETWORKS = 8
_SHOWN_FAILURES = 5
_SHOWN_RULES = 3


def view(status: StudyStatus, height: int | None = None) -> RenderableType:
    """Return the whole view: stages, networks in training, time left, what failed, report.

    Parameters
    ----------
    height
        Lines of the terminal, for a view that must not be longer; None shows all.
    """
    below = summary(status)
    networks = status.networks
    # Head and notice take four lines, blank lines and the head of the networks four more.
    room = len(networks) if height is None else height - len(status.stages) - len(below) - 8
    colour = _COLOUR.get(status.state, "yellow")
    head = f"[bold]{status.study}[/bold]  [{colour}]{status.state}[/{colour}]"
    if not math.isnan(status.seconds_running):
        head += f" for {in_words(status.seconds_running)}"
    parts: list[RenderableType] = [Text.from_markup(head), Text(status.notice, style="dim"), ""]
    if status.stages:
        parts.append(_stages(status.stages))
    else:
        # The configuration, by which the stages are counted, is what a run writes first.
        parts.append(
            "The study is being planned" if status.state == RUNNING else "Nothing is planned"
        )
    if networks and room > 0:
        parts += ["", _networks(networks, room)]
    parts += ["", *(Text.from_markup(line) for line in below)]
    return Group(*parts)


def summary(status: StudyStatus) -> list[str]:
    """Return the last lines, with rich's markup: jobs, time left, failures, log, report."""
    lines = []
    if status.jobs_total is not None:
        line = f"{status.jobs_done} of {status.jobs_total} jobs"
        if status.state == RUNNING:
            line += f", {time_left(status)}"
            if status.seconds_silent > 600:
                line += f"; no message for {in_words(status.seconds_silent)}"
        lines.append(line)
    for job in status.failures[:_SHOWN_FAILURES]:
        lines.append(f"[red]failed:[/red] {job.rule}, see {escape(job.log or 'the log')}")
    if (more := len(status.failures) - _SHOWN_FAILURES) > 0:
        lines.append(f"[red]failed:[/red] {more} more, see the log")
    if status.log is not None:
        lines.append(f"Log: {escape(str(near(Path(status.log))))}")
    lines.append(f"Report: {escape(status.report)}" if status.report else "Report: not written yet")
    return lines


def near(path: Path) -> Path:
    """Return a path as short as it can be said from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def time_left(status: StudyStatus) -> str:
    """Return the time left in words, and what it leaves out."""
    if math.isnan(status.seconds_left):
        return "time left not known yet"
    text = f"about {in_words(status.seconds_left)} left"
    if len(status.not_timed) > _SHOWN_RULES:
        text += f", without {len(status.not_timed)} kinds of jobs that have not run yet"
    elif status.not_timed:
        text += f", without {', '.join(status.not_timed)} (no such job has run yet)"
    return text


def stage_line(stage: StageStatus) -> str:
    """Return one stage in plain words: 18 of 20 cases registered."""
    return f"{stage.done} of {stage.total} {stage.unit} {stage.name}"


def _stages(stages: list[StageStatus]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for justify in ("left", "left", "right", "left"):
        table.add_column(justify=justify)
    for stage in stages:
        whole = round(_BAR * stage.done / stage.total) if stage.total else 0
        bar = Text("━" * whole, style="green").append("─" * (_BAR - whole), style="dim")
        said = []
        if stage.running:
            said.append(f"{stage.running} at work")
        if stage.failed:
            said.append(f"[red]{stage.failed} failed[/red]")
        table.add_row(
            f"{stage.unit} {stage.name}",
            bar,
            f"{stage.done}/{stage.total}",
            Text.from_markup(", ".join(said)),
        )
    return table


def _networks(networks: list[Network], room: int) -> Table:
    table = Table("network in training", "epoch", "loss", "left", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    shown = min(room, _SHOWN_NETWORKS)
    for one in networks[:shown]:
        if one.epoch:
            table.add_row(
                escape(one.name),
                f"{one.epoch}/{one.epochs}",
                f"{one.loss:.4f}",
                in_words(one.seconds_left),
            )
        else:
            table.add_row(escape(one.name), "begins", "", "")
    if (more := len(networks) - shown) > 0:
        table.add_row(f"and {more} more", "", "", "")
    return table
