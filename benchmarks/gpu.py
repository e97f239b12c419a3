"""What a GPU makes of the study: one command, to be run where there is one.

For each backbone at the default volume size: time of an epoch, share of it in which the GPU
computes, and the effect of each speed measure by itself, taken away from the full set or added
to it. Then how many runs side by side pay, what all 24 runs x 300 epochs of a cohort of 234
cases (176 to train on) would take, and how far predictions on CPU and GPU are apart.

    python benchmarks/gpu.py
    python benchmarks/gpu.py --device cpu --size 48 48 32 --steps 2 --backbones resnet10

The second line only shows that the benchmark itself works where there is no GPU.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from training import PAPER, SEQUENCES, write_packed

from radnec.networks.registry import BACKBONES, build_network
from radnec.training.data import Volumes
from radnec.training.device import autocast, on_device, prepare_device
from radnec.training.loss import Loss
from radnec.training.optimise import make_optimiser
from radnec.training.order import BATCH_ORDER
from radnec.training.settings import TrainingSettings

TRAINING, RUNS, EPOCHS = 176, 4, 300

# What each measure changes against the engine's own way in float32.
MEASURES: dict[str, dict[str, Any]] = {
    "float32 (the default)": {},
    "without the set on the device": {"resident": False},
    "without channels_last_3d": {"channels_last": False},
    "without the fused optimiser": {"fused": False},
    "not deterministic": {"deterministic": False},
    "bfloat16": {"precision": "bfloat16"},
    "bfloat16 without channels_last_3d": {"precision": "bfloat16", "channels_last": False},
    "bfloat16, compiled": {"precision": "bfloat16", "compile": "default"},
    "bfloat16, compiled with CUDA graphs": {"precision": "bfloat16", "compile": "reduce-overhead"},
    "bfloat16, not deterministic": {"precision": "bfloat16", "deterministic": False},
}


def stepper(
    folder: Path,
    backbone: str,
    device: torch.device,
    *,
    resident: bool = True,
    channels_last: bool = True,
    fused: bool = True,
    deterministic: bool = True,
    precision: str = "float32",
    compile: str | None = None,
) -> Callable[[int], None]:
    """Return a function that makes the n-th training step, all but logging included."""
    torch.use_deterministic_algorithms(deterministic, warn_only=True)
    torch.backends.cudnn.benchmark = not deterministic
    settings = TrainingSettings.from_mapping(PAPER)
    volumes = Volumes({name: folder / f"{name}.npy" for name in SEQUENCES}, SEQUENCES)
    rows = list(range(np.load(folder / "t1.npy", mmap_mode="r").shape[0]))
    images_of = on_device(volumes, rows, device if resident else torch.device("cpu"), 2)
    order = BATCH_ORDER if channels_last else torch.contiguous_format
    network = build_network(backbone, len(SEQUENCES)).to(device).to(memory_format=order).train()
    optimiser = make_optimiser(network, settings)
    if not fused:
        optimiser = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    loss = Loss("cross_entropy", [0, 1], device)
    targets = torch.tensor([0, 1], device=device)
    model = torch.compile(network, mode=compile) if compile else network

    def step(number: int) -> None:
        positions = [(2 * number) % len(rows), (2 * number + 1) % len(rows)]
        images = images_of(positions).to(device, memory_format=order)
        with autocast(device, precision):
            logits = model(images)
        loss(logits, targets).backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)

    return step


def synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds_per_step(step: Callable[[int], None], steps: int, device: torch.device) -> float:
    for number in range(3):
        step(number)
    synchronise(device)
    start = time.perf_counter()
    for number in range(steps):
        step(number)
    synchronise(device)
    return (time.perf_counter() - start) / steps


def busy_share(step: Callable[[int], None], steps: int, device: torch.device) -> float:
    """Return the part of the time in which some kernel runs, from the profiler's trace."""
    if device.type != "cuda":
        return float("nan")
    activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        start = time.perf_counter()
        for number in range(steps):
            step(number)
        synchronise(device)
        wall = time.perf_counter() - start
    kernels = sum(
        event.self_device_time_total
        for event in profile.key_averages()
        if event.device_type == torch.autograd.DeviceType.CUDA
    )
    return kernels / 1e6 / wall


def side_by_side(folder: Path, backbone: str, device: str, processes: int, steps: int) -> float:
    """Return steps per second of several runs together."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes + 1)
    workers = [
        context.Process(target=_worker, args=(folder, backbone, device, steps, barrier))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    start = time.perf_counter()
    barrier.wait()
    taken = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return processes * steps / taken


def _worker(folder: Path, backbone: str, device: str, steps: int, barrier: Any) -> None:
    target = prepare_device(device, 1)
    step = stepper(folder, backbone, target)
    for number in range(3):
        step(number)
    synchronise(target)
    barrier.wait()
    for number in range(steps):
        step(number)
    synchronise(target)
    barrier.wait()


def largest_difference(folder: Path, backbone: str, device: torch.device) -> float:
    """Return the largest difference of a probability between CPU and device, in float32."""
    volumes = Volumes({name: folder / f"{name}.npy" for name in SEQUENCES}, SEQUENCES)
    torch.manual_seed(1)
    network = build_network(backbone, len(SEQUENCES)).eval()
    images = volumes.batch([0, 1])
    with torch.no_grad():
        here = torch.softmax(network(images), dim=1)
        there = torch.softmax(network.to(device)(images.to(device)), dim=1).cpu()
    return float((here - there).abs().max())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--size", type=int, nargs=3, default=[160, 160, 32])
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--cases", type=int, default=TRAINING)
    parser.add_argument("--backbones", nargs="+", default=list(BACKBONES))
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    device = prepare_device(options.device, 1)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(f"{name}, torch {torch.__version__}, volumes {options.size} x {len(SEQUENCES)}, batch 2")
    hours: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_packed(folder, options.cases, tuple(options.size), np.random.default_rng(1))
        for backbone in options.backbones:
            print(f"\n{backbone}\n\n| measures | s/epoch of {TRAINING} cases | GPU busy | GiB |")
            print("|---|---|---|---|")
            for label, changed in MEASURES.items():
                if "compile" in changed and device.type != "cuda":
                    continue
                if device.type == "cuda":
                    torch.cuda.empty_cache()
                    torch.cuda.reset_peak_memory_stats(device)
                torch._dynamo.reset()
                step = stepper(folder, backbone, device, **changed)
                epoch = seconds_per_step(step, options.steps, device) * TRAINING / 2
                busy = busy_share(step, min(options.steps, 10), device)
                used = float("nan")
                if device.type == "cuda":
                    used = torch.cuda.max_memory_allocated(device) / 2**30
                print(f"| {label} | {epoch:.2f} | {busy:.2f} | {used:.1f} |", flush=True)
                hours.setdefault(label, 0.0)
                hours[label] += epoch * EPOCHS * RUNS / 3600
                del step
            for processes in options.processes:
                rate = side_by_side(folder, backbone, options.device, processes, options.steps)
                print(f"{processes} side by side: {rate:.2f} steps/s together", flush=True)
            difference = largest_difference(folder, backbone, device)
            print(
                f"CPU against {device.type}: largest difference of a probability {difference:.1e}"
            )
    print(f"\n{len(options.backbones)} backbones x {RUNS} inputs x {EPOCHS} epochs, one at a time:")
    for label, total in hours.items():
        print(f"  {label}: {total:.1f} h (inputs of one sequence counted as three)")


if __name__ == "__main__":
    main()
