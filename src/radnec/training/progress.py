"""The line that says how a run is getting on."""

from __future__ import annotations

import logging
import time

log = logging.getLogger(__name__)

_EVERY_S = 10.0


def duration(seconds: float) -> str:
    """Return a duration as people say it: 45 s, 12 min, 3 h 20 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


class Progress:
    """Logs loss, throughput and time left, at most every ten seconds.

    Parameters
    ----------
    name
        Which run it is.
    epochs, cases
        Length of the run and of an epoch.
    done
        Cases that a resumed run already has behind it.
    """

    def __init__(self, name: str, epochs: int, cases: int, done: int) -> None:
        self._name, self._epochs, self._cases = name, epochs, cases
        self._start = self._last = time.monotonic()
        self._first = done

    def due(self) -> bool:
        """Return whether it is time for a line."""
        return time.monotonic() - self._last >= _EVERY_S

    def line(self, epoch: int, done: int, loss: float) -> str:
        """Log and return the line after `done` cases, in epoch `epoch` counted from 1."""
        self._last = time.monotonic()
        rate = (done - self._first) / max(self._last - self._start, 1e-9)
        left = (self._epochs * self._cases - done) / max(rate, 1e-9)
        text = (
            f"{self._name}: epoch {epoch}/{self._epochs}, loss {loss:.4f}, "
            f"{rate:.2f} cases/s, {duration(left)} left"
        )
        log.info(text)
        return text
