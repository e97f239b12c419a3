"""Sub-command `radnec export`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from radnec.core.notices import RESEARCH_USE


def add_commands(subparsers: Any) -> None:
    """Add `export` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "export",
        help="write a model as a folder that somebody else can use without the study",
        description=(
            "Write a model of a finished study as a folder of its own: weights, preparation of "
            "the images, model card, checksums, a MONAI bundle and ONNX. No image and no case of "
            f"the study is in it. {RESEARCH_USE}"
        ),
    )
    parser.add_argument("study", type=Path, help="results/<study>")
    parser.add_argument("model", help="<backbone>/<inputs>, as densenet121/fused")
    parser.add_argument("folder", type=Path, help="folder to make")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=["onnx", "monai_bundle"],
        help="leave a part out (may be given twice)",
    )
    parser.add_argument(
        "--allow-code",
        action="store_true",
        help="build networks that the study names as package.module:factory (runs that code)",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    # Imported here: `radnec --help` need not wait for torch.
    from radnec.apply.export.folder import PARTS, export_model
    from radnec.apply.known import find_model
    from radnec.apply.model import load_model

    known = find_model(arguments.study, arguments.model)
    model = load_model(known, device="cpu", threads=1, allow_code=arguments.allow_code)
    parts = [part for part in PARTS if part not in arguments.without]
    differences = export_model(model, arguments.folder, parts)
    print(f"{arguments.folder}: {model.name}, {len(model.networks)} networks")
    for part, difference in differences.items():
        print(f"{part}: probabilities within {difference:.1g} of the networks' own")
