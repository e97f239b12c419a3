"""How often the second opinion remarks on good masks, and on masks spoiled in ten ways.

FOLDER is that of benchmarks/real_heads.py, whose masks are there already: those of HD-BET 1 are
taken for good and checked by deepbet, those of deepbet by the atlas. `--cases` adds phantoms with
their true masks. Every other head is of the half on which limits may be chosen (`set`); what is
told of them is what the other half shows (`told`).

    OMP_NUM_THREADS=1 python benchmarks/second_opinion.py FOLDER --cases 4
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import numpy.typing as npt
import pandas as pd
from phantom_heads import phantom_heads
from real_heads import BACKENDS, head_name, heads_of
from scipy import ndimage

from radnec.preprocess.quality.second_opinion import disagreements
from radnec.preprocess.skullstrip.agreement import compare_masks
from radnec.preprocess.volumes import Affine, spacing_of

Mask = npt.NDArray[np.bool_]
CHECKS = {"deepbet": "hd-bet-1", "atlas": "deepbet"}
# The brain of the MNI template, mm: places are given in its millimetres, and go to a head by the
# box around its mask.
_LOW, _HIGH = np.array([-70.0, -104.0, -66.0]), np.array([70.0, 71.0, 80.0])
_LEAST_ML = 3.0


class Spoiler:
    """Spoils the mask of one head, on RAS voxels."""

    def __init__(self, mask: Mask, affine: Affine) -> None:
        self.mask, self.affine = mask, affine
        self.spacing = spacing_of(affine)
        voxels = np.array(np.nonzero(mask))
        points = affine[:3, :3] @ voxels + affine[:3, 3:]
        # The lowest slices may be missing: height is measured from the top.
        low, high = points.min(axis=1), points.max(axis=1)
        scale = (high - low) / (_HIGH - _LOW)
        scale[2] = scale[:2].mean()
        self.scale, self.top = scale, high
        away = np.where(
            mask,
            -ndimage.distance_transform_edt(mask, sampling=self.spacing),
            ndimage.distance_transform_edt(~mask, sampling=self.spacing),
        )
        self.distance = away

    def place(self) -> npt.NDArray[np.float64]:
        """Return the place of every voxel in the template's millimetres, (3, x, y, z)."""
        voxels = np.indices(self.mask.shape).reshape(3, -1)
        points = self.affine[:3, :3] @ voxels + self.affine[:3, 3:]
        there = (points - self.top[:, None]) / self.scale[:, None] + _HIGH[:, None]
        return np.asarray(there).reshape(3, *self.mask.shape)

    def spoiled(self) -> Iterator[tuple[str, Mask]]:
        """Yield what was done and the mask, where it changes at least 3 ml."""
        x, y, z = self.place()

        def ball(a: float, b: float, c: float, radius: float) -> Mask:
            return np.asarray((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2 < radius**2)

        mask, away = self.mask, self.distance
        sinus = (x / 22) ** 2 + ((y - 74) / 9) ** 2 + ((z - 2) / 16) ** 2 < 1
        neck = ((x / 22) ** 2 + ((y + 38) / 24) ** 2 < 1) & (z < -50) & (z > -110)
        made = {
            "an eye added (24 mm)": mask | ball(33, 58, -38, 12),
            "both orbits added": mask | ball(33, 50, -36, 18) | ball(-33, 50, -36, 18),
            "frontal sinus added": mask | sinus,
            "cortex cut, 8 mm deep": mask & ~((away > -8) & (x > 15) & (z > 0)),
            "temporal pole missing": mask & ~ball(44, 12, -30, 18),
            "dilated by 3 mm": away < 3,
            "eroded by 3 mm": away < -3,
            "shifted by 7 mm": np.roll(mask, round(7 / self.spacing[1]), axis=1),
            "a hole of 24 mm": mask & ~ball(25, -20, 25, 12),
            "neck added": mask | neck,
        }
        voxel_ml = float(np.prod(self.spacing)) / 1000
        for name, one in made.items():
            if np.count_nonzero(one ^ mask) * voxel_ml >= _LEAST_ML:
                yield name, one


def judged(head: str, good: Path, second: Path, method: str) -> Iterator[dict[str, object]]:
    """Yield how the second mask judges the good one, and each spoiled one."""
    mask, other = (nib.as_closest_canonical(nib.load(path)) for path in (good, second))
    inside, affine = np.asarray(mask.dataobj) > 0, np.asarray(mask.affine)
    against = np.asarray(other.dataobj) > 0
    for what, one in (("nothing", inside), *Spoiler(inside, affine).spoiled()):
        found = compare_masks(one, against, affine)
        remarked = bool(disagreements(found, method))
        yield {"head": head, "method": method, "spoiled": what, "remarked": remarked} | (
            dataclasses.asdict(found)
        )


def real(folder: Path) -> Iterator[tuple[str, Path, Path, str]]:
    """Yield head, good mask, second mask and method of the heads that have both."""
    for path in heads_of(folder):
        for method, good in CHECKS.items():
            masks = [folder / "masks" / name / path.name for name in (good, method)]
            if all(mask.is_file() for mask in masks):
                yield head_name(path), masks[0], masks[1], method


def phantoms(folder: Path, cases: int) -> Iterator[tuple[str, Path, Path, str]]:
    """Simulate patients and let both methods strip their T1ce."""
    strips = {method: BACKENDS[method]() for method in CHECKS}
    for head in phantom_heads(folder, cases, movement_mm=0.0, movement_degrees=0.0):
        image = nib.load(head.image("t1ce"))
        for method, strip in strips.items():
            made = folder / f"{head.name}_{method}.nii.gz"
            mask = strip(head.image("t1ce")).astype(np.uint8)
            nib.save(nib.Nifti1Image(mask, image.affine), made)
            yield f"phantom {head.name}", head.brain(), made, method


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=int, default=4, help="phantoms")
    parser.add_argument("--output", type=Path, help="a table of every comparison, TSV")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        pairs = [*real(arguments.folder), *phantoms(Path(name), arguments.cases)]
        table = pd.DataFrame([row for pair in pairs for row in judged(*pair)])
    heads = {head: number for number, head in enumerate(dict.fromkeys(table["head"]))}
    table["half"] = ["told" if heads[head] % 2 else "set" for head in table["head"]]
    table["kind"] = np.where(table["head"].str.startswith("phantom"), "phantom", "real")
    if arguments.output:
        table.to_csv(arguments.output, sep="\t", index=False)
    keys = ["method", "kind", "half", "spoiled"]
    print(table.groupby(keys, sort=False)["remarked"].agg(["sum", "count"]).to_string())


if __name__ == "__main__":
    main()
