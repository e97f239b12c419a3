"""Advice after a failed run, and how a run is asked to stop."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import numpy as np
import pandas as pd
import torch

from radnec.core.errors import InputError
from radnec.training.data import Volumes
from radnec.training.settings import TrainingSettings


def require_finite(
    name: str,
    loss: float,
    where: str,
    settings: TrainingSettings,
    cases: pd.DataFrame,
    volumes: Volumes,
) -> None:
    """Refuse a loss that is no number, naming the volume that caused it if one did.

    Raises
    ------
    InputError
        If `loss` is not finite.
    """
    if math.isfinite(loss):
        return
    for case, row in zip(cases["case"], cases["row"], strict=True):
        for channel in range(volumes.channels):
            if not np.isfinite(volumes.raw(channel, int(row))).all():
                raise InputError(
                    f"{name}: the loss is {loss} in {where}, since the volume of case {case!r}, "
                    f"channel {channel + 1}, holds values that are no numbers; see how it was "
                    f"normalised, or exclude the case"
                )
    raise InputError(
        f"{name}: the loss is {loss} in {where} although all volumes are finite; try a smaller "
        f"training.learning_rate (now {settings.learning_rate})"
        + (" or training.precision: float32" if settings.precision != "float32" else "")
    )


@contextmanager
def memory_advice(name: str, settings: TrainingSettings) -> Iterator[None]:
    """Turn running out of memory into an error that says what to change.

    Raises
    ------
    InputError
        If the device, or the machine, has no memory left.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not _is_memory(error):
            raise
        advice = "a smaller normalisation.size"
        if settings.precision == "float32":
            advice = f"training.precision: bfloat16 (on a GPU), {advice}"
        if settings.batch_size > 1:
            half = settings.batch_size // 2
            advice = (
                f"training.batch_size: {half} with training.accumulation: "
                f"{settings.accumulation * settings.batch_size // half}, {advice}"
            )
        raise InputError(
            f"{name}: out of memory with batches of {settings.batch_size}; try {advice}, a "
            f"smaller network, or fewer runs at a time ({str(error).splitlines()[0]})"
        ) from error


# How torch, CUDA's driver, cuBLAS and cuDNN say that there is no memory left.
_NO_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "DEVICE_ALLOCATION_FAILED",
    "HOST_ALLOCATION_FAILED",
)


def _is_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or any(
        words in str(error) for words in _NO_MEMORY
    )


class StopRequest:
    """Notices SIGTERM, with which clusters announce the end of a job's time.

    Used as a context: inside, the signal sets a flag instead of ending the process, so that
    the run can save its state first. Outside the main thread it does nothing.
    """

    def __init__(self) -> None:
        self.received = False

    def __enter__(self) -> StopRequest:
        self._main = threading.current_thread() is threading.main_thread()
        if self._main:
            self._before = signal.signal(signal.SIGTERM, self._receive)
        return self

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.received = True

    def __exit__(self, *_: object) -> None:
        if self._main:
            signal.signal(signal.SIGTERM, self._before)
