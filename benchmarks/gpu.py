"""What a GPU makes of the study, measured in one go on a machine that is borrowed for minutes.

    python benchmarks/gpu.py --output gpu.jsonl                      # 8 minutes, never more than 10
    python benchmarks/gpu.py --device cpu --size 32 32 32 --cases 4 --steps 2 --budget 60 \
        --backbones resnet10 mresnet                                 # that it works: no figures

Every measure is one line of JSON, on standard output and in --output, written when it is taken:
what a run leaves that is stopped at any moment is whole lines. Each section is a process of its
own with so many seconds, and is ended when they are over; the next one then begins.

It needs Python 3.11 or newer and any torch from 2.9, NumPy, pandas, scikit-learn, safetensors,
filelock, PyYAML and pydantic. What a machine lacks can be carried along as wheels, which need no
pip there; for Python 3.12, say, where there is a network:

    pip download --no-deps --only-binary=:all: --python-version 3.12 -d wheels monai==1.6.1 \
        nibabel==5.4.2 pydantic==2.14.3 pydantic_core==2.50.4 typing-inspection==0.4.5
    python benchmarks/gpu.py --wheels wheels --output gpu.jsonl      # on the machine

Without MONAI only the networks that need none are measured, without nibabel not MONAI's loops.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "src")]

from on_gpu.report import Report  # noqa: E402

# Seconds of each of the eight minutes, in this order: what matters most comes first.
SECTIONS = {
    "agreement": 40,
    "steps": 80,
    "determinism": 30,
    "engine": 70,
    "together": 70,
    "peers": 50,
    "compiled": 120,
}
PLANNED = sum(SECTIONS.values())
# A section that is asked to end by its own clock may still be within a measure.
GRACE_S = 8.0


NETWORKS = ["resnet10", "densenet121", "resnet50", "vgg11", "mresnet", "vgg16"]


def main() -> None:
    options = parse()
    if options.section:
        end_with_parent()
        run_section(options)
        return
    report = Report(options.output, time.time())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        environment = os.environ | {"PYTHONPATH": unpack(options.wheels, folder / "wheels")}
        if write_data(options, folder, environment):
            run_all(options, folder, environment, report)
        else:
            report.say("data", "error", message="the volumes could not be written: see above")
    report.say("all", "end")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--size", type=int, nargs=3, default=[160, 160, 32])
    parser.add_argument("--cases", type=int, default=16)
    parser.add_argument("--steps", type=int, default=10, help="of each measure, after 3 more")
    parser.add_argument("--budget", type=float, default=PLANNED, help="seconds, at most 560")
    parser.add_argument("--backbones", nargs="+", default=NETWORKS)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--workers", type=int, default=4, help="of MONAI's loops")
    parser.add_argument("--sections", nargs="+", default=list(SECTIONS), choices=list(SECTIONS))
    parser.add_argument("--wheels", type=Path, help="folder of wheels to import from")
    parser.add_argument("--output", type=Path, help="file to which the lines are appended")
    parser.add_argument("--section", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--begun", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.budget > 560:
        parser.error("--budget: expected at most 560 s, so that all ends within ten minutes")
    return options


def unpack(wheels: Path | None, folder: Path) -> str:
    """Return the search path with what the wheels hold; a wheel is a zip file."""
    paths = [str(folder)] if wheels else []
    for wheel in sorted(wheels.glob("*.whl")) if wheels else []:
        with zipfile.ZipFile(wheel) as content:
            content.extractall(folder)
    return os.pathsep.join(paths + [p for p in [os.environ.get("PYTHONPATH", "")] if p])


def write_data(options: argparse.Namespace, folder: Path, environment: dict[str, str]) -> bool:
    """Write the volumes in a process of its own, which has the wheels; return whether it worked."""
    command = [sys.executable, __file__, "--section", "data", *arguments(options, folder, 60.0, 0)]
    return subprocess.run(command, env=environment, check=False, timeout=120).returncode == 0


def arguments(options: argparse.Namespace, folder: Path, seconds: float, begun: float) -> list[str]:
    """Return the command line of a section."""
    words = ["--folder", str(folder), "--seconds", str(seconds), "--begun", str(begun)]
    for name in ("device", "cases", "steps", "workers"):
        words += [f"--{name}", str(getattr(options, name))]
    for name in ("size", "backbones", "processes"):
        words += [f"--{name}", *map(str, getattr(options, name))]
    return words + (["--output", str(options.output)] if options.output else [])


def run_all(
    options: argparse.Namespace, folder: Path, environment: dict[str, str], report: Report
) -> None:
    """Run each section in its time, and in what the ones before it left over."""
    start, spare = time.monotonic(), 0.0
    for name in options.sections:
        begun = time.monotonic()
        own = SECTIONS[name] * options.budget / PLANNED
        allowed = min(own + spare, options.budget - (begun - start))
        if allowed <= 0:
            report.say(name, "skipped", message="no time was left")
            continue
        rest = arguments(options, folder, allowed, report.begun)
        process = subprocess.Popen(
            [sys.executable, __file__, "--section", name, *rest],
            stdin=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=allowed + GRACE_S)
            if code:
                report.say(name, "error", message=f"ended with exit code {code}")
        except subprocess.TimeoutExpired:
            report.say(name, "error", message=f"ended after {allowed + GRACE_S:.0f} s")
        finally:
            # Its own processes too; those that have ended are no error.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        spare += own - (time.monotonic() - begun)


def end_with_parent() -> None:
    """End this section and its processes when the main process is gone, however it ended."""

    def wait() -> None:
        # Not through sys.stdin, which would stay locked in every process that is forked.
        os.read(0, 1)
        os.killpg(0, signal.SIGKILL)

    if os.getpgrp() == os.getpid():
        threading.Thread(target=wait, daemon=True).start()


def run_section(options: argparse.Namespace) -> None:
    from on_gpu.common import Section, write_volumes

    if options.section == "data":
        write_volumes(options.folder, options.cases, tuple(options.size))
        return
    report = Report(options.output, options.begun)
    section = Section(options, report)
    measure = importlib.import_module(f"on_gpu.{options.section}").measure
    measure(section)


if __name__ == "__main__":
    main()
