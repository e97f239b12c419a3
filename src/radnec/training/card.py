"""The model card of a run: what it is, how it was made, what it must not be used for."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from radnec.core.files import write_json, write_text
from radnec.core.labels import CLASSES
from radnec.core.versions import installed_version
from radnec.networks.registry import source
from radnec.networks.weights import Loaded
from radnec.training.device import describe_device
from radnec.training.fit import Fitted
from radnec.training.progress import duration
from radnec.training.settings import TrainingSettings

_LIMITS = (
    "Learned from one cohort; nothing is known about other centres, scanners or protocols.",
    "Probabilities are not calibrated unless the study's calibration table says so.",
    "Test results are not on this card: training never sees the test set. They are in the "
    "study's tables, with their intervals.",
)
_VERSIONS = ("radnec", "torch", "monai", "numpy", "safetensors")


def write_card(
    outdir: Path,
    *,
    described: dict[str, Any],
    fitted: Fitted,
    settings: TrainingSettings,
    tried: list[dict[str, Any]],
    device: torch.device,
    notice: str,
) -> None:
    """Write card.json and card.md into `outdir`.

    Parameters
    ----------
    described
        Content of network.json.
    settings, tried
        What the network was trained with, and the grid it was chosen from, if any.

    Notes
    -----
    The card says nothing about the test set: training never sees it. Its results are in the
    study's tables.
    """
    state = fitted.state
    chosen = state.best_epoch + 1 if state.best_weights is not None else state.epoch
    card: dict[str, Any] = {
        "notice": notice,
        "model": {
            key: described[key]
            for key in ("backbone", "inputs", "sequences", "fold", "seed", "size", "classes")
        }
        | {
            "probabilities": _probabilities(described),
            "definition": source(described["backbone"]),
            "kernels and strides": _axes(described["spacing"]),
            "parameters": sum(weight.numel() for weight in fitted.network.parameters()),
            "start": _start(fitted.loaded, settings, described["backbone"]),
        },
        "data": {
            "training": _count(fitted.training),
            "validation": _count(fitted.validation),
            # Backbone, settings, cases, voxels, code: what names the running checkpoint.
            "hash_of_all_that_defines_the_run": fitted.checkpoint.folder.name,
        },
        "settings": {
            key: value for key, value in settings.to_mapping().items() if not key.startswith("grid")
        },
        "grid": tried,
        "results": {"epochs_trained": state.epoch, "weights_of_epoch": chosen}
        | {key: value for key, value in state.history[chosen - 1].items() if key != "epoch"},
        "versions": {
            name: installed_version(name) or "not installed as a package" for name in _VERSIONS
        }
        | {"python": platform.python_version()},
        "cost": {
            "device": describe_device(device),
            "computed in": str(fitted.way),
            "time": duration(state.seconds),
            "seconds": round(state.seconds, 1),
            "energy_joules": None if state.joules is None else round(state.joules),
        },
        "limits": list(_LIMITS),
    }
    write_json(outdir / "card.json", card)
    write_text(outdir / "card.md", _markdown(card))


def _probabilities(described: dict[str, Any]) -> str:
    text = "softmax of the logits"
    if described["temperature"] != 1.0:
        text += f" divided by {described['temperature']:.3f} (temperature from inner folds)"
    if described["test_time_flips"]:
        text += f", mean over volumes mirrored along {', '.join(described['test_time_flips'])}"
    return text


def _axes(spacing: list[float] | None) -> str:
    if spacing is None:
        return "the same along all axes"
    return f"follow voxels of {' x '.join(f'{step:.2f}' for step in spacing)} mm"


def _start(loaded: Loaded | None, settings: TrainingSettings, backbone: str) -> str:
    if loaded is None:
        return "random weights"
    text = f"weights of {Path(settings.pretrained[backbone]).name}"
    text += f", new: {', '.join(loaded.new) or 'none'}"
    return f"{text}; {loaded.note}" if loaded.note else text


def _count(cases: pd.DataFrame) -> dict[str, int]:
    return {label: int((cases["label"] == label).sum()) for label in CLASSES}


def _markdown(card: dict[str, Any]) -> str:
    model = card["model"]
    lines = [
        f"# {model['backbone']} on {model['inputs']}, fold {model['fold']}, seed {model['seed']}",
        "",
        f"**{card['notice']}**",
        "",
    ]
    for title in ("model", "data", "settings", "results", "versions", "cost"):
        lines += [f"## {title.capitalize()}", "", "| what | value |", "|---|---|"]
        lines += [f"| {key} | {_cell(value)} |" for key, value in card[title].items()]
        lines.append("")
    if card["grid"]:
        lines += ["## Grid", "", "Chosen by the lowest mean loss inside the training set.", ""]
        lines += [f"- {_cell(point)}" for point in card["grid"]] + [""]
    lines += [
        "## Limits",
        "",
        *(f"- {limit}" for limit in card["limits"]),
        "",
    ]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items()) or "none"
    if value is None:
        return "not known"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)
