"""Every backend of skull stripping on a folder of heads, against one of them or given masks.

FOLDER holds one NIfTI file a head, <head>.nii.gz; none comes with this project. The masks are kept
in FOLDER/masks/<backend>/ with their CPU seconds, so that a second run only compares. A mask
FOLDER/masks/reference/<head>.nii.gz is the reference of its head; without one the reference is
the mask of HD-BET 1. With `--slice-mm` each head is first averaged to axial slices as thick as a
clinical scan's, in a folder of its own, and so are the references.

    OMP_NUM_THREADS=1 python benchmarks/real_heads.py FOLDER --backends deepbet atlas
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import ndimage

from radnec.preprocess.skullstrip.atlas import atlas_mask
from radnec.preprocess.skullstrip.deepbet import DeepBet
from radnec.preprocess.skullstrip.hdbet1 import HdBet1
from radnec.preprocess.skullstrip.packaged import require_package
from radnec.preprocess.skullstrip.template import find_template
from radnec.preprocess.volumes import (
    Affine,
    Volume,
    read_mask,
    read_volume,
    spacing_of,
    write_volume,
)

Mask = npt.NDArray[np.bool_]
Strip = Callable[[Path], Mask]


def atlas() -> Strip:
    template = find_template("", "")
    return lambda image: atlas_mask(*read_volume(image), template, 1)


def deepbet() -> Strip:
    _, weights = require_package("deepbet")
    network = DeepBet(weights, device="cpu", threads=1)
    return lambda image: network.predict(image, *_grid(image))


def hd_bet_1() -> Strip:
    """One of the five networks, without mirroring."""
    _, weights = require_package("hd-bet-1")
    network = HdBet1(weights, networks=1, mirroring=False, device="cpu", threads=1)
    return lambda image: network.predict(image, *_grid(image))


BACKENDS = {"hd-bet-1": hd_bet_1, "deepbet": deepbet, "atlas": atlas}


def _grid(image: Path) -> tuple[tuple[int, ...], Affine]:
    data, affine = read_volume(image)
    return data.shape, affine


def strip_heads(folder: Path, backend: str) -> None:
    """Make the masks that are not there yet."""
    target = folder / "masks" / backend
    missing = [path for path in heads_of(folder) if not (target / path.name).is_file()]
    if not missing:
        return
    target.mkdir(parents=True, exist_ok=True)
    strip = BACKENDS[backend]()
    for path in missing:
        begin = time.process_time()
        mask = strip(path)
        spent = time.process_time() - begin
        (target / f"{head_name(path)}.json").write_text(json.dumps({"seconds": spent}))
        write_volume(target / path.name, mask.astype(np.uint8), _grid(path)[1])


def heads_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.nii.gz"))


def reference_of(folder: Path, head: Path) -> Path:
    """Return the mask that others are compared with."""
    places = [folder / "masks" / name / head.name for name in ("reference", "hd-bet-1")]
    return next(place for place in places if place.is_file())


def head_name(path: Path) -> str:
    return path.name.removesuffix(".nii.gz")


def hausdorff_95(found: Mask, true: Mask, spacing: npt.NDArray[np.float64]) -> float:
    """Return the larger of the two 95th percentiles of the distances between surfaces, mm."""
    surfaces = [mask & ~ndimage.binary_erosion(mask) for mask in (found, true)]
    away = [ndimage.distance_transform_edt(~s, sampling=spacing) for s in surfaces]
    return max(
        float(np.percentile(away[1][surfaces[0]], 95)),
        float(np.percentile(away[0][surfaces[1]], 95)),
    )


def compare(folder: Path, backends: list[str]) -> pd.DataFrame:
    """Compare the masks of every head with its reference; one row each."""
    rows = []
    for path in heads_of(folder):
        true, affine = read_mask(reference_of(folder, path))
        true = true > 0
        for backend in backends:
            found = read_mask(folder / "masks" / backend / path.name)[0] > 0
            timing = folder / "masks" / backend / f"{head_name(path)}.json"
            rows.append(
                {
                    "head": head_name(path),
                    "backend": backend,
                    "dice": 2 * (found & true).sum() / (found.sum() + true.sum()),
                    "hausdorff_95_mm": hausdorff_95(found, true, spacing_of(affine)),
                    "volume": found.sum() / true.sum(),
                    "seconds": json.loads(timing.read_text())["seconds"],
                }
            )
    return pd.DataFrame(rows)


def average_slices(folder: Path, slice_mm: float) -> Path:
    """Write every head, and its reference, averaged to axial slices of about `slice_mm`."""
    thick = folder / f"slices_{slice_mm:g}mm"
    (thick / "masks" / "reference").mkdir(parents=True, exist_ok=True)
    for path in heads_of(folder):
        image = nib.as_closest_canonical(nib.load(path))
        many = round(slice_mm / float(image.header.get_zooms()[2]))
        if many < 2:
            continue
        mask = nib.as_closest_canonical(nib.load(reference_of(folder, path)))
        for source, target, level in (
            (image, thick / path.name, None),
            (mask, thick / "masks" / "reference" / path.name, 0.5),
        ):
            data = _averaged(np.asarray(source.dataobj, dtype=np.float32), many)
            shift = np.diag([1.0, 1.0, many, 1.0])
            shift[2, 3] = (many - 1) / 2
            stored = data if level is None else (data >= level).astype(np.uint8)
            write_volume(target, stored, source.affine @ shift)
    return thick


def _averaged(data: Volume, many: int) -> Volume:
    whole = data.shape[2] // many
    return data[:, :, : whole * many].reshape(*data.shape[:2], whole, many).mean(axis=3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--backends", nargs="+", choices=BACKENDS, default=list(BACKENDS))
    parser.add_argument("--slice-mm", type=float, help="average to slices this thick first")
    arguments = parser.parse_args()
    folder = arguments.folder
    if arguments.slice_mm:
        folder = average_slices(folder, arguments.slice_mm)
    for backend in arguments.backends:
        strip_heads(folder, backend)
    table = compare(folder, arguments.backends)
    print(table.round(3).to_string(index=False))
    columns = ["dice", "hausdorff_95_mm", "volume", "seconds"]
    print(table.groupby("backend")[columns].agg(["mean", "min", "max"]).round(3).to_string())


if __name__ == "__main__":
    main()
