"""Many patients, one after the other, with networks that are loaded once."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from radnec.apply.likeness import outside
from radnec.apply.model import Model
from radnec.apply.patients import Patient
from radnec.apply.predict import predict_patient
from radnec.apply.summary import ANSWERED, FAILED, summary, write_summary
from radnec.core.errors import CaseExcluded, InputError
from radnec.core.notices import notice

log = logging.getLogger(__name__)


def predict_many(
    model: Model,
    patients: Sequence[Patient],
    output: Path,
    *,
    write_dicom: bool = False,
    prevalence: float | None = None,
    show_progress: bool = True,
) -> pd.DataFrame:
    """Answer for each patient; write ``summary.tsv`` and a folder a patient into `output`.

    What goes wrong with one patient is a row of the summary, which is written anew after each:
    a run that is stopped leaves the answers it had.

    Returns
    -------
    DataFrame
        See `radnec.apply.summary`.
    """
    rows: list[dict[str, Any]] = []
    # Without a terminal no bar is drawn.
    for patient in tqdm(patients, unit="patient", disable=None if show_progress else True):
        rows.append(row_of(model, patient, output, write_dicom=write_dicom, prevalence=prevalence))
        write_summary(rows, output)
    return summary(rows)


def row_of(
    model: Model,
    patient: Patient,
    output: Path,
    *,
    write_dicom: bool,
    prevalence: float | None = None,
) -> dict[str, Any]:
    """Answer for one patient into ``output/<case>``; return the row of the summary.

    Whatever goes wrong is the row's reason, free of identity; of an unexpected error the log has
    the traceback.
    """
    start = time.monotonic()
    row: dict[str, Any] = {
        "case": patient.case,
        "model": model.name,
        "study": model.config["study"],
        "notice": notice(model.config["cohort"] == "phantom"),
    }
    try:
        if patient.fault:
            raise InputError(patient.fault)
        found = predict_patient(
            model=model,
            case=patient.case,
            source=patient.source,
            mask=patient.mask,
            output=output / patient.case,
            write_dicom=write_dicom,
            prevalence=prevalence,
        )
    except (InputError, CaseExcluded) as error:
        row |= {"status": FAILED, "reason": " ".join(str(error).split())}
    except Exception as error:
        log.exception("case %s: unexpected error", patient.case)
        row |= {"status": FAILED, "reason": f"unexpected {type(error).__name__}, see the log"}
    else:
        row |= _answer(found)
    return row | {"seconds": round(time.monotonic() - start, 1)}


def _answer(found: dict[str, Any]) -> dict[str, Any]:
    each = found["p_necrosis_of_each_network"].values()
    likeness, decided = found["likeness"], found["doubt"]["set"]
    return {
        "status": ANSWERED,
        "predicted": found["predicted"],
        "p_necrosis": found["p_necrosis"],
        "p_recurrence": found["p_recurrence"],
        "lowest": min(each),
        "highest": max(each),
        "networks": len(each),
        "call": decided["call"] if decided else "",
        "unlike_study": "; ".join(
            [*likeness["same_images"], *(check["title"] for check in outside(likeness))]
        ),
    }
