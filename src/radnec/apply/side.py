"""The processes beside the one that has the networks: they prepare and write images meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")

# Beyond, the process with the networks is what the others wait for.
_MOST = 4


class Side:
    """Processes that take work in the order in which it was given; a context manager.

    They are as many as the processor has free beside this one, and no more than four. One that
    was killed is replaced: what it worked on fails, what is given later does not. Made before torch
    is imported, they start sooner.
    """

    def __init__(self) -> None:
        self.processes = max(1, min(_MOST, (os.cpu_count() or 1) - 1))
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # A copy of this process has all imports, and spares over a second; but a copy of one in
        # which torch has threads may hang.
        copied = "torch" not in sys.modules and threading.active_count() == 1
        pool = ProcessPoolExecutor(
            self.processes,
            mp_context=multiprocessing.get_context("fork" if copied else "spawn"),
            initializer=_follow_parent,
        )
        pool.submit(_begin)  # before torch is imported here
        return pool

    def submit(
        self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
    ) -> Future[Result]:
        """Begin some work; what it is given and returns has to be picklable."""
        try:
            return self._pool.submit(work, *given, **named)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = self._start()
            return self._pool.submit(work, *given, **named)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Do nothing: processes start with the first work."""


def _follow_parent() -> None:
    """Leave it to the parent to stop, and end when it has, however it ended."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # this runs in a child only
    parent.join()
    os._exit(1)
