"""Sub-command `radnec predict`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from radnec.core.notices import RESEARCH_USE
from radnec.core.sequences import SEQUENCES


def add_commands(subparsers: Any) -> None:
    """Add `predict` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "predict",
        help="apply a model of a finished study to the next patient",
        description=f"Apply a model of a finished study to one patient. {RESEARCH_USE}",
    )
    parser.add_argument("--study", type=Path, required=True, help="results/<study>")
    parser.add_argument("--model", required=True, help="<backbone>/<inputs>, as densenet121/fused")
    parser.add_argument("--case", default="patient", help="pseudonym (default: %(default)s)")
    parser.add_argument("--dicom", type=Path, help="folder with the patient's DICOM")
    for sequence in SEQUENCES:
        parser.add_argument(f"--{sequence}", type=Path, help="NIfTI file, in place of --dicom")
    parser.add_argument("--mask", type=Path, help="brain mask (NIfTI) on the reference's grid")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default: auto)")
    parser.add_argument("--threads", type=int, default=1, help="default: %(default)s")
    parser.add_argument(
        "--allow-code",
        action="store_true",
        help="build networks that the study names as package.module:factory (runs that code)",
    )
    parser.add_argument(
        "--write-dicom",
        action="store_true",
        help="also write report, map, brain mask and summary as DICOM (into OUTPUT/dicom); they "
        "carry the patient's identifiers as the source does",
    )
    parser.add_argument(
        "--pseudonym",
        metavar="ID",
        help="with --write-dicom: stands for the patient in place of all identifiers and UIDs",
    )
    parser.add_argument("--json", action="store_true", help="print what prediction.json holds")
    parser.add_argument("--output", type=Path, required=True, help="folder for the results")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    # Imported here: `radnec --help` need not wait for torch.
    from radnec.apply.predict import predict_patient
    from radnec.cases.sources import CaseSource
    from radnec.core.errors import InputError

    files = {s: str(getattr(arguments, s)) for s in SEQUENCES if getattr(arguments, s)}
    if bool(files) == bool(arguments.dicom):
        raise InputError("expected either --dicom or NIfTI files (--t1ce, --t1, --t2, --flair)")
    if arguments.dicom:
        source = CaseSource("dicom", str(arguments.dicom), {})
    else:
        source = CaseSource("nifti", "", files)
    if arguments.pseudonym and not arguments.write_dicom:
        raise InputError("--pseudonym: found without --write-dicom, expected both or neither")
    result = predict_patient(
        study=arguments.study,
        model=arguments.model,
        case=arguments.case,
        source=source,
        mask=arguments.mask,
        device=arguments.device,
        threads=arguments.threads,
        output=arguments.output,
        allow_code=arguments.allow_code,
        write_dicom=arguments.write_dicom,
        pseudonym=arguments.pseudonym,
    )
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{result['case']}: {result['predicted']}, p(necrosis) = {result['p_necrosis']:.3f}")
    print(result["notice"])
