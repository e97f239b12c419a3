"""A cohort of made-up fields, features and volumes in files, as the rules leave them."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd

from radnec.core.files import write_checksum

SIZE = (32, 32, 16)
CASES = 30


def write_cohort(folder: Path, *, swapped: bool = False, volumes: bool = False) -> dict[str, Path]:
    """Write split, fields, features and volumes; `swapped` exchanges the labels of the test cases.

    Volumes only where asked for.

    Field `x_months` and feature `t1ce_stat_mean` tell the classes apart; so do the volumes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(3)
    names = [f"P{number:03d}" for number in range(CASES)]
    necrosis = np.arange(CASES) % 3 == 0
    tested = np.arange(CASES) >= CASES - 9
    shown = necrosis ^ (tested & swapped)
    split = pd.DataFrame(
        {
            "case": names,
            "patient": names,
            "label": np.where(shown, "necrosis", "recurrence"),
            "fold": "holdout",
            "set": np.where(tested, "test", "train"),
        }
    )
    split.to_csv(folder / "split.tsv", sep="\t", index=False)
    pd.DataFrame({"case": names, "row": range(CASES)}).to_csv(
        folder / "cases.tsv", sep="\t", index=False
    )
    months = np.where(necrosis, 14, 8) + rng.normal(0, 3, CASES)
    clinical = pd.DataFrame({"case": names, "x_months": months.round(1)})
    clinical["sex"] = rng.choice(["male", "female"], CASES)
    clinical.loc[[2, 5, CASES - 1], "x_months"] = np.nan
    clinical.loc[[3], "sex"] = ""
    clinical.to_csv(folder / "clinical.tsv", sep="\t", index=False)
    scanner = pd.DataFrame({"case": names, "manufacturer": rng.choice(["A", "B", "C"], CASES)})
    scanner.assign(t1ce_echo_time=rng.normal(10, 2, CASES)).to_csv(
        folder / "scanner.tsv", sep="\t", index=False
    )
    rows = []
    noise = {name: rng.normal(size=CASES) for name in ("grey", "twin", "wild")}
    for step in (-2.0, 0.0, 2.0):
        rows.append(
            pd.DataFrame(
                {
                    "case": names,
                    "perturbation": step,
                    "t1ce_stat_mean": necrosis * 1.5 + noise["grey"] + 0.05 * step,
                    "t1ce_stat_twin": necrosis * 1.5 + noise["grey"] + 0.01 * noise["twin"],
                    "t1ce_stat_wild": rng.normal(size=CASES),
                    "t2_stat_mean": noise["twin"] + 0.02 * step,
                }
            )
        )
    pd.concat(rows).to_csv(folder / "radiomics.tsv", sep="\t", index=False)
    answers = np.clip(0.5 + 0.2 * (necrosis - 0.5) + rng.normal(0, 0.2, CASES), 0.01, 0.99)
    for name, kept in (("network", slice(None)), ("inner", ~tested)):
        pd.DataFrame({"case": names, "p_necrosis": answers})[kept].to_csv(
            folder / f"{name}.tsv", sep="\t", index=False
        )
    encoder = pd.DataFrame(rng.normal(size=(CASES, 8)), columns=[f"t1ce_{k}" for k in range(8)])
    encoder["t1ce_0"] += 2 * necrosis
    encoder.insert(0, "case", names)
    encoder.to_csv(folder / "encoder.tsv", sep="\t", index=False)
    if volumes:
        _write_volumes(folder, names, necrosis, rng)
    return {path.stem: path for path in folder.glob("*.tsv")} | {"packed": folder / "t1ce.npy"}


def _write_volumes(
    folder: Path, names: list[str], necrosis: np.ndarray, rng: np.random.Generator
) -> None:
    """A ball in noise, hollow in necrosis, with its mask and the grid of the volume."""
    places = np.moveaxis(np.indices(SIZE), 0, -1)
    volumes = rng.normal(0, 0.3, (len(names), *SIZE)).astype(np.float32)
    for index, name in enumerate(names):
        centre = rng.integers([10, 10, 5], [22, 22, 11])
        distance = np.sqrt(((places - centre) ** 2 * [1, 1, 4]).sum(axis=-1))
        ball = distance < 7
        volumes[index][ball] += 2.0
        if necrosis[index]:
            volumes[index][distance < 4.5] -= 2.0
        for kind, data in (("normalised", volumes[index]), ("lesion", ball.astype(np.uint8))):
            (folder / kind / name).mkdir(parents=True, exist_ok=True)
            file = {"normalised": "t1ce.nii.gz", "lesion": "lesion.nii.gz"}[kind]
            nib.save(nib.Nifti1Image(data, np.diag([2.0, 2, 4, 1])), folder / kind / name / file)
    np.save(folder / "t1ce.npy", volumes)
    write_checksum(folder / "t1ce.npy")
