"""The folder of a study with networks that nothing was taught: quick to make and to ask."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import torch
import yaml
from safetensors.torch import save_file
from torch import nn

from radnec.config.load import load_config
from radnec.core.files import sha256, write_json
from radnec.core.labels import CLASSES
from radnec.networks.anisotropy import VoxelGrid
from radnec.networks.registry import build_network

SIZE = (32, 32, 32)
TINY = "trained_study:tiny_classifier"
"""A backbone of a few hundred weights (it is code outside of the package)."""


def tiny_classifier() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Conv2d(4, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 2),
    )


def write_study(
    folder: Path,
    *,
    backbone: str = TINY,
    inputs: str = "fused",
    networks: int = 2,
    overlay: Mapping[str, Any] | None = None,
    described: Mapping[str, Any] | None = None,
) -> Path:
    """Write config.yaml and the networks; returns the folder."""
    folder.mkdir(parents=True)
    own = {
        "study": "made",
        "cohort": "phantom",
        "models": {"backbones": ["resnet10"], "inputs": [inputs]},
        "explain": {"backbone": "resnet10", "inputs": inputs},
        "normalisation": {"size": list(SIZE)},
    }
    (folder / "overlay.yaml").write_text(yaml.safe_dump(own | dict(overlay or {})))
    config = load_config([folder / "overlay.yaml"]).model_dump(mode="json")
    (folder / "overlay.yaml").unlink()
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    sequences = config["input_sets"][inputs]
    for seed in range(1, networks + 1):
        torch.manual_seed(seed)
        spacing = (described or {}).get("spacing")
        grid = VoxelGrid(SIZE, tuple(spacing)) if spacing else None
        network = build_network(backbone, len(sequences), grid)
        model = folder / "models" / backbone / inputs / f"holdout_seed{seed}"
        model.mkdir(parents=True)
        # Logits far apart, so that a wrong order of operations is seen in the probabilities.
        last = [layer for layer in network.modules() if isinstance(layer, nn.Linear)][-1]
        nn.init.normal_(last.weight, std=20.0)
        save_file(network.state_dict(), model / "weights.safetensors")
        about = {
            "backbone": backbone,
            "inputs": inputs,
            "fold": "holdout",
            "seed": seed,
            "in_channels": len(sequences),
            "sequences": sequences,
            "size": list(SIZE),
            "spacing": None,
            "classes": list(CLASSES),
            "validation_cases": ["UPENN-00417-secret"],
            "temperature": 1.0,
            "test_time_flips": [],
            "preprocessing": {},
            "weights_sha256": sha256(model / "weights.safetensors"),
        }
        write_json(model / "network.json", about | dict(described or {}))
    return folder


def write_head(path: Path, seed: int) -> Path:
    """A noisy ball, voxels of 5 mm."""
    rng = np.random.default_rng(seed)
    places = np.indices((32, 32, 32)) - 15.5
    ball = np.sqrt((places**2).sum(axis=0)) < 13
    data = rng.normal(20, 5, ball.shape) + ball * rng.normal(300, 60, ball.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(data.clip(0).astype(np.int16), np.diag([5.0, 5.0, 5.0, 1.0])), path)
    return path
