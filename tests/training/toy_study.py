"""A small task like the study's: ring against solid blob, somewhere in a noisy head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter


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


def write_study(
    folder: Path,
    *,
    train: int,
    test: int,
    size: tuple[int, int, int] = (32, 32, 32),
    sequences: tuple[str, ...] = ("t1ce",),
    necrosis: float = 0.4,
    seed: int = 0,
) -> dict:
    """Write packed arrays and split of a toy cohort; return the paths `train_run` takes.

    Every sequence shows the same lesion under different noise. Ring is necrosis.
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
        np.save(packed[sequence], np.stack([volume(rng, bool(r), size) for r in ring]))
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
        "split": folder / "split.tsv",
        "packed_cases": folder / "cases.tsv",
        "packed": packed,
    }
