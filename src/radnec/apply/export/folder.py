"""Write the folder that hands a model on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml

from radnec.apply.export.bundle import ask_bundle, write_bundle
from radnec.apply.export.card import PERFORMANCE, model_card, performance
from radnec.apply.export.ensemble import Ensemble
from radnec.apply.export.onnx_file import ask_onnx, require_onnx, write_onnx
from radnec.apply.export.reference import copy_reference
from radnec.apply.manifest import ABOUT, is_export, write_sums
from radnec.apply.model import Model
from radnec.core.errors import InputError
from radnec.core.files import atomic_dir, write_json, write_text
from radnec.core.notices import notice
from radnec.core.versions import installed_version
from radnec.preprocess.settings.hd_bet_weights import HdBetWeightsSettings
from radnec.training.predict import probabilities

PARTS = ("onnx", "monai_bundle")
"""What is written beside radnec's own form."""

AGREEMENT = 1e-4
"""How far the probabilities of two forms may be apart."""

# Of the configuration, what a prediction needs. The others name the study's tables and cases.
_SECTIONS = (
    "study", "seed", "cohort", "ingest", "selection", "registration", "skull_strip",
    "normalisation", "pack", "explain", "evaluation",
)  # fmt: skip
_PACKAGES = ("radnec", "torch", "monai", "numpy", "safetensors", "onnx", "onnxruntime")


def export_model(model: Model, output: Path, parts: Sequence[str] = PARTS) -> dict[str, float]:
    """Write a model as a folder without the study: `radnec predict` takes it in a study's place.

    Parameters
    ----------
    model
        From `radnec.apply.model.load_model`, on the CPU.
    output
        A folder that does not exist yet.
    parts
        Which of `PARTS` to write.

    Returns
    -------
    dict
        The largest difference of the probabilities of each part from radnec's own, for random
        volumes.

    Raises
    ------
    InputError
        If `output` exists, the study strips skulls with an atlas of its own, packages are
        missing, or a part answers otherwise than the networks.
    """
    if output.exists():
        raise InputError(f"{output} exists, expected a new folder")
    if is_export(model.folder):
        raise InputError(f"{model.folder} is an export itself: copy it as it is")
    if model.config["skull_strip"]["atlas_head"]:
        raise InputError(
            "skull_strip.atlas_head: this study strips skulls with an atlas of its own, which an "
            "export does not hold; expected the atlas that comes with radnec, or another backend"
        )
    if "onnx" in parts:
        require_onnx()
    networks, described = list(model.networks.values()), list(model.described.values())
    images = torch.as_tensor(_random_volumes(described[0]))
    with torch.no_grad():
        expected = torch.stack(
            [
                probabilities(network, images, one)
                for network, one in zip(networks, described, strict=True)
            ]
        ).mean(dim=0)
    differences: dict[str, float] = {}
    with atomic_dir(output) as folder:
        card = _card(model, parts)
        write_text(folder / "README.md", card)
        _write_config(model.config, folder / "config.yaml")
        for name, one in model.described.items():
            source = model.folder / "models" / model.name / name
            _copy_network(source, folder / "models" / model.name / name, one)
        found = performance(model.folder, model.name)
        if found is not None:
            write_json(folder / PERFORMANCE, found)
        known = copy_reference(model.folder, model.name, folder)
        if "onnx" in parts:
            path = folder / "onnx" / "model.onnx"
            write_onnx(Ensemble(networks, described, each=True), images, _notes(model), path)
            answer = ask_onnx(path, images.numpy())
            differences["onnx"] = float(np.abs(answer - expected.numpy()).max())
        if "monai_bundle" in parts:
            write_bundle(
                Ensemble(networks, described),
                images,
                name=model.name,
                sequences=model.sequences,
                dtype=model.config["pack"]["dtype"],
                card=card,
                folder=folder / "monai_bundle",
            )
            answer = ask_bundle(folder / "monai_bundle", images).numpy()
            differences["monai_bundle"] = float(np.abs(answer - expected.numpy()).max())
        for name, difference in differences.items():
            if not difference < AGREEMENT:
                raise InputError(
                    f"{name}: its probabilities differ by {difference:.2g} from those of the "
                    f"networks, expected less than {AGREEMENT:g}; --without {name} leaves it out"
                )
        about: dict[str, Any] = {"model": model.name, "parts": list(parts), "known": known}
        about["largest_difference"] = differences
        write_json(folder / ABOUT, about | {"versions": _versions(), "notice": _notice(model)})
        write_sums(folder)
    return differences


def _random_volumes(described: Mapping[str, Any]) -> np.ndarray:
    """Return two volumes of noise: what the forms are compared on."""
    shape = (2, described["in_channels"], *described["size"])
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def _write_config(config: Mapping[str, Any], path: Path) -> None:
    kept: dict[str, Any] = {name: config[name] for name in _SECTIONS if name in config}
    # The table of overrides names cases; the folder is one of the machine that trained.
    kept["series_overrides"] = None
    kept["hd_bet_weights"] = dict(config["hd_bet_weights"]) | {
        "folder": HdBetWeightsSettings().folder
    }
    text = yaml.safe_dump(json.loads(json.dumps(kept)), sort_keys=True, allow_unicode=True)
    write_text(path, f"# Of the configuration of the study, what a prediction needs.\n{text}")


def _copy_network(source: Path, target: Path, described: Mapping[str, Any]) -> None:
    target.mkdir(parents=True)
    (target / "weights.safetensors").write_bytes((source / "weights.safetensors").read_bytes())
    # Names of cases stay with the study.
    write_json(target / "network.json", {**described, "validation_cases": []})
    for name in ("card.json", "card.md"):
        if (source / name).is_file():
            write_text(target / name, (source / name).read_text(encoding="utf-8"))


def _card(model: Model, parts: Sequence[str]) -> str:
    training = {}
    for name in model.described:
        path = model.folder / "models" / model.name / name / "card.json"
        if path.is_file():
            training[name] = json.loads(path.read_text(encoding="utf-8"))["data"]["training"]
    return model_card(
        name=model.name,
        config=model.config,
        described=model.described,
        training=training,
        found=performance(model.folder, model.name),
        parts=parts,
        versions=_versions(),
    )


def _notes(model: Model) -> dict[str, str]:
    return {
        "model": model.name,
        "study": str(model.config["study"]),
        "sequences": ",".join(model.sequences),
        "classes": ",".join(next(iter(model.described.values()))["classes"]),
        "notice": _notice(model),
    }


def _notice(model: Model) -> str:
    return notice(model.config["cohort"] == "phantom")


def _versions() -> dict[str, str | None]:
    return {name: installed_version(name) for name in _PACKAGES}
