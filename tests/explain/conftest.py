"""A small study: volumes with a bright lesion, their masks, and a network that sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from radnec.core.files import sha256, write_checksum
from radnec.explain.settings import ExplainSettings
from radnec.networks.registry import build_network
from radnec.training.predict import predict_run

SIZE = (36, 34, 32)
SPACING = 3.0
CASES = 6
SEQUENCES = ("t1ce", "t2")


@dataclass
class Study:
    """Paths of a small study, as the workflow would lay them out."""

    root: Path
    packed: dict[str, Path]
    cases: Path
    split: Path
    model: Path
    predictions: Path
    normalised: Path
    registered: Path
    brains: Path
    lesions: dict[str, Path]


def settings(**changes: object) -> ExplainSettings:
    values: dict = {
        "method": "gradcam",
        "layer": "layer2",
        "tolerance_mm": 10.0,
        "curve_steps": 4,
        "tested_cases": 2,
    }
    return ExplainSettings.from_mapping(values | changes)


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    root = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(0)
    affine = np.diag([SPACING, SPACING, SPACING, 1.0])
    affine[:3, 3] = [-50, -60, -40]
    reference = np.diag([-1.5, 1.5, 5.0, 1.0])  # another grid of the same world
    reference[:3, 3] = [55, -60, -40]
    names = [f"case{i}" for i in range(CASES)]
    grid = np.stack(np.meshgrid(*map(np.arange, SIZE), indexing="ij"), axis=-1)
    middle = np.array(SIZE) / 2
    brain = (((grid - middle) / (middle - 2)) ** 2).sum(-1) < 1
    volumes = {name: np.zeros((CASES, *SIZE), np.float32) for name in SEQUENCES}
    lesions = {}
    for row, case in enumerate(names):
        centre = middle + rng.uniform(-6, 6, 3)
        lesion = (((grid - centre) ** 2).sum(-1) < 20) & brain
        for name in SEQUENCES:
            data = np.where(brain, 0.3 + 0.02 * rng.standard_normal(SIZE), 0.0)
            volumes[name][row] = np.where(lesion, 0.9, data).clip(0, 1)
            path = root / "normalised" / case / f"{name}.nii.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            nib.save(nib.Nifti1Image(volumes[name][row], affine), path)
        for folder, array in (("brain", brain), ("lesion", lesion.astype(np.uint8) * 2)):
            path = root / folder / case / "mask.nii.gz"
            path.parent.mkdir(parents=True)
            nib.save(nib.Nifti1Image(array.astype(np.uint8), affine), path)
        lesions[case] = root / "lesion" / case / "mask.nii.gz"
        (root / "registered" / case).mkdir(parents=True)
        nib.save(
            nib.Nifti1Image(np.zeros((72, 70, 20), np.int16), reference),
            root / "registered" / case / "t1ce.nii.gz",
        )
    packed = {}
    for name in SEQUENCES:
        packed[name] = root / f"{name}.npy"
        np.save(packed[name], volumes[name])
        write_checksum(packed[name])
    labels = ["necrosis" if i % 2 else "recurrence" for i in range(CASES)]
    pd.DataFrame({"row": range(CASES), "case": names, "label": labels}).to_csv(
        root / "cases.tsv", sep="\t", index=False
    )
    pd.DataFrame(
        {
            "case": names,
            "patient": names,
            "label": labels,
            "fold": "holdout",
            "set": ["train", "train", *["test"] * (CASES - 2)],
        }
    ).to_csv(root / "split.tsv", sep="\t", index=False)
    torch.manual_seed(0)
    network = build_network("resnet10", len(SEQUENCES))
    model = root / "model"
    model.mkdir()
    save_file(network.state_dict(), model / "weights.safetensors")
    (model / "network.json").write_text(
        json.dumps(
            {
                "backbone": "resnet10",
                "inputs": "both",
                "in_channels": len(SEQUENCES),
                "sequences": list(SEQUENCES),
                "size": list(SIZE),
                "classes": ["recurrence", "necrosis"],
                "validation_cases": [],
                "preprocessing": {},
                "weights_sha256": sha256(model / "weights.safetensors"),
            }
        )
    )
    predict_run(
        model=model,
        packed_cases=root / "cases.tsv",
        packed=packed,
        split=root / "split.tsv",
        fold="holdout",
        seed=1,
        device="cpu",
        threads=1,
        output=root / "predictions.tsv",
    )
    return Study(
        root=root,
        packed=packed,
        cases=root / "cases.tsv",
        split=root / "split.tsv",
        model=model,
        predictions=root / "predictions.tsv",
        normalised=root / "normalised",
        registered=root / "registered",
        brains=root / "brain",
        lesions=lesions,
    )
