"""What the registration's rule of failure sees of images that lie a little beside their place.

A registration fails when the images share clearly less information than in the scanner's frame.
Here the second image of a pair that is aligned already is displaced by known shifts and turns, and
the share of the information that is left is measured; resampling alone changes it too, which is
what the tolerance is for. Pairs: phantoms without movement, and files of one session.

    OMP_NUM_THREADS=1 python benchmarks/registration_tolerance.py --cases 2 \
        --pair T1.nii.gz T2.nii.gz --pair T1.nii.gz FLAIR.nii.gz
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from phantom_heads import phantom_heads

from radnec.preprocess.pyramid import Level
from radnec.preprocess.rigid import prepare
from radnec.preprocess.similarity import compare_at
from radnec.preprocess.transforms import rigid_movement
from radnec.preprocess.volumes import read_volume

MILLIMETRES = (0.1, 0.3, 1.0, 2.0, 3.0)
DEGREES = (0.5, 1.0, 2.0)


def left_beside(reference: Level, moving: Level, centre: np.ndarray) -> Iterator[dict[str, object]]:
    """Yield the share of the information that is left at each displacement, along three axes.

    It is relative to where the images lie as they come.
    """
    here = compare_at(reference, moving, np.eye(4))[0] - 1
    moves = [("mm", size) for size in MILLIMETRES] + [("degrees", size) for size in DEGREES]
    for (kind, size), axis in itertools.product(moves, np.eye(3)):
        turn, shift = (np.zeros(3), axis) if kind == "mm" else (axis, np.zeros(3))
        movement = rigid_movement(size * turn, size * shift, centre)
        beside = compare_at(reference, moving, movement)[0] - 1
        yield {"by": kind, "size": size, "left": beside / here}


def pairs_of_phantoms(folder: Path, cases: int) -> Iterator[tuple[str, Path, Path]]:
    """Yield T1ce with each other sequence of patients who lie still."""
    for head in phantom_heads(folder, cases, movement_mm=0.0, movement_degrees=0.0):
        for name in ("t1", "t2", "flair"):
            if head.image(name).is_file():
                yield f"phantom {head.name} {name}", head.image("t1ce"), head.image(name)


def measure(pairs: list[tuple[str, Path, Path]]) -> pd.DataFrame:
    """Measure every pair; one row a displacement."""
    rows = []
    for name, first, second in pairs:
        reference, moving = prepare(*read_volume(first)), prepare(*read_volume(second))
        found = left_beside(reference.fine, moving.fine, reference.centre_of_head)
        rows += [{"pair": name, **row} for row in found]
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=2, help="phantoms")
    parser.add_argument("--pair", type=Path, nargs=2, action="append", default=[])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        pairs = [(f"{a.name} {b.name}", a, b) for a, b in arguments.pair]
        table = measure([*pairs, *pairs_of_phantoms(Path(name), arguments.cases)])
    table["kind"] = np.where(table["pair"].str.startswith("phantom"), "phantom", "real")
    table["fails"] = table["left"] < 0.95
    summary = table.groupby(["kind", "by", "size"]).agg(
        pairs=("pair", "nunique"),
        median=("left", "median"),
        least=("left", "min"),
        most=("left", "max"),
        fails=("fails", "mean"),
    )
    print(summary.round(3).to_string())
    print(table.groupby(["pair", "by", "size"])["left"].median().unstack().round(3).to_string())


if __name__ == "__main__":
    main()
