"""Killed at any moment, the next start goes on; a changed run never picks up an old state."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import torch
from toy_study import run_arguments, settings, write_study

from radnec.training import loop
from radnec.training.run import train_run

SIZE = (16, 18, 14)
# Dropout, batch statistics, augmentation, a validation part, groups of two batches.
FULL = {
    "epochs": 40,
    "validation_fraction": 0.25,
    "accumulation": 2,
    "schedule": "cosine",
    "sampling": "balanced",
    "batch_norm": "recomputed",
}
WORKER = """
import json, sys
from pathlib import Path
from radnec.training import loop
from radnec.training.run import train_run
from radnec.training.settings import TrainingSettings
loop.CHECKPOINT_EVERY_S = 0.0
job = json.loads(Path(sys.argv[1]).read_text())
for name in ("split", "packed_cases", "checkpoints", "outdir"):
    job[name] = Path(job[name])
job["packed"] = {name: Path(path) for name, path in job["packed"].items()}
job["settings"] = TrainingSettings.from_json(job["settings"])
train_run(**job)
"""


def start(arguments: dict, folder: Path) -> subprocess.Popen:
    job = {
        key: str(value) if isinstance(value, Path) else value for key, value in arguments.items()
    }
    job["packed"] = {name: str(path) for name, path in job["packed"].items()}
    job["settings"] = job["settings"].to_json()
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parents[1] / "helpers"), str(Path(loop.__file__).parents[2])]
    )
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def state_file(folder: Path) -> Path | None:
    return next(iter((folder / "checkpoints").glob("*/state.pt")), None)


def wait_for_a_step(process: subprocess.Popen, folder: Path, before: float) -> None:
    """Return when the process has written a state later than `before`."""
    while process.poll() is None:
        path = state_file(folder)
        if path is not None and path.exists() and path.stat().st_mtime > before:
            return
        time.sleep(0.005)
    raise AssertionError(f"ended before it was killed: {process.communicate()[0]}")


def killed_and_resumed(arguments: dict, folder: Path, kills: int) -> tuple[bytes, list[int]]:
    folder.mkdir()
    moments = random.Random(7)
    epochs = []
    for _ in range(kills):
        path = state_file(folder)
        before = path.stat().st_mtime if path else 0.0
        process = start(arguments, folder)
        wait_for_a_step(process, folder, before)
        time.sleep(moments.uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        saved = torch.load(state_file(folder), weights_only=True)
        epochs.append(saved["state"]["epoch"])
    process = start(arguments, folder)
    output = process.communicate(timeout=300)[0]
    assert process.returncode == 0, output
    return (arguments["outdir"] / "weights.safetensors").read_bytes(), epochs


def test_killed_three_times_ends_with_the_same_bytes(tmp_path):
    study = write_study(tmp_path / "study", train=20, test=2, size=SIZE, noise_only=True)
    chosen = settings(**FULL)
    plain = run_arguments(study, tmp_path / "plain", settings=chosen)
    train_run(**plain)
    broken = run_arguments(study, tmp_path / "broken", settings=chosen)
    weights, epochs = killed_and_resumed(broken, tmp_path / "broken", kills=3)
    assert epochs == sorted(epochs)
    assert epochs[-1] < FULL["epochs"]
    assert weights == (plain["outdir"] / "weights.safetensors").read_bytes()
    assert (broken["outdir"] / "history.tsv").read_bytes() == (
        plain["outdir"] / "history.tsv"
    ).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["resnet10", "vgg11"])
def test_killed_backbone_ends_with_the_same_bytes(tmp_path, backbone):
    study = write_study(tmp_path / "study", train=8, test=2, noise_only=True)
    chosen = settings(epochs=4, augmentation=["flip", "shift", "noise"])
    plain = run_arguments(study, tmp_path / "plain", settings=chosen, backbone=backbone)
    train_run(**plain)
    broken = run_arguments(study, tmp_path / "broken", settings=chosen, backbone=backbone)
    weights, _ = killed_and_resumed(broken, tmp_path / "broken", kills=3)
    assert weights == (plain["outdir"] / "weights.safetensors").read_bytes()


def test_sigterm_saves_and_the_next_start_goes_on(tmp_path, monkeypatch):
    study = write_study(tmp_path / "study", train=8, test=2, size=SIZE, noise_only=True)
    plain = run_arguments(study, tmp_path / "plain", settings=settings(epochs=3))
    train_run(**plain)
    stopped = run_arguments(study, tmp_path / "stopped", settings=settings(epochs=3))
    steps = []

    def once(self, *arguments, original=loop.Loss.__call__):
        steps.append(1)
        if len(steps) == 6:
            os.kill(os.getpid(), signal.SIGTERM)
        return original(self, *arguments)

    monkeypatch.setattr(loop.Loss, "__call__", once)
    with pytest.raises(SystemExit, match="SIGTERM, state saved"):
        train_run(**stopped)
    assert state_file(tmp_path / "stopped") is not None
    train_run(**stopped)
    assert len(steps) == 3 * 4
    assert (stopped["outdir"] / "weights.safetensors").read_bytes() == (
        plain["outdir"] / "weights.safetensors"
    ).read_bytes()


def test_changed_setting_starts_afresh(tmp_path):
    study = write_study(tmp_path / "study", train=8, test=2, size=SIZE, noise_only=True)
    folder = tmp_path / "run"
    folder.mkdir()
    arguments = run_arguments(study, folder, settings=settings(epochs=60))
    process = start(arguments, folder)
    wait_for_a_step(process, folder, 0.0)
    process.kill()
    process.wait()
    changed = arguments["settings"].model_copy(update={"epochs": 2, "learning_rate": 5e-4})
    train_run(**arguments | {"settings": changed})
    train_run(**run_arguments(study, tmp_path / "fresh", settings=changed))
    assert (folder / "run/weights.safetensors").read_bytes() == (
        tmp_path / "fresh/run/weights.safetensors"
    ).read_bytes()
    assert state_file(folder) is not None, "the other run's state is left alone"


def test_a_finished_run_is_not_trained_again_unless_it_changes(tmp_path, monkeypatch):
    study = write_study(tmp_path / "study", train=12, test=4, size=SIZE)
    arguments = run_arguments(study, tmp_path / "run", settings=settings(**FULL | {"epochs": 2}))
    train_run(**arguments)
    outdir = arguments["outdir"]
    first = {name: (outdir / name).read_bytes() for name in ("weights.safetensors", "history.tsv")}
    for path in outdir.iterdir():
        if path.is_file():
            path.unlink()  # as Snakemake does before it starts a job again

    steps = []
    train_epoch = loop.Trainer._train_epoch
    monkeypatch.setattr(
        loop.Trainer, "_train_epoch", lambda self, p: steps.append(1) or train_epoch(self, p)
    )
    # The label of a test case is no part of the weights.
    table = pd.read_csv(arguments["split"], sep="\t", dtype=str)
    test = table.index[table["set"] == "test"][0]
    table.loc[test, "label"] = "necrosis"
    table.to_csv(arguments["split"], sep="\t", index=False)
    train_run(**arguments)
    assert not steps
    assert first == {name: (outdir / name).read_bytes() for name in first}

    train_run(**arguments | {"seed": 2})
    assert len(steps) == 2
    assert (outdir / "weights.safetensors").read_bytes() != first["weights.safetensors"]
    # One state a run: the last finished one.
    assert len(list(arguments["checkpoints"].glob("*/state.pt"))) == 1
