"""What of the configuration the jobs of a rule depend on, as text that is equal when it is.

Snakemake runs a job again when the text of its `params` or the list of its inputs has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from radnec.comparators.catalogue import NO_IMAGES, READS
from radnec.comparators.settings import FeatureSettings
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
    used = {name: config[name] for name in _PREPROCESSING}
    if config["lesion"]["crop"]:
        used["lesion"] = config["lesion"]
    return canonical_json(used)


def of_external_cohort(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the configuration by which an external cohort is prepared: the study's.

    What names cases of the study, or files that speak of them, is left out.
    """
    return {
        **config,
        "cases": config["external"][name],
        "external": {},
        "series_overrides": None,
        "study_record": None,
        "qc": {**config["qc"], "exclude": {}},
        "comparators": {**config["comparators"], "models": []},
        "evaluation": {**config["evaluation"], "readers": None},
    }


def without_resources(config: Mapping[str, Any]) -> str:
    """Return the configuration that a study was made with, but not what it ran on."""
    return canonical_json({name: value for name, value in config.items() if name != "resources"})


def trained_inputs(config: Mapping[str, Any], *, several: bool) -> str:
    """Return the trained input sets of several sequences, or of one, with their sequences.

    Comparators that read no image stand beside the models that read most: among the former.
    """
    chosen = {name: config["input_sets"][name] for name in config["models"]["inputs"]}
    found = {k: v for k, v in chosen.items() if (len(v) > 1) == several}
    if several and any(not READS[name].images for name in config["comparators"]["models"]):
        found[NO_IMAGES] = []
    return canonical_json(found)


def features(config: Mapping[str, Any]) -> str:
    """Return the settings of the features of a case; those of a fold's choice not among them."""
    settings = config["comparators"]["radiomics"]
    return canonical_json({key: settings[key] for key in FeatureSettings.model_fields})


def comparator(config: Mapping[str, Any], name: str) -> str:
    """Return the settings that a comparator depends on."""
    reads, settings = READS[name], config["comparators"]
    if reads.volumes:
        return canonical_json(settings["gao2d"])
    keys = {"penalties", "inner_folds"} if name != "always_recurrence" else set()
    keys |= {"clinical"} if reads.clinical else set()
    used = {key: settings[key] for key in keys}
    if reads.radiomics:
        # The features themselves are a file.
        own = {
            k: v for k, v in settings["radiomics"].items() if k not in FeatureSettings.model_fields
        }
        used["radiomics"] = own
    return canonical_json(used)


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
        "readers": config["evaluation"]["readers"],
        "study_record": config["study_record"],
        "atlas_head": config["skull_strip"]["atlas_head"],
        "atlas_mask": config["skull_strip"]["atlas_mask"],
    }
    files |= {f"external_{name}": path for name, path in sorted(config["external"].items())}
    if "frozen" in config["comparators"]["models"]:
        files["encoder"] = config["comparators"]["encoder"]["weights"]
    for backbone, path in sorted(config["training"]["pretrained"].items()):
        files[f"pretrained_{backbone}"] = path
    return {what: path for what, path in files.items() if path}
