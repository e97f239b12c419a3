"""Time of one patient with `radnec predict`, against the same work in one process.

    python benchmarks/predict.py --study results/demo --model densenet121/fused \
        --dicom results/demo/phantom/dicom/P004 --repeats 3

Both ways run in turn, each time in a new interpreter, imports included: `beside` as `radnec
predict` does it, images in a second process while the first loads torch and the networks; `in one`
the same stages one after the other, as it was done before. Printed are the medians of wall clock
and processor time of all processes, and their ratios; the answers have to be equal.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from statistics import median
from typing import Any, Self
from unittest import mock

WAYS = ("beside", "in one")


class InOne:
    """In place of `radnec.apply.side.Side`: does what it is given here and now."""

    processes = 1

    def submit(self, work: Callable[..., Any], *given: Any, **named: Any) -> Future[Any]:
        """Return the finished work."""
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given, **named))
        except Exception as error:
            done.set_exception(error)
        return done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def predict(way: str, arguments: list[str]) -> int:
    """Run `radnec predict` in this interpreter."""
    from radnec.cli.main import main

    if way == "beside":
        return main(["predict", *arguments])
    with mock.patch("radnec.apply.side.Side", InOne):
        return main(["predict", *arguments])


def measure(way: str, arguments: list[str]) -> tuple[float, float]:
    """Return wall clock and processor time of a new interpreter, s."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, __file__, "--way", way, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Measure both ways in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    chosen, arguments = parser.parse_known_args()
    if chosen.way:
        sys.exit(predict(chosen.way, arguments))
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as name:
        for _ in range(chosen.repeats):
            for way in WAYS:
                output = Path(name) / way.replace(" ", "_")
                found[way].append(measure(way, [*arguments, "--output", str(output)]))
        answers = {path.read_text() for path in Path(name).glob("*/prediction.json")}
    assert len(answers) == 1, "the two ways answer differently"
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {chosen.repeats} runs each")
    walls, used = (
        {way: median(run[part] for run in runs) for way, runs in found.items()} for part in (0, 1)
    )
    for way in WAYS:
        print(f"{way:8} {walls[way]:6.1f} s wall, {used[way]:6.1f} s of processor")
    ratios = [part["beside"] / part["in one"] for part in (walls, used)]
    print(f"beside / in one: {ratios[0]:.2f} of the wall clock, {ratios[1]:.2f} of the processor")


if __name__ == "__main__":
    main()
