"""A study small enough to be run many times: NIfTI of made-up heads, given as registered."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import yaml
from study_folder import ROOT, Study

CASES = 6
SIZE = 24


def tiny_study(folder: Path) -> Study:
    """Write the images and the table of a tiny study into a folder; nothing is run."""
    folder.mkdir(parents=True, exist_ok=True)
    overlay = yaml.safe_load((ROOT / "config" / "demo.yaml").read_text())
    overlay |= {"study": "tiny", "cases": "cases.tsv", "cohort": "patients"}
    overlay["selection"] = {"min_slices": 8}
    overlay["registration"] = {"method": "given"}
    overlay["skull_strip"] = {"backend": "none"}
    overlay["normalisation"] = {"size": [32, 32, 32]}
    overlay["split"] = {"design": "stratified"}
    overlay["models"] = {"backbones": ["resnet10"], "inputs": ["t1ce", "fused"]}
    overlay["explain"] = {"backbone": "resnet10", "inputs": "fused", "curve_steps": 2}
    overlay["training"] = {"learning_rate": 1.0e-3, "epochs": 2}
    overlay["comparators"] = {"models": []}
    overlay["evaluation"] = {"bootstrap_repeats": 100, "permutation_repeats": 100}
    study = Study(folder, overlay)
    rows = []
    for number in range(CASES):
        row = {"case": f"S{number}", "label": "necrosis" if number % 2 else "recurrence"}
        row |= {"age": str(40 + number), "sex": "female" if number < 4 else "male"}
        for index, sequence in enumerate(("t1ce", "t1", "t2")):
            path = folder / "images" / f"S{number}_{sequence}.nii.gz"
            path.parent.mkdir(exist_ok=True)
            _write_head(path, np.random.default_rng([number, index]))
            row[sequence] = str(path.relative_to(folder))
        rows.append(row)
    study.write_cases(rows)
    return study


def _write_head(path: Path, rng: np.random.Generator) -> None:
    """Write a noisy ball on a noisy ground, voxels of 7 mm."""
    places = np.indices((SIZE,) * 3) - (SIZE - 1) / 2
    ball = np.sqrt((places**2).sum(axis=0)) < SIZE * 0.4
    data = rng.normal(20, 5, ball.shape) + ball * rng.normal(300, 60, ball.shape)
    image = nib.Nifti1Image(data.clip(0).astype(np.int16), np.diag([7.0, 7.0, 7.0, 1.0]))
    image.set_sform(image.affine, code=1)
    nib.save(image, path)
