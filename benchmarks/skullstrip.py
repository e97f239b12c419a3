"""Accuracy and time of the atlas backend against the true brains of phantom heads.

Every patient is stripped with T1ce, T1, T2 and FLAIR as the reference in turn, and with T1ce once
more after a large bright lesion was drawn at the surface. The peer of the same run is what is
left without this project's own part: the template's mask as ANTs' affine and SyN registration
carry it, before the edge is refined.

    OMP_NUM_THREADS=1 ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS=1 python benchmarks/skullstrip.py
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from phantom_heads import PhantomHead, phantom_heads
from scipy import ndimage

from radnec.core.sequences import SEQUENCES
from radnec.preprocess.itk import load_ants
from radnec.preprocess.skullstrip import atlas
from radnec.preprocess.skullstrip.mask_check import mask_flags, measure_mask
from radnec.preprocess.skullstrip.template import Template, find_template
from radnec.preprocess.volumes import Affine, Volume, read_mask, read_volume, spacing_of

Mask = np.ndarray
REFERENCES = (*SEQUENCES, "t1ce with lesion")


def true_brain(head: PhantomHead, sequence: str, shape: tuple[int, ...], affine: Affine) -> Mask:
    """Return the true brain on the grid of a sequence, which moved against T1ce."""
    brain, own = read_mask(head.brain())
    to_voxel = np.linalg.inv(own) @ head.movement(sequence, "t1ce") @ affine
    carried = ndimage.affine_transform(
        brain.astype(np.float32), to_voxel[:3, :3], to_voxel[:3, 3], output_shape=shape, order=1
    )
    return np.asarray(carried > 0.5)


def with_lesion(data: Volume, affine: Affine, brain: Mask, seed: int) -> Volume:
    """Draw a lesion of 50 mm, as bright as fat with a dark core, where the brain meets bone."""
    spacing = spacing_of(affine)
    edge = np.argwhere(brain & ~ndimage.binary_erosion(brain))
    middle = edge[np.random.default_rng(seed).integers(len(edge))]
    axes = np.ogrid[tuple(slice(n) for n in data.shape)]
    away = [(x - m) * step for x, m, step in zip(axes, middle, spacing, strict=True)]
    distance = np.sqrt(sum(a**2 for a in away))
    shown = data.copy()
    shown[brain & (distance < 25)] = 1.8 * np.median(data[brain])
    shown[brain & (distance < 12)] = 0.4 * np.median(data[brain])
    return shown


def dice(found: Mask, true: Mask) -> float:
    """Return twice the common volume over the sum of both."""
    return float(2 * np.count_nonzero(found & true) / (found.sum() + true.sum()))


def strip(data: Volume, affine: Affine, template: Template) -> tuple[Mask, Mask, float]:
    """Return the mask, the mask before its edge was refined, and the CPU seconds taken."""
    carried: list[Mask] = []
    refine = atlas.refine_edge

    def kept(image: Volume, own: Affine, mask: Mask, height: Volume) -> Mask:
        to_own = np.linalg.inv(own) @ affine
        full = ndimage.affine_transform(
            mask.astype(np.float32), to_own[:3, :3], to_own[:3, 3], output_shape=data.shape, order=1
        )
        carried.append(full > 0.5)
        return refine(image, own, mask, height)

    atlas.refine_edge = kept
    try:
        begin = time.process_time()
        mask = atlas.atlas_mask(data, affine, template, 1)
        return mask, carried[0], time.process_time() - begin
    finally:
        atlas.refine_edge = refine


def measure(heads: list[PhantomHead], references: Sequence[str]) -> pd.DataFrame:
    """Strip every head by each of the references; one row each."""
    template = find_template("", "")
    rows = []
    for number, head in enumerate(heads):
        for name in references:
            sequence = name.split()[0]
            data, affine = read_volume(head.image(sequence))
            true = true_brain(head, sequence, data.shape, affine)
            if name != sequence:
                data = with_lesion(data, affine, true, number)
            mask, before, seconds = strip(data, affine, template)
            measures = measure_mask(mask, affine)
            rows.append(
                {
                    "case": head.name,
                    "reference": name,
                    "dice": dice(mask, true),
                    "carried": dice(before, true),
                    "volume": np.count_nonzero(mask) / np.count_nonzero(true),
                    "flags": "; ".join(mask_flags(measures, (800.0, 2200.0))),
                    "seconds": seconds,
                }
            )
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=6, help="simulated patients")
    parser.add_argument("--seed", type=int, default=21, help="20: those the edge was tuned on")
    parser.add_argument("--references", nargs="+", choices=REFERENCES, default=REFERENCES)
    parser.add_argument("--folder", type=Path, help="keep the simulated images of a seed here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        heads = phantom_heads(
            arguments.folder or Path(scratch),
            arguments.cases,
            movement_mm=3,
            movement_degrees=3,
            seed=arguments.seed,
        )
        load_ants(1)
        table = measure(heads, arguments.references)
    columns = ["dice", "carried", "volume", "seconds"]
    print(table.groupby("reference")[columns].agg(["mean", "min", "max"]).round(3).to_string())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"flagged: {(table['flags'] != '').sum()} of {len(table)}; peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
