"""A model as a MONAI bundle: TorchScript, metadata, and a configuration of MONAI's own classes."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from radnec.apply.export.ensemble import Ensemble
from radnec.core.files import write_json, write_text
from radnec.core.labels import CLASSES
from radnec.core.notices import RESEARCH_USE
from radnec.core.versions import installed_version

_VERSION = "1.0.0"


def write_bundle(
    ensemble: Ensemble,
    example: torch.Tensor,
    *,
    name: str,
    sequences: Sequence[str],
    dtype: str,
    card: str,
    folder: Path,
) -> None:
    """Write the bundle (the layout of MONAI's bundle specification).

    Parameters
    ----------
    ensemble
        On the CPU, with the mean probabilities as its only output.
    example
        Volumes (batch, channel, x, y, z), float32.
    name
        Of the model.
    sequences
        In the order of the channels.
    dtype
        In which the study packed its volumes; they are rounded to it before the network.
    card
        The model card, for docs/README.md.
    folder
        To make.
    """
    for part in ("configs", "models", "docs"):
        (folder / part).mkdir(parents=True)
    metadata = _metadata(name, sequences, list(example.shape[2:]))
    with warnings.catch_warnings(), torch.no_grad():
        # TorchScript is no longer developed; it is what bundles are read with.
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(ensemble, (example,))
        # Where MONAI's load_net_with_metadata looks for it.
        inside = {"metadata.json": json.dumps(metadata)}
        torch.jit.save(traced, folder / "models" / "model.ts", _extra_files=inside)
    write_json(folder / "configs" / "metadata.json", metadata)
    write_json(folder / "configs" / "inference.json", _inference(sequences, dtype))
    write_text(folder / "docs" / "README.md", card)


def ask_bundle(folder: Path, images: torch.Tensor) -> torch.Tensor:
    """Return the probabilities (batch, class) of the bundle's TorchScript."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        module = torch.jit.load(folder / "models" / "model.ts", map_location="cpu")
        found: torch.Tensor = module(images)
    return found


def _metadata(name: str, sequences: Sequence[str], size: list[int]) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "changelog": {_VERSION: "exported by radnec"},
        "monai_version": installed_version("monai"),
        "pytorch_version": _public(installed_version("torch")),
        "numpy_version": installed_version("numpy"),
        "required_packages_version": {"nibabel": installed_version("nibabel")},
        "name": name,
        "task": "Glioma recurrence or radiation necrosis on brain MRI",
        "description": f"Probabilities from volumes that radnec has normalised. {RESEARCH_USE}",
        "authors": "the authors of the study",
        "copyright": "the authors of the study",
        "intended_use": RESEARCH_USE,
        "network_data_format": {
            "inputs": {
                "image": {
                    "type": "image",
                    "format": "magnitude",
                    "modality": "MR",
                    "num_channels": len(sequences),
                    "spatial_shape": size,
                    "dtype": "float32",
                    "value_range": [],
                    "is_patch_data": False,
                    "channel_def": {str(at): one for at, one in enumerate(sequences)},
                }
            },
            "outputs": {
                "pred": {
                    "type": "probabilities",
                    "format": "classes",
                    "num_channels": len(CLASSES),
                    "spatial_shape": [],
                    "dtype": "float32",
                    "value_range": [0, 1],
                    "is_patch_data": False,
                    "channel_def": {str(at): one for at, one in enumerate(CLASSES)},
                }
            },
        },
    }


def _inference(sequences: Sequence[str], dtype: str) -> dict[str, Any]:
    """Return the configuration: a folder a patient with the normalised volumes, a CSV out.

    Every ``_target_`` is a class or function of MONAI. The expressions (``$``) name files and
    call what the configuration itself has made.
    """
    files = ", ".join(f"'{one}': str(p / '{one}.nii.gz')" for one in sequences)
    return {
        "imports": ["$import pathlib"],
        "bundle_root": ".",
        "dataset_dir": "normalised",
        "output_dir": "$@bundle_root + '/eval'",
        "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
        "folders": f"$sorted(p.parent for p in pathlib.Path(@dataset_dir).rglob("
        f"'{sequences[0]}.nii.gz'))",
        "data": f"$[{{{files}, 'folder': str(p)}} for p in @folders]",
        "loaded": {
            "_target_": "monai.data.load_net_with_metadata",
            "filename_prefix_or_stream": "$@bundle_root + '/models/model.ts'",
            "map_location": "@device",
        },
        "network_def": "$@loaded[0]",
        "network": "$@network_def.to(@device).eval()",
        "preprocessing": {
            "_target_": "Compose",
            "transforms": [
                {"_target_": "LoadImaged", "keys": list(sequences)},
                {"_target_": "EnsureChannelFirstd", "keys": list(sequences)},
                {"_target_": "ConcatItemsd", "keys": list(sequences), "name": "image"},
                # Rounded as the volumes of the study were.
                {"_target_": "CastToTyped", "keys": "image", "dtype": f"$torch.{dtype}"},
                {"_target_": "CastToTyped", "keys": "image", "dtype": "$torch.float32"},
                {"_target_": "SelectItemsd", "keys": ["image", "folder"]},
            ],
        },
        "dataset": {"_target_": "Dataset", "data": "@data", "transform": "@preprocessing"},
        "dataloader": {"_target_": "DataLoader", "dataset": "@dataset", "batch_size": 1},
        "inferer": {"_target_": "SimpleInferer"},
        "saver": {
            "_target_": "CSVSaver",
            "output_dir": "@output_dir",
            "filename": "predictions.csv",
        },
        "run": [
            "$[@saver.save_batch(@inferer(b['image'].to(@device), @network), "
            "{'filename_or_obj': b['folder']}) for b in @dataloader]",
            "$@saver.finalize()",
        ],
    }


def _public(version: str | None) -> str | None:
    return version.partition("+")[0] if version else None
