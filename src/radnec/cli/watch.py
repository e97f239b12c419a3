"""A running study in one calm view: redrawn on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from radnec.cli.show_status import stage_line, time_left, view
from radnec.study.status.status import StudyWatch
from radnec.study.status.types import StudyStatus

EVERY_S = 2.0
"""Between two looks at the files."""

PLAIN_EVERY_S = 600.0
"""Between two plain lines without news."""

# A look at a large study takes long: no more than a tenth of the time goes to looking.
_SHARE = 0.1


def watch(
    watcher: StudyWatch,
    *,
    going_on: Callable[[], bool],
    sleep: Callable[[float], object],
    console: Console | None = None,
) -> None:
    """Show how far a study is until its run is over.

    Parameters
    ----------
    going_on
        Whether the run goes on.
    sleep
        Waits for some seconds, or until the run is over.
    console
        Where to show it; None is the process's own standard output. A live view is for
        terminals; what is written to a file gets a line when a stage is complete, and one every
        ten minutes.
    """
    console = console or Console()
    if not console.is_terminal:
        lines = PlainLines(console)
        while going_on():
            sleep(_look(lambda: lines.add(watcher.status(alive=True))))
        return
    with Live(Text("Snakemake plans the study"), console=console, transient=True) as live:
        while going_on():
            sleep(_look(lambda: live.update(_view(watcher, console), refresh=True)))


def _view(watcher: StudyWatch, console: Console) -> RenderableType:
    return view(watcher.status(alive=True), console.height)


def _look(show: Callable[[], object]) -> float:
    """Show the present state and return the seconds until the next look."""
    start = time.monotonic()
    show()
    return max(EVERY_S, (time.monotonic() - start) / _SHARE)


class PlainLines:
    """A line for each stage that has been completed, and one now and then between them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._complete: set[str] | None = None
        self._last = time.monotonic()

    def add(self, status: StudyStatus) -> None:
        """Print what is new, if anything is."""
        if not status.stages:
            return
        complete = {stage_line(one) for one in status.stages if one.done == one.total}
        # What was complete before this run is no news.
        for line in sorted(complete - (complete if self._complete is None else self._complete)):
            self._print(f"{line}; {_jobs(status)}")
        self._complete = complete
        if time.monotonic() - self._last >= PLAIN_EVERY_S:
            self._print(_jobs(status))

    def _print(self, line: str) -> None:
        self._last = time.monotonic()
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        self._console.print(f"{stamp} {line}", markup=False, highlight=False, soft_wrap=True)


def _jobs(status: StudyStatus) -> str:
    return f"{status.jobs_done} of {status.jobs_total} jobs, {time_left(status)}"
