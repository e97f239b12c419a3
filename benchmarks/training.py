"""Speed and memory of the training engine, against the bare step and the usual loops.

engine   throughput of each backbone in the engine, against forward, backward and step alone
         on tensors already in memory; both by turns, same settings, in several processes: where
         a process happens to keep its tensors makes one of two equal networks up to 10 % faster.
loop     an epoch against MONAI's 3D classification tutorial loop (NIfTI files read and
         transformed by a DataLoader) and the same loop with a CacheDataset: time spent outside
         forward, backward and step, whole epoch, loss after the same number of epochs, with the
         same first weights and order of cases. Each in processes of its own, since the engine
         changes how its process keeps memory.
memory   peak resident memory of a run on 500 and on 5,000 small cases.

    python benchmarks/training.py engine --size 64 64 32
    python benchmarks/training.py loop --backbone resnet10 --epochs 3
    python benchmarks/training.py memory

Only ratios from one run are comparable. On a machine that others use, read the columns in CPU
seconds: they count this process and its finished children, not who else had the processor.
"""

from __future__ import annotations

import argparse
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
import yaml
from torch import nn

from radnec.core.files import write_checksum
from radnec.networks.registry import BACKBONES, build_network
from radnec.training.checkpoint import Checkpoint
from radnec.training.data import Volumes, fold_cases
from radnec.training.device import prepare_device
from radnec.training.loop import CHECKPOINT_EVERY_S, Trainer
from radnec.training.loss import Loss
from radnec.training.optimise import epoch_batches, make_optimiser
from radnec.training.order import BATCH_ORDER, prepare_order
from radnec.training.progress import Progress
from radnec.training.settings import TrainingSettings

SEQUENCES = ("t1", "t1ce", "t2")
_CONFIG = Path(__file__).parents[1] / "config" / "config.yaml"
PAPER: dict[str, Any] = yaml.safe_load(_CONFIG.read_text(encoding="utf-8"))["training"]


class Clock:
    """Wall and CPU seconds, and what part of them was forward, backward and step."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.inside = np.zeros(2)
        self.total = np.zeros(2)
        self.epochs: list[float] = []

    def now(self) -> np.ndarray:
        """Return wall and CPU seconds so far."""
        if self._device.type == "cuda":
            torch.cuda.synchronize()
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return np.array([time.perf_counter(), sum(u.ru_utime + u.ru_stime for u in used)])

    @contextmanager
    def within(self, what: str) -> Iterator[None]:
        """Add what the block takes to `inside` or `total`."""
        start = self.now()
        yield
        taken = self.now() - start
        setattr(self, what, getattr(self, what) + taken)
        if what == "total":
            self.epochs.append(float(taken[0]))

    def watch(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return the call, counted as inside."""

        def watched(*arguments: Any, **named: Any) -> Any:
            with self.within("inside"):
                return call(*arguments, **named)

        return watched


def write_packed(folder: Path, cases: int, size: tuple[int, ...], rng: np.random.Generator) -> None:
    """Write packed arrays and tables of volumes in which one class is brighter on one side."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = np.where(np.arange(cases) % 4 == 0, "necrosis", "recurrence")
    for sequence in SEQUENCES:
        path = folder / f"{sequence}.npy"
        array = np.lib.format.open_memmap(path, "w+", np.float16, (cases, *size))
        for row in range(cases):
            volume = rng.random(size, dtype=np.float32) * 0.9
            volume[: size[0] // 2] += 0.1 * (labels[row] == "necrosis")
            array[row] = volume
        array.flush()
        write_checksum(path)
    names = [f"case{row:04}" for row in range(cases)]
    table = pd.DataFrame({"row": range(cases), "case": names, "label": labels})
    table.to_csv(folder / "cases.tsv", sep="\t", index=False)
    table.assign(patient=names, fold="holdout", set="train").to_csv(
        folder / "split.tsv", sep="\t", index=False
    )


def in_process(call: Callable[..., Any], *arguments: Any) -> Any:
    """Return what the call returns in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(call, *arguments).result()


def make_trainer(
    folder: Path,
    backbone: str,
    device: torch.device,
    rate: float,
    seed: int = 1,
    checkpoints: Path | None = None,
    epochs: int = PAPER["epochs"],
) -> Trainer:
    volumes = Volumes({name: folder / f"{name}.npy" for name in SEQUENCES}, SEQUENCES)
    cases = fold_cases(folder / "split.tsv", folder / "cases.tsv", "holdout", ["train"])
    torch.manual_seed(seed)
    return Trainer(
        name=backbone,
        network=build_network(backbone, len(SEQUENCES)).to(device),
        training=cases,
        validation=cases.iloc[:0],
        volumes=volumes,
        settings=TrainingSettings.from_mapping(PAPER | {"learning_rate": rate, "epochs": epochs}),
        seed=seed,
        device=device,
        checkpoint=Checkpoint(checkpoints or folder / "checkpoints", f"{backbone}{seed}"),
    )


def epoch_of(trainer: Trainer) -> float:
    """Train one epoch as `Trainer.run` does and return its mean loss."""
    trainer._train_epoch(Progress(trainer.name, 1, len(trainer.targets), 0))
    trainer._end_epoch()
    return trainer.state.history[-1]["train_loss"]


def bare_epoch(network: nn.Module, optimiser: Any, loss: Loss, batches: list) -> None:
    for images, targets in batches:
        optimiser.zero_grad(set_to_none=True)
        loss(network(images), targets).backward()
        optimiser.step()


def engine_of(
    backbone: str, turn: int, folder: Path, options: argparse.Namespace
) -> tuple[np.ndarray, np.ndarray]:
    """Return wall and CPU seconds of a bare epoch and of one in the engine, by turns.

    The engine saves its state by the clock, which a few epochs meet or miss by chance: each gets
    its share of one save.
    """
    device = prepare_device(options.device, options.threads)
    trainer = make_trainer(folder, backbone, device, PAPER["learning_rate"])
    torch.manual_seed(1)
    network = build_network(backbone, len(SEQUENCES)).to(device)
    network = prepare_order(network, device).train()
    optimiser = make_optimiser(network, trainer.settings)
    batches = [
        (
            trainer.volumes.batch([row, row + 1]).to(device, memory_format=BATCH_ORDER),
            torch.tensor(trainer.targets[row : row + 2], device=device),
        )
        for row in range(0, options.cases, 2)
    ]
    epochs = {
        "bare": lambda: bare_epoch(network, optimiser, trainer.loss, batches),
        "engine": lambda: epoch_of(trainer),
    }
    clocks = {kind: Clock(device) for kind in (*epochs, "save")}
    trainer._saved = math.inf  # never due
    for epoch in epochs.values():  # warms up
        epoch()
    for _ in range(options.epochs):
        for kind in list(epochs) if turn % 2 else reversed(epochs):
            with clocks[kind].within("total"):
                epochs[kind]()
    trainer._saved = -math.inf  # due
    with clocks["save"].within("total"):
        trainer._save_when_due()
    bare, ours = (clocks[kind].total / options.epochs for kind in epochs)
    return bare, ours + ours[0] / CHECKPOINT_EVERY_S * clocks["save"].total


def engine(options: argparse.Namespace) -> None:
    print(f"{options.cases} cases of {options.size}, batches of 2, {options.turns} processes")
    print("cases/s: medians; engine / bare: median (least to most) of the processes")
    print("| backbone | bare, cases/s | engine, cases/s | engine / bare, wall | CPU time |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_packed(folder, options.cases, tuple(options.size), np.random.default_rng(1))
        for backbone in options.backbones:
            turns = range(1, options.turns + 1)
            measured = [in_process(engine_of, backbone, turn, folder, options) for turn in turns]
            bare, ours = (np.array(part) for part in zip(*measured, strict=True))
            ratio = bare / ours
            wall, cpu = (
                f"{np.median(column):.3f} ({column.min():.2f} to {column.max():.2f})"
                for column in ratio.T
            )
            print(
                f"| {backbone} | {options.cases / np.median(bare[:, 0]):.2f} "
                f"| {options.cases / np.median(ours[:, 0]):.2f} | {wall} | {cpu} |",
                flush=True,
            )


def tutorial_files(folder: Path) -> list[dict[str, Any]]:
    table = pd.read_csv(folder / "cases.tsv", sep="\t")
    return [
        {name: str(folder / "nifti" / f"{case}_{name}.nii.gz") for name in SEQUENCES}
        | {"label": int(label == "necrosis")}
        for case, label in zip(table["case"], table["label"], strict=True)
    ]


def tutorial_transforms(options: argparse.Namespace) -> Callable[[dict[str, Any]], Any]:
    from monai import transforms

    return transforms.Compose(
        [
            transforms.LoadImaged(keys=SEQUENCES, ensure_channel_first=True),
            transforms.ScaleIntensityd(keys=SEQUENCES),
            transforms.Resized(keys=SEQUENCES, spatial_size=options.size),
            transforms.ConcatItemsd(keys=SEQUENCES, name="image"),
        ]
    )


class EngineOrder:
    """Batches of an epoch as the engine draws them, for a DataLoader.

    Eight cases in another order end at another loss, by a factor of up to five: loops can only be
    compared by it where they see the cases alike.
    """

    def __init__(self, targets: list[int], seed: int) -> None:
        self._targets, self._seed, self._epoch = targets, seed, 0
        self._settings = TrainingSettings.from_mapping(PAPER)

    def __iter__(self) -> Iterator[list[int]]:
        batches = epoch_batches(self._targets, self._settings, self._seed, self._epoch)
        self._epoch += 1
        return iter(batches)


def tutorial_loop(
    folder: Path,
    options: argparse.Namespace,
    device: torch.device,
    workers: int,
    cached: bool,
    seed: int,
) -> tuple[Clock, list[float]]:
    """Run the loop of MONAI's tutorial densenet_training_dict.py on three sequences."""
    from monai.data import CacheDataset, DataLoader, Dataset

    chain, files = tutorial_transforms(options), tutorial_files(folder)
    data = CacheDataset(files, chain, progress=False) if cached else Dataset(files, chain)
    order = EngineOrder([file["label"] for file in files], seed)
    loader = DataLoader(data, batch_sampler=order, num_workers=workers)
    torch.manual_seed(seed)
    network = build_network(options.backbone, len(SEQUENCES)).to(device).train()
    optimiser = torch.optim.Adam(network.parameters(), options.rate)
    loss_function = nn.CrossEntropyLoss()
    clock, losses = Clock(device), []
    for _ in range(options.epochs):
        summed = 0.0
        with clock.within("total"):
            for batch in loader:
                images, targets = batch["image"].to(device), batch["label"].to(device)
                with clock.within("inside"):
                    optimiser.zero_grad()
                    loss = loss_function(network(images), targets)
                    loss.backward()
                    optimiser.step()
                summed += loss.item() * len(targets)
        losses.append(summed / len(files))
    return clock, losses


def engine_loop(
    folder: Path, options: argparse.Namespace, device: torch.device, seed: int
) -> tuple[Clock, list[float]]:
    trainer = make_trainer(folder, options.backbone, device, options.rate, seed)
    clock = Clock(device)
    trainer.model = clock.watch(trainer.model)
    trainer.loss = clock.watch(trainer.loss)  # type: ignore[assignment]
    trainer.optimiser.step = clock.watch(trainer.optimiser.step)  # type: ignore[method-assign]
    trainer.optimiser.zero_grad = clock.watch(trainer.optimiser.zero_grad)  # type: ignore
    original = torch.Tensor.backward
    torch.Tensor.backward = clock.watch(original)  # type: ignore[method-assign]
    losses = []
    try:
        for _ in range(options.epochs):
            with clock.within("total"):
                losses.append(epoch_of(trainer))
    finally:
        torch.Tensor.backward = original  # type: ignore[method-assign]
    return clock, losses


def write_nifti(folder: Path, options: argparse.Namespace) -> None:
    """Write the packed volumes as NIfTI images, and pack what the tutorial makes of these.

    Engine and loops then learn from the same numbers, but for the rounding to float16.
    """
    import nibabel  # not on every machine with a GPU, see gpu.py

    (folder / "nifti").mkdir()
    index = np.ix_(
        *(np.arange(n) * size // n for n, size in zip(options.grid, options.size, strict=True))
    )
    packed = {name: np.load(folder / f"{name}.npy", mmap_mode="r+") for name in SEQUENCES}
    transform = tutorial_transforms(options)
    for row, files in enumerate(tutorial_files(folder)):
        for sequence, array in packed.items():
            image = (array[row][index] * 4095).astype(np.int16)
            nibabel.Nifti1Image(image, np.eye(4)).to_filename(files[sequence])
        for array, volume in zip(packed.values(), transform(files)["image"], strict=True):
            array[row] = volume
    for sequence, array in packed.items():
        array.flush()
        write_checksum(folder / f"{sequence}.npy")


def loop_of(
    kind: str, seed: int, folder: Path, options: argparse.Namespace
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return wall and CPU seconds of an epoch outside the step and of the whole, and the loss."""
    if kind == "engine":
        device = prepare_device(options.device, options.threads)
        clock, losses = engine_loop(folder, options, device, seed)
    else:
        torch.set_num_threads(options.threads)
        gpu = options.device == "cuda" or (options.device == "auto" and torch.cuda.is_available())
        device = torch.device("cuda" if gpu else "cpu")
        cached = kind == "CacheDataset"
        workers = 0 if cached else int(kind.split()[1])
        clock, losses = tutorial_loop(folder, options, device, workers, cached, seed)
    whole = clock.total / options.epochs
    return whole - clock.inside / options.epochs, whole, losses[-1]


def loop(options: argparse.Namespace) -> None:
    kinds = ["engine", *(f"tutorial, {n} workers" for n in options.workers), "CacheDataset"]
    taken: dict[str, list[tuple[np.ndarray, np.ndarray, float]]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_packed(folder, options.cases, tuple(options.size), np.random.default_rng(1))
        write_nifti(folder, options)
        for seed in range(1, options.turns + 1):
            for kind in kinds:
                taken[kind].append(in_process(loop_of, kind, seed, folder, options))
    print(f"{options.backbone}, {options.cases} cases of {options.size}")
    print("per epoch, medians; loss of the last epoch, mean (least to most) of the seeds")
    print("| loop | outside, wall s | outside, CPU s | whole, wall s | whole, CPU s | loss |")
    print("|---|---|---|---|---|---|")
    found = {}
    for kind, measured in taken.items():
        outsides, wholes, losses = zip(*measured, strict=True)
        outside, whole = np.median(outsides, axis=0), np.median(wholes, axis=0)
        found[kind] = (outside, whole)
        print(
            f"| {kind} | {outside[0]:.3f} | {outside[1]:.3f} | {whole[0]:.2f} "
            f"| {whole[1]:.2f} | {np.mean(losses):.3f} ({min(losses):.3f} to {max(losses):.3f}) |"
        )
    ours = found.pop("engine")
    for kind, (outside, whole) in found.items():
        print(
            f"{kind} / engine: outside {outside[0] / ours[0][0]:.0f} (wall), "
            f"{outside[1] / ours[0][1]:.0f} (CPU); whole {whole[0] / ours[1][0]:.2f} (wall), "
            f"{whole[1] / ours[1][1]:.2f} (CPU)"
        )


def memory(options: argparse.Namespace) -> None:
    """Each run in a process of its own: the peak of a process never falls."""
    print("| cases | packed MB | peak resident MB |")
    print("|---|---|---|")
    peaks = []
    for cases in (500, 5000):
        command = [sys.executable, __file__, "memory-of", "--cases", str(cases)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        packed, peak = done.stdout.split()
        peaks.append(float(peak))
        print(f"| {cases} | {packed} | {peak} |", flush=True)
    print(f"5,000 / 500: {peaks[1] / peaks[0]:.3f}")


def memory_of(options: argparse.Namespace, device: torch.device) -> None:
    from radnec.training.checkpoint import run_key

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Written by a child, so that its memory does not count here.
        subprocess.run([sys.executable, __file__, "write", folder, str(options.cases)], check=True)
        trainer = make_trainer(folder, "mresnet", device, PAPER["learning_rate"])
        run_key({}, trainer.training, trainer.volumes)
        for row in range(0, options.cases, 2):
            [images] = trainer.source.epoch([[row, row + 1]])
            if row < 100:
                trainer.loss(trainer.model(images), torch.tensor([0, 1])).backward()
                trainer.optimiser.step()
        packed = sum((folder / f"{name}.npy").stat().st_size for name in SEQUENCES)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(f"{packed / 1e6:.0f} {peak / 1e6:.0f}")


def main() -> None:
    if sys.argv[1:2] == ["write"]:
        write_packed(Path(sys.argv[2]), int(sys.argv[3]), (32, 32, 32), np.random.default_rng(1))
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["engine", "loop", "memory", "memory-of"])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--size", type=int, nargs=3, default=[160, 160, 32], help="network input")
    parser.add_argument("--grid", type=int, nargs=3, default=[256, 256, 32], help="NIfTI files")
    parser.add_argument("--cases", type=int, default=8)
    parser.add_argument("--turns", type=int, default=3, help="processes; a seed each in loop")
    parser.add_argument("--backbones", nargs="+", default=list(BACKBONES), help="for engine")
    parser.add_argument("--backbone", default="resnet10", help="for loop")
    parser.add_argument("--epochs", type=int, default=3, help="of each process")
    parser.add_argument("--rate", type=float, default=1e-4, help="learning rate, for loop")
    parser.add_argument("--workers", type=int, nargs="+", default=[0], help="for loop")
    options = parser.parse_args()
    if options.what == "engine":
        engine(options)
    elif options.what == "loop":
        loop(options)
    elif options.what == "memory":
        memory(options)
    else:
        memory_of(options, prepare_device(options.device, options.threads))


if __name__ == "__main__":
    main()
