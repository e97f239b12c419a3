"""The benchmark for a borrowed GPU machine, on the CPU: lines, deadlines, what a kill leaves."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "gpu.py"
# MresNet needs neither MONAI nor nibabel.
SMALL = [
    "--device", "cpu", "--size", "32", "32", "32", "--cases", "4", "--steps", "1",
    "--backbones", "mresnet", "--workers", "1",
]  # fmt: skip


def command(output: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(SCRIPT), *SMALL, "--output", str(output), *arguments]


def lines(output: Path) -> list[dict]:
    return [json.loads(line) for line in output.read_text().splitlines()]


@pytest.fixture
def bare(tmp_path):
    """The environment of a machine that lacks MONAI and nibabel."""
    site = tmp_path / "bare"
    site.mkdir()
    block = "import sys\nfor name in ('monai', 'nibabel'):\n    sys.modules[name] = None\n"
    (site / "sitecustomize.py").write_text(block)
    return os.environ | {"PYTHONPATH": str(site)}


def test_every_measure_is_a_line_and_the_sections_come_in_order(tmp_path, bare):
    output = tmp_path / "gpu.jsonl"
    sections = ["--sections", "agreement", "steps", "together", "peers"]
    run = command(output, *sections, "--processes", "1", "2", "--budget", "400")
    run.insert(run.index("mresnet") + 1, "resnet10")
    done = subprocess.run(run, capture_output=True, text=True, timeout=450, env=bare)
    assert done.returncode == 0, done.stderr
    found = lines(output)
    assert done.stdout == output.read_text()
    # What a package is missing for is said, and all else is measured.
    failed = [line for line in found if "error" in line or line["what"] == "error"]
    assert all("ModuleNotFoundError" in line["error"] for line in failed)
    assert {line.get("backbone") for line in failed if line["section"] == "steps"} == {"resnet10"}
    found = [line for line in found if line not in failed]
    order = [line["section"] for line in found]
    assert order == sorted(order, key=["agreement", "steps", "together", "peers", "all"].index)
    [apart] = [line for line in found if line["what"] == "probabilities"]
    # The CPU against itself: only the order in memory of float32 may differ.
    assert apart["float32_probability"] < 1e-5
    assert apart["bfloat16_logit"] > 1e-4
    steps = [line for line in found if line["what"] == "step"]
    assert len({(line["precision"], line["order"]) for line in steps}) == len(steps) == 6
    total = next(line for line in found if line["what"] == "total")
    # One backbone, four input sets, 300 epochs of 88 steps.
    assert total["hours_one_run_at_a_time"] == pytest.approx(
        steps[0]["seconds"] * 88 * 300 * 4 / 3600, rel=1e-3
    )
    together = [line for line in found if line["section"] == "together"]
    assert [line["processes"] for line in together] == [1, 2]
    assert all(line["steps_per_s"] > 0 for line in together)


def test_wheels_are_imported_without_pip(tmp_path, monkeypatch):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "carried-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("carried/__init__.py", "value = 7")
        wheel.writestr("carried-1.0.dist-info/METADATA", "Name: carried\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    path = importlib.import_module("gpu").unpack(wheels, tmp_path / "site")
    code = "import carried, importlib.metadata as m; print(carried.value, m.version('carried'))"
    environment = os.environ | {"PYTHONPATH": path}
    assert subprocess.check_output(
        [sys.executable, "-c", code], env=environment, text=True
    ).split() == ["7", "1.0"]


def test_killed_halfway_it_leaves_whole_lines_and_no_process(tmp_path):
    output = tmp_path / "gpu.jsonl"
    process = subprocess.Popen(
        command(output, "--sections", "steps", "--budget", "500"), stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not (output.exists() and "seconds" in output.read_text()):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    started = psutil.Process(process.pid).children(recursive=True)
    assert started
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(started, timeout=20)
    assert not alive
    assert {line["section"] for line in lines(output)} == {"steps"}


def test_a_section_that_hangs_is_ended_and_the_next_one_begins(tmp_path):
    """Time is over before the first section can end: what would have been a hang."""
    output = tmp_path / "gpu.jsonl"
    blocked = tmp_path / "site"
    blocked.mkdir()
    (blocked / "pandas.py").write_text("import time\ntime.sleep(1000)\n")
    environment = os.environ | {"PYTHONPATH": str(blocked)}
    script = command(output, "--sections", "steps", "compiled", "--budget", "20")
    driver = (
        "import sys; sys.argv = sys.argv[1:];"
        "import gpu; gpu.GRACE_S = 2.0; gpu.write_data = lambda *_: True; gpu.main()"
    )
    environment["PYTHONPATH"] += os.pathsep + str(SCRIPT.parent)
    subprocess.run([sys.executable, "-c", driver, *script[1:]], env=environment, timeout=60)
    said = [(line["section"], line["what"]) for line in lines(output)]
    assert said == [("steps", "error"), ("compiled", "error"), ("all", "end")]
    assert "ended after" in lines(output)[0]["message"]


def test_a_process_that_fails_before_the_start_holds_nobody_up(tmp_path):
    output = tmp_path / "gpu.jsonl"
    run = command(output, "--sections", "together", "--processes", "2", "--budget", "240")
    run[run.index("mresnet")] = "no_such_module:network"
    start = time.monotonic()
    subprocess.run(run, capture_output=True, timeout=300, check=True)
    [line] = [line for line in lines(output) if line["what"] == "together"]
    assert "no_such_module" in line["error"] or "another process failed" in line["error"]
    assert time.monotonic() - start < 60
