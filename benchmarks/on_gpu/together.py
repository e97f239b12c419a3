"""Several runs side by side on one GPU: steps that all make together in a second."""

from __future__ import annotations

import argparse
import multiprocessing
import queue
import time
from threading import BrokenBarrierError
from typing import Any

from on_gpu.common import Report, Section, stepper

WINDOW_S = 4.0


def measure(section: Section) -> None:
    backbone = section.options.backbones[0]
    for processes in section.options.processes:
        if section.left <= 2 * WINDOW_S:
            section.say("skipped", processes=processes, message="no time was left")
            continue
        with section.measure("together", backbone=backbone, processes=processes) as found:
            found["steps_per_s"] = together(section, backbone, processes)


def together(section: Section, backbone: str, processes: int) -> float:
    context = multiprocessing.get_context("spawn")
    barrier, made = context.Barrier(processes), context.Queue()
    patience = max(section.left - WINDOW_S, 1.0)
    workers = [
        context.Process(
            target=work, args=(section.options, backbone, barrier, made, patience), daemon=True
        )
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    try:
        rates = [made.get(timeout=patience + 2 * WINDOW_S) for _ in workers]
    except queue.Empty:
        raise TimeoutError("not every process came to the start") from None
    finally:
        for worker in workers:
            worker.kill()
    failed = [rate for rate in rates if isinstance(rate, str)]
    if failed:
        raise RuntimeError(failed[0])
    return float(sum(rates))


def work(
    options: argparse.Namespace, backbone: str, barrier: Any, made: Any, patience: float
) -> None:
    """Step for a while together with the others and tell how many steps a second."""
    try:
        section = Section(options, Report(None, 0.0))
        step = stepper(section, section.network(backbone), *section.batches())
        for number in range(3):
            step(number)
        section.synchronise()
        # Whoever fails breaks it, so that nobody waits for them.
        barrier.wait(timeout=patience)
        start, done = time.perf_counter(), 0
        while time.perf_counter() - start < WINDOW_S:
            step(done)
            done += 1
            section.synchronise()
        made.put(done / (time.perf_counter() - start))
    except BrokenBarrierError:
        made.put("another process failed, or was late")
    except Exception as error:
        barrier.abort()
        made.put(f"{type(error).__name__}: {error}")
