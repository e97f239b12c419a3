"""What every job has around its work: a log, and an end when Snakemake ends."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def job_log(path: str | Path) -> Iterator[None]:
    """Send everything that is said, printed or warned during a job to its log file.

    The file descriptors themselves are redirected, since compiled libraries (ITK) write
    past Python. An error is written to the log and, one line long, to the terminal.
    """
    _end_with_parent(signal.SIGKILL)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    terminal = os.dup(2)
    saved = os.dup(1)
    with Path(path).open("w", encoding="utf-8", buffering=1) as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root = logging.getLogger()
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        logging.captureWarnings(True)
        warnings.simplefilter("default")
        try:
            yield
        except Exception as error:
            logging.getLogger(__name__).exception("the job failed")
            os.write(terminal, f"{type(error).__name__}: {error}\n(log: {path})\n".encode())
            raise
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            root.removeHandler(handler)
            os.dup2(saved, 1)
            os.dup2(terminal, 2)
            os.close(saved)
            os.close(terminal)
            _end_with_parent(0)


def _end_with_parent(with_signal: int) -> None:
    """Have the kernel send this process a signal when its parent ends; 0: none any more.

    A Snakemake that is killed cannot stop its jobs. Left alone, they would go on unseen beside
    the same jobs of the next start. Linux only; elsewhere they do go on, and the newest writer
    of a file wins (see `radnec.core.files`).
    """
    if sys.platform == "linux":
        set_signal_of_parent_death = 1
        ctypes.CDLL(None).prctl(set_signal_of_parent_death, with_signal)
