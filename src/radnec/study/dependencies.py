"""What of the configuration the jobs of a rule depend on, as text that is equal when it is.

Snakemake runs a job again when the text of its `params` or the list of its inputs has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from radnec.core.settings import canonical_json
from radnec.preprocess.standard_grid import typical_spacing

_PREPROCESSING = (
    "ingest",
    "selection",
    "registration",
    "skull_strip",
    "normalisation",
    "pack",
)


def section(config: Mapping[str, Any], name: str, *, without: Collection[str] = ()) -> str:
    """Return a section of the configuration as canonical JSON, some of its keys left out."""
    return canonical_json({key: v for key, v in config[name].items() if key not in without})


def preprocessing(config: Mapping[str, Any]) -> str:
    """Return the settings that made the volumes of a network: kept in its description."""
    return canonical_json({name: config[name] for name in _PREPROCESSING})


def without_resources(config: Mapping[str, Any]) -> str:
    """Return the configuration that a study was made with, but not what it ran on."""
    return canonical_json({name: value for name, value in config.items() if name != "resources"})


def trained_inputs(config: Mapping[str, Any], *, several: bool) -> str:
    """Return the trained input sets of several sequences, or of one, with their sequences."""
    chosen = {name: config["input_sets"][name] for name in config["models"]["inputs"]}
    return canonical_json({k: v for k, v in chosen.items() if (len(v) > 1) == several})


def spacing(config: Mapping[str, Any]) -> str:
    """Return the mm between voxels that kernels and strides follow; null where they do not."""
    if config["models"]["strides"] == "isotropic":
        return canonical_json(None)
    made = config["normalisation"]
    return canonical_json(typical_spacing(made["size"], made["margin"]))


def external_files(config: Mapping[str, Any]) -> dict[str, str]:
    """Return what a study reads beside its images: what it is, and the path of the file."""
    files = {
        "cases": config["cases"],
        "series_overrides": config["series_overrides"],
        "study_record": config["study_record"],
        "atlas_head": config["skull_strip"]["atlas_head"],
        "atlas_mask": config["skull_strip"]["atlas_mask"],
    }
    for backbone, path in sorted(config["training"]["pretrained"].items()):
        files[f"pretrained_{backbone}"] = path
    return {what: path for what, path in files.items() if path}
