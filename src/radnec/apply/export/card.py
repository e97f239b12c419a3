"""The model card of an exported folder: what it is, how good, for what, and how it is used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from radnec.core.notices import notice
from radnec.core.tables import read_tsv
from radnec.networks.registry import source

PERFORMANCE = "performance.json"
_TABLES = ("table3.tsv", "table4.tsv")
_MEASURES = {"sens": "sensitivity", "spec": "specificity", "acc": "accuracy", "auc": "AUC"}


def performance(study: Path, name: str) -> dict[str, Any] | None:
    """Return the model's row of the study's tables 3 and 4; None where there is none.

    Parameters
    ----------
    study
        results/<study>, or an export, which holds the row of its model.
    name
        ``<backbone>/<inputs>``.
    """
    if (study / PERFORMANCE).is_file():
        kept: dict[str, Any] = json.loads((study / PERFORMANCE).read_text(encoding="utf-8"))
        return kept
    backbone, _, inputs = name.partition("/")
    for table in _TABLES:
        path = study / "tables" / table
        if path.is_file():
            rows = read_tsv(path)
            rows = rows[(rows["backbone"] == backbone) & (rows["input_set"] == inputs)]
            if len(rows):
                row: dict[str, Any] = json.loads(rows.iloc[0].to_json())
                return {key: value for key, value in row.items() if value is not None}
    return None


def model_card(
    *,
    name: str,
    config: Mapping[str, Any],
    described: Mapping[str, Mapping[str, Any]],
    training: Mapping[str, Mapping[str, int]],
    found: Mapping[str, Any] | None,
    parts: Sequence[str],
    versions: Mapping[str, str | None],
) -> str:
    """Return the card as Markdown.

    Parameters
    ----------
    described
        Content of network.json by name of the network.
    training
        Training cases by network and class.
    found
        See `performance`.
    parts
        What the folder holds beside the networks, ``onnx`` and ``monai_bundle``.
    versions
        Packages that made the folder.
    """
    first = next(iter(described.values()))
    size = " x ".join(map(str, first["size"]))
    spacing = first.get("spacing")
    steps = " x ".join(f"{one:.2f}" for one in spacing) if spacing else "not fixed"
    lines = [
        f"# {name} of study {config['study']}",
        "",
        f"**{notice(config['cohort'] == 'phantom')}**",
        "",
        "## Model",
        "",
        "| what | value |",
        "|---|---|",
        f"| network | {first['backbone']}: {source(first['backbone'])} |",
        f"| networks | {len(described)}, one a fold and seed; the mean probability decides |",
        f"| sequences, in the order of the channels | {', '.join(first['sequences'])} |",
        f"| volume | {size} voxels of {steps} mm |",
        f"| classes, in the order of the outputs | {', '.join(first['classes'])} |",
        *(
            f"| training cases of {one} | {', '.join(f'{k} {v}' for k, v in cases.items())} |"
            for one, cases in training.items()
        ),
        "",
        "## Performance in the study",
        "",
        *_performance(found, float(config["evaluation"]["confidence"])),
        "",
        "Nothing is known about other centres, scanners or protocols.",
        "",
        "## Use",
        "",
        "With radnec, from DICOM to the answer, the images prepared as those of the study were:",
        "",
        "```",
        "radnec predict --study FOLDER --dicom PATIENT --output next",
        "```",
        *_others(parts, first),
        "",
        "## Integrity",
        "",
        "`SHA256SUMS` lists every file (`sha256sum --check SHA256SUMS`); radnec refuses the folder "
        "when one differs. The list tells damage and edits, not who wrote the folder.",
        "",
        "The weights are safetensors, which hold numbers only; radnec reads them, JSON and YAML, "
        "and executes nothing of this folder. No image and no case of the study is in it.",
        "",
        "## Versions",
        "",
        "| package | version |",
        "|---|---|",
        *(f"| {one} | {version or 'not installed'} |" for one, version in versions.items()),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _performance(found: Mapping[str, Any] | None, confidence: float) -> list[str]:
    if found is None:
        return ["The study had no table of it when this folder was written."]
    lines = [f"| measure | value | {confidence:.0%} interval |", "|---|---|---|"]
    for key, word in _MEASURES.items():
        kind = "wilson" if key != "auc" else "recommended"
        low, high = (found.get(f"{key}_{kind}_{end}") for end in ("lo", "hi"))
        interval = "not defined" if low is None or high is None else f"{low:.3f} to {high:.3f}"
        lines.append(f"| {word} | {found[key]:.3f} | {interval} |")
    return [
        *lines,
        "",
        f"Necrosis is the positive class: {found['n_necrosis']} cases, recurrence "
        f"{found['n_recurrence']}; {found['pooling']}; cohort: {found['cohort']}.",
    ]


def _others(parts: Sequence[str], first: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    shape = ", ".join(["batch", str(len(first["sequences"])), *map(str, first["size"])])
    if parts:
        lines += [
            "",
            "The other two forms begin where radnec's preparation ends: they take the volumes of "
            f"`next/normalised`, one channel a sequence, float32 ({shape}), rounded to the type in "
            "which the study packed them, and give probabilities.",
        ]
    if "onnx" in parts:
        lines += [
            "",
            "`onnx/model.onnx`: input `images`, outputs `probabilities` (batch, class) and "
            "`of_each_network` (batch, network, class).",
        ]
    if "monai_bundle" in parts:
        lines += [
            "",
            "`monai_bundle`, for a folder of such volumes:",
            "",
            "```",
            'cd monai_bundle && python -c "from monai.bundle import run; \\',
            "run(config_file='configs/inference.json', dataset_dir='/path/to/next/normalised', \\",
            "output_dir='/path/to/answers')\"",
            "```",
            "",
            "MONAI builds what a bundle's configuration names (`_target_`) and evaluates its "
            "expressions (`$`): to run a bundle is to run its author's code. This one names "
            "functions and classes of MONAI only, and its network is TorchScript, a program of "
            "tensor operations; read configs/inference.json before you run one from elsewhere.",
        ]
    return lines
