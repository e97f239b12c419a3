"""The training engine itself: its epoch, how busy it keeps the GPU, killed runs that go on."""

from __future__ import annotations

import multiprocessing
import shutil
import time
from pathlib import Path

import torch
from training import epoch_of, make_trainer

from on_gpu.common import Section, seconds_per_step, stepper
from radnec.training import loop
from radnec.training.device import set_arithmetic


def measure(section: Section) -> None:
    for backbone in section.networks()[:2]:
        with section.measure("epoch", backbone=backbone) as found:
            set_arithmetic(section.device, "float32", deterministic=True)
            trainer = make_trainer(section.folder / "full", backbone, section.device, 1e-5)
            trainer._saved = float("inf")  # no save within the measure
            found["first_s"] = seconds_of_epoch(section, trainer)
            found["seconds"] = min(seconds_of_epoch(section, trainer) for _ in range(2))
            found["source"] = type(trainer.source).__name__
            found["busy_share"] = busy_share(section, trainer)
            step = stepper(section, section.network(backbone), *section.batches())
            bare = seconds_per_step(section, step, section.options.steps) * len(trainer.targets) / 2
            found["speed_against_bare_step"] = bare / found["seconds"]
    backbone = section.options.backbones[0]
    with section.measure("killed", backbone=backbone) as found:
        found |= killed_and_resumed(section, backbone)


def seconds_of_epoch(section: Section, trainer: loop.Trainer) -> float:
    section.synchronise()
    start = time.perf_counter()
    epoch_of(trainer)
    section.synchronise()
    return time.perf_counter() - start


def busy_share(section: Section, trainer: loop.Trainer) -> float | None:
    """Return the part of an epoch in which some kernel runs, from the profiler's trace."""
    if not section.on_gpu:
        return None
    activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        wall = seconds_of_epoch(section, trainer)
    kernels = sum(
        event.self_device_time_total
        for event in profile.key_averages()
        if event.device_type == torch.autograd.DeviceType.CUDA
    )
    return kernels / 1e6 / wall


def killed_and_resumed(section: Section, backbone: str) -> dict[str, object]:
    """Compare a run that was killed, on this device and then on the CPU, with one that was not."""
    small = section.folder / "small"
    device = str(section.device)
    plain = trained(section, backbone, small / "plain", device)
    killed = small / "killed"
    process = start(backbone, small, killed, device)
    wait_for(section, lambda: any(killed.glob("*/state.pt")))
    process.kill()
    process.join()
    if (killed / "weights.pt").exists():
        return {"error": "the run had ended before it was killed"}
    shutil.copytree(killed, small / "elsewhere")
    resumed = trained(section, backbone, killed, device)
    found: dict[str, object] = {
        "same_bits": all(torch.equal(resumed[name], value) for name, value in plain.items())
    }
    if section.on_gpu:
        elsewhere = trained(section, backbone, small / "elsewhere", "cpu")
        found["resumed_on_cpu_differs_by"] = max(
            float((elsewhere[name].double() - value.double()).abs().max())
            for name, value in plain.items()
        )
    return found


def trained(
    section: Section, backbone: str, checkpoints: Path, device: str
) -> dict[str, torch.Tensor]:
    process = start(backbone, section.folder / "small", checkpoints, device)
    try:
        wait_for(section, lambda: not process.is_alive())
    finally:
        process.kill()
    weights: dict[str, torch.Tensor] = torch.load(checkpoints / "weights.pt", weights_only=True)
    return weights


def start(
    backbone: str, data: Path, checkpoints: Path, device: str
) -> multiprocessing.process.BaseProcess:
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=train, args=(backbone, data, checkpoints, device), daemon=True)
    process.start()
    return process


def wait_for(section: Section, condition: object) -> None:
    while not condition():  # type: ignore[operator]
        if section.left <= 0:
            raise TimeoutError("no time was left")
        time.sleep(0.01)


def train(backbone: str, data: Path, checkpoints: Path, device: str) -> None:
    """Train a few epochs, saving after each step, and leave the weights."""
    loop.CHECKPOINT_EVERY_S = 0.0
    target = torch.device(device)
    set_arithmetic(target, "float32", deterministic=True)
    trainer = make_trainer(data, backbone, target, 1e-4, checkpoints=checkpoints, epochs=3)
    weights = trainer.run(lambda history: None)
    torch.save(weights, checkpoints / "weights.part")
    (checkpoints / "weights.part").rename(checkpoints / "weights.pt")
