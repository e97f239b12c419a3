"""Sub-command `radnec predict`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radnec.core.notices import RESEARCH_USE
from radnec.core.sequences import SEQUENCES

if TYPE_CHECKING:
    from radnec.apply.known import KnownModel
    from radnec.apply.patients import Patient


def add_commands(subparsers: Any) -> None:
    """Add `predict` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "predict",
        help="apply a model of a finished study to the next patient",
        description=f"Apply a model of a finished study to one patient. {RESEARCH_USE}",
    )
    parser.add_argument("--study", type=Path, required=True, help="results/<study>, or an export")
    parser.add_argument("--model", help="<backbone>/<inputs>, as densenet121/fused")
    parser.add_argument(
        "--cases",
        type=Path,
        metavar="TABLE_OR_FOLDER",
        help="many patients: a table (TSV) with the columns case and dicom (or the sequences), or "
        "a folder of studies; in place of --dicom",
    )
    parser.add_argument("--case", default="patient", help="pseudonym (default: %(default)s)")
    parser.add_argument("--dicom", type=Path, help="folder with the patient's DICOM")
    for sequence in SEQUENCES:
        parser.add_argument(f"--{sequence}", type=Path, help="NIfTI file, in place of --dicom")
    parser.add_argument("--mask", type=Path, help="brain mask (NIfTI) on the reference's grid")
    parser.add_argument(
        "--prevalence",
        type=_share,
        metavar="SHARE",
        help="share of necrosis among the patients that you see, 0.2 for instance: for predictive "
        "values and the recalibrated probability (default: that of the study)",
    )
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
    parser.add_argument("--json", action="store_true", help="print the answers for machines")
    parser.add_argument("--output", type=Path, required=True, help="folder for the results")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    # Imported here: `radnec --help` need not wait.
    from radnec.apply.known import find_model
    from radnec.apply.patients import Patient, read_patients
    from radnec.cases.sources import CaseSource
    from radnec.core.errors import InputError

    files = {s: str(getattr(arguments, s)) for s in SEQUENCES if getattr(arguments, s)}
    if sum(map(bool, (files, arguments.dicom, arguments.cases))) != 1:
        raise InputError(
            "expected one of --dicom, --cases and NIfTI files (--t1ce, --t1, --t2, --flair)"
        )
    if arguments.pseudonym and not arguments.write_dicom:
        raise InputError("--pseudonym: found without --write-dicom, expected both or neither")
    if arguments.cases and (arguments.pseudonym or arguments.mask):
        raise InputError("--cases: found with --pseudonym or --mask, which are one patient's")
    if arguments.cases:
        # Before the networks are loaded: a wrong table is said at once.
        patients = read_patients(arguments.cases, threads=arguments.threads)
        _predict_many(find_model(arguments.study, arguments.model), patients, arguments)
        return
    if arguments.dicom:
        source = CaseSource("dicom", str(arguments.dicom), {})
    else:
        source = CaseSource("nifti", "", files)
    patient = Patient(arguments.case, source, arguments.mask)
    _predict_one(find_model(arguments.study, arguments.model), patient, arguments)


def _share(text: str) -> float:
    """Return a share between 0 and 1, as argparse asks for it."""
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"found {text}, expected a share above 0 and below 1")
    return value


def _predict_one(known: KnownModel, patient: Patient, arguments: argparse.Namespace) -> None:
    from radnec.apply.prepare.preparing import Preparing
    from radnec.apply.side import Side

    with Side() as side:
        preparing = Preparing(side, known.request(patient, arguments.output))
        # Here: torch takes seconds to import, in which the images are prepared.
        from radnec.apply.model import load_model
        from radnec.apply.predict import predict_patient
        from radnec.apply.text import as_text

        model = load_model(
            known,
            device=arguments.device,
            threads=arguments.threads,
            allow_code=arguments.allow_code,
        )
        result = predict_patient(
            model,
            preparing,
            side,
            write_dicom=arguments.write_dicom,
            pseudonym=arguments.pseudonym,
            prevalence=arguments.prevalence,
        )
    print(json.dumps(result, indent=2) if arguments.json else as_text(result))


def _predict_many(
    known: KnownModel, patients: Sequence[Patient], arguments: argparse.Namespace
) -> None:
    from radnec.apply.many import predict_many
    from radnec.apply.summary import FAILED
    from radnec.core.errors import InputError

    output = arguments.output
    summary = predict_many(
        known,
        patients,
        output,
        device=arguments.device,
        threads=arguments.threads,
        allow_code=arguments.allow_code,
        write_dicom=arguments.write_dicom,
        prevalence=arguments.prevalence,
    )
    failed = int((summary["status"] == FAILED).sum())
    if arguments.json:
        print(summary.to_json(orient="records", indent=2))
    else:
        print(f"{len(summary) - failed} of {len(summary)} patients answered: {output}/summary.tsv")
        print(summary["notice"].iloc[0])
    if failed:
        raise InputError(f"{failed} without an answer; column `reason` of the summary says why")
