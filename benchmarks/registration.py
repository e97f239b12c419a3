"""Accuracy and time of registration against known movement, beside ANTs' default `Rigid`.

Simulates patients who lie differently for each sequence, up to 20 degrees and 25 mm apart, and
registers every pair of sequences: read, prepare, search, refine, check, resample, write. With
`--peer` the first cases are registered by `ants.registration(type_of_transform="Rigid")` with
its defaults as well, in the same process and on one thread. The target registration error is
the distance between where a point of the brain is put and where it belongs.

    OMP_NUM_THREADS=1 ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS=1 \
        python benchmarks/registration.py --cases 12 --peer 2
"""

from __future__ import annotations

import argparse
import itertools
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import yaml
from phantom_heads import PhantomHead, phantom_heads

from radnec.core.files import sha256
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.preprocess.itk import load_ants
from radnec.preprocess.register import register_case
from radnec.preprocess.settings.registration import RegistrationSettings
from radnec.preprocess.transforms import displacement, read_movement, rotation_angle

MOST_DEGREES, MOST_MM = 20.0, 25.0
CONFIG = Path(__file__).parents[1] / "config" / "config.yaml"


def brain_points(head: PhantomHead, reference: str) -> np.ndarray:
    """Return points (3, n) of the true brain in the reference's millimetres."""
    brain = nib.load(head.brain())
    voxels = np.argwhere(np.asarray(brain.dataobj) > 0)[::53]
    points = np.c_[voxels, np.ones(len(voxels))] @ brain.affine.T
    return np.asarray((head.movement("t1ce", reference) @ points.T)[:3])


def target_errors(found: np.ndarray, true: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the distance (mm) between where two movements put each point."""
    difference = found - true
    return np.asarray(np.linalg.norm(difference[:3, :3] @ points + difference[:3, 3:], axis=0))


def ours(head: PhantomHead, pair: tuple[str, str], folder: Path) -> dict[str, object]:
    """Register one pair as the workflow does; return its errors, time and flags."""
    moving = pair[1]
    images = folder / "images"
    images.mkdir()
    files = {}
    for name in pair:
        (images / f"{name}.nii.gz").symlink_to(head.image(name).resolve())
        files[f"{name}.nii.gz"] = sha256(head.image(name))
    converted = folder / "convert.json"
    Record(head.name, "convert", "ok", "", [], files, {}).write(converted)
    section = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["registration"]
    begin = time.process_time()
    register_case(
        case=head.name,
        images=images,
        convert_record=converted,
        settings=RegistrationSettings.from_mapping(section | {"on_failure": "keep"}),
        seed=1,
        registered=folder / "registered",
        record=folder / "register.json",
    )
    spent = time.process_time() - begin
    record = Record.read(folder / "register.json")
    found = read_movement(folder / "registered" / f"{moving}.mat")
    return {
        "seconds": spent,
        "tries": record.measures[f"{moving}_tries"],
        "flagged": bool(record.warnings),
        "distinctness": record.measures[f"{moving}_distinctness"],
        "found": found,
    }


def peer(head: PhantomHead, pair: tuple[str, str], folder: Path) -> tuple[np.ndarray, float]:
    """Register one pair by ANTs' defaults; return the movement and the time."""
    ants = load_ants(1)
    begin = time.process_time()
    result = ants.registration(
        ants.image_read(str(head.image(pair[0]))),
        ants.image_read(str(head.image(pair[1]))),
        type_of_transform="Rigid",
        outprefix=str(folder / "peer"),
    )
    ants.image_write(result["warpedmovout"], str(folder / "peer.nii.gz"))
    spent = time.process_time() - begin
    return read_movement(Path(result["fwdtransforms"][0])), spent


def pairs_of(head: PhantomHead) -> Iterator[tuple[tuple[str, str], np.ndarray, float, float]]:
    """Return the pairs within the bounds: names, points, degrees and mm apart."""
    for pair in itertools.combinations(SEQUENCES, 2):
        true = head.movement(*pair)
        points = brain_points(head, pair[0])
        angle, shift = rotation_angle(true), displacement(true, points.mean(axis=1))
        if angle <= MOST_DEGREES and shift <= MOST_MM:
            yield pair, points, angle, shift


def measure(heads: list[PhantomHead], with_peer: int, most_pairs: int) -> pd.DataFrame:
    """Register the pairs within the bounds, at most so many of each patient; one row a pair."""
    rows = []
    for number, head in enumerate(heads):
        for pair, points, angle, shift in itertools.islice(pairs_of(head), most_pairs):
            true = head.movement(*pair)
            row = {"case": head.name, "pair": "-".join(pair), "degrees": angle, "mm": shift}
            with tempfile.TemporaryDirectory() as folder:
                row |= ours(head, pair, Path(folder))
            errors = target_errors(row.pop("found"), true, points)
            row |= {"mean_mm": errors.mean(), "p95_mm": np.percentile(errors, 95)}
            row["start_mm"] = target_errors(np.eye(4), true, points).mean()
            if number < with_peer:
                with tempfile.TemporaryDirectory() as folder:
                    found, row["peer_seconds"] = peer(head, pair, Path(folder))
                row["peer_mean_mm"] = target_errors(found, true, points).mean()
            rows.append(row)
    return pd.DataFrame(rows)


def report(table: pd.DataFrame) -> None:
    """Print the pairs, worst first, and what the whole shows."""
    table = table.sort_values("mean_mm", ascending=False)
    print(table.round(3).to_string(index=False))
    failed = table["p95_mm"] > 2.0
    print(
        f"\n{len(table)} registrations, up to {table['degrees'].max():.1f} degrees and "
        f"{table['mm'].max():.1f} mm apart\n"
        f"target registration error over the brain: mean {table['mean_mm'].mean():.3f} mm, "
        f"largest mean of a pair {table['mean_mm'].max():.3f} mm, 95th percentile of the pairs' "
        f"means {table['mean_mm'].quantile(0.95):.3f} mm, largest 95th percentile over a brain "
        f"{table['p95_mm'].max():.3f} mm\n"
        f"failed (over 2 mm): {failed.sum()}, of these not flagged: "
        f"{(failed & ~table['flagged']).sum()}; flagged though good: "
        f"{(~failed & table['flagged']).sum()}\n"
        f"CPU seconds a registration: mean {table['seconds'].mean():.2f}"
    )
    if "peer_seconds" in table:
        same = table.dropna(subset=["peer_seconds"])
        print(
            f"ANTs' default Rigid on {len(same)} of the pairs: {same['peer_seconds'].mean():.2f} s"
            f" and {same['peer_mean_mm'].mean():.3f} mm, here {same['seconds'].mean():.2f} s and "
            f"{same['mean_mm'].mean():.3f} mm: "
            f"{same['peer_seconds'].sum() / same['seconds'].sum():.1f} times faster"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the whole run {peak:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=12, help="simulated patients")
    parser.add_argument("--peer", type=int, default=2, help="of these also by ANTs' defaults")
    parser.add_argument("--pairs", type=int, default=6, help="most pairs of one patient")
    parser.add_argument("--folder", type=Path, help="keep the simulated images here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        heads = phantom_heads(
            arguments.folder or Path(scratch), arguments.cases, movement_mm=11, movement_degrees=9.5
        )
        load_ants(1)
        report(measure(heads, arguments.peer, arguments.pairs))


if __name__ == "__main__":
    main()
