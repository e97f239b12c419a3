"""The model card of a run: what it is, how it was made, what it must not be used for."""

from __future__ import annotations

import importlib.metadata
import platform
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch
from torch import nn

from radnec.core.files import write_json, write_text
from radnec.core.labels import CLASSES
from radnec.networks.registry import source
from radnec.training.device import describe_device
from radnec.training.progress import duration
from radnec.training.settings import TrainingSettings

if TYPE_CHECKING:
    from radnec.training.loop import State

_VERSIONS = ("radnec", "torch", "monai", "numpy", "safetensors")


def write_card(
    outdir: Path,
    *,
    definition: dict[str, Any],
    network: nn.Module,
    training: pd.DataFrame,
    validation: pd.DataFrame,
    size: tuple[int, int, int],
    settings: TrainingSettings,
    state: State,
    device: torch.device,
    seconds: float,
    notice: str,
) -> None:
    """Write card.json and card.md into `outdir`.

    The card says nothing about the test set: training never sees it. Its results are in the
    study's tables.
    """
    chosen = state.best_epoch + 1 if state.best_weights is not None else state.epoch
    card: dict[str, Any] = {
        "notice": notice,
        "model": {
            key: definition[key] for key in ("backbone", "inputs", "sequences", "fold", "seed")
        }
        | {
            "definition": source(definition["backbone"]),
            "parameters": sum(weight.numel() for weight in network.parameters()),
            "size": list(size),
            "outputs": list(CLASSES),
        },
        "data": {
            "training": _count(training),
            "validation": _count(validation),
        },
        "settings": asdict(settings),
        "results": {"epochs_trained": state.epoch, "weights_of_epoch": chosen}
        | {key: value for key, value in state.history[chosen - 1].items() if key != "epoch"},
        "versions": {name: _version(name) for name in _VERSIONS}
        | {"python": platform.python_version()},
        "device": describe_device(device),
        "seconds": round(seconds, 1),
    }
    write_json(outdir / "card.json", card)
    write_text(outdir / "card.md", _markdown(card))


def _count(cases: pd.DataFrame) -> dict[str, int]:
    return {label: int((cases["label"] == label).sum()) for label in CLASSES}


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed as a package"


def _markdown(card: dict[str, Any]) -> str:
    model = card["model"]
    lines = [
        f"# {model['backbone']} on {model['inputs']}, fold {model['fold']}, seed {model['seed']}",
        "",
        f"**{card['notice']}**",
        "",
    ]
    for title in ("model", "data", "settings", "results", "versions"):
        lines += [f"## {title.capitalize()}", "", "| what | value |", "|---|---|"]
        lines += [f"| {key} | {_cell(value)} |" for key, value in card[title].items()]
        lines.append("")
    lines += [
        f"Trained in {duration(card['seconds'])} on {card['device']}.",
        "",
        "## Limits",
        "",
        "- Learned from one cohort; nothing is known about other centres, scanners or protocols.",
        "- Probabilities are not calibrated unless the study's calibration table says so.",
        "- Test results are not on this card: training never sees the test set. They are in the",
        "  study's tables, with their intervals.",
        "",
    ]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)
