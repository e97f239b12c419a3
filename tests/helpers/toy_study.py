"""A small task like the study's: ring against solid blob, somewhere in a noisy head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter
from torch import nn

from radnec.core.files import write_checksum
from radnec.training.settings import TrainingSettings

SETTINGS: dict[str, Any] = {
    "learning_rate": 1.0e-3,
    "batch_size": 2,
    "epochs": 2,
    "optimiser": "adam",
    "weight_decay": 0.0,
    "loss": "cross_entropy",
    "sampling": "shuffled",
    "augmentation": [],
    "schedule": "constant",
    "accumulation": 1,
    "validation_fraction": 0.0,
    "patience": 0,
    "batch_norm": "running",
    "average": 0.0,
    "precision": "float32",
    "compile": False,
    "autotune": False,
    "deterministic": True,
    "temperature": False,
    "test_time_flips": [],
    "pretrained": {},
    "grid": {},
    "grid_folds": 2,
}
TINY = "toy_study:tiny"


def settings(**changed: Any) -> TrainingSettings:
    """Return quick settings with some keys changed."""
    return TrainingSettings.from_mapping(SETTINGS | changed)


def tiny() -> nn.Module:
    """Return a 2D network with all that makes a run hard to repeat: statistics and dropout."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(16, 2),
    )


def small() -> nn.Module:
    """Return a 2D network large enough for the toy task and quick on one thread."""
    layers: list[nn.Module] = []
    for before, after, stride in ((3, 8, 1), (8, 16, 2), (16, 32, 2)):
        layers += [nn.Conv2d(before, after, 3, stride, padding=1), nn.BatchNorm2d(after)]
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(32, 2))


def tiny_without_state() -> nn.Module:
    """Return a 2D network in which a case does not depend on the others of its batch."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(8, 2),
    )  # fmt: skip


def volume(rng: np.random.Generator, ring: bool, size: tuple[int, int, int]) -> np.ndarray:
    """Return one float32 volume in [0, 1]: an ellipsoid with texture and one lesion."""
    axes = np.meshgrid(*(np.linspace(-1, 1, n) for n in size), indexing="ij")
    head = sum(axis**2 for axis in axes) < 0.95**2
    image = 0.35 * head + 0.05 * gaussian_filter(rng.standard_normal(size), 2)
    centre = rng.uniform(-0.4, 0.4, 3)
    stretch = rng.uniform(0.85, 1.15, 3)
    distance = np.sqrt(
        sum(((a - c) / s) ** 2 for a, c, s in zip(axes, centre, stretch, strict=True))
    )
    radius = rng.uniform(0.28, 0.42)
    lesion = distance < radius
    if ring:
        lesion &= distance > 0.6 * radius
    image += rng.uniform(0.35, 0.6) * gaussian_filter(lesion.astype(float), 0.6)
    image += 0.03 * rng.standard_normal(size)
    image -= image.min()
    return (image / image.max()).astype(np.float32)


def save_packed(path: Path, array: np.ndarray) -> None:
    """Write a packed array and its checksum."""
    np.save(path, array)
    write_checksum(path)


def write_study(
    folder: Path,
    *,
    train: int,
    test: int,
    size: tuple[int, int, int] = (32, 32, 32),
    sequences: tuple[str, ...] = ("t1ce",),
    necrosis: float = 0.4,
    seed: int = 0,
    noise_only: bool = False,
) -> dict[str, Any]:
    """Write packed arrays and split of a toy cohort; return what `train_run` takes of it.

    Every sequence shows the same kind of lesion. Ring is necrosis. With `noise_only` the
    volumes say nothing about the labels, and are made quicker.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    total = train + test
    ring = np.zeros(total, dtype=bool)
    ring[: round(necrosis * train)] = True
    ring[train : train + round(0.5 * test)] = True
    packed = {}
    for sequence in sequences:
        packed[sequence] = folder / f"{sequence}.npy"
        if noise_only:
            save_packed(packed[sequence], rng.random((total, *size), dtype=np.float32))
        else:
            save_packed(packed[sequence], np.stack([volume(rng, bool(r), size) for r in ring]))
    cases = [f"case{i:03}" for i in range(total)]
    labels = np.where(ring, "necrosis", "recurrence")
    pd.DataFrame({"row": range(total), "case": cases, "label": labels}).to_csv(
        folder / "cases.tsv", sep="\t", index=False
    )
    pd.DataFrame(
        {
            "case": cases,
            "patient": cases,
            "label": labels,
            "fold": "holdout",
            "set": ["train"] * train + ["test"] * test,
        }
    ).to_csv(folder / "split.tsv", sep="\t", index=False)
    return {
        "sequences": list(sequences),
        "split": folder / "split.tsv",
        "packed_cases": folder / "cases.tsv",
        "packed": packed,
        "fold": "holdout",
    }


def run_arguments(study: dict[str, Any], folder: Path, **changed: Any) -> dict[str, Any]:
    """Return all arguments of `train_run` for a quick run into `folder`."""
    return {
        "backbone": TINY,
        "inputs": "toy",
        "seed": 1,
        "settings": settings(),
        "device": "cpu",
        "threads": 1,
        "checkpoints": folder / "checkpoints",
        "outdir": folder / "run",
        **study,
        **changed,
    }
