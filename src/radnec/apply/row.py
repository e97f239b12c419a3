"""One patient's answer as a row of the summary, whatever happens."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from radnec.apply.checks import outside
from radnec.apply.model import Model
from radnec.apply.patients import Patient
from radnec.apply.predict import predict_patient
from radnec.apply.prepare.preparing import Preparing
from radnec.apply.side import Side
from radnec.apply.summary import ANSWERED, FAILED
from radnec.core.errors import CaseExcluded, InputError
from radnec.core.notices import notice

log = logging.getLogger(__name__)


def row_of(
    model: Model,
    patient: Patient,
    preparing: Preparing | None,
    side: Side,
    *,
    write_dicom: bool,
    prevalence: float | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Answer for one patient; return the row of the summary.

    Whatever goes wrong is the row's reason, free of identity; of an unexpected error the log has
    the traceback.

    Parameters
    ----------
    preparing
        The patient's images; None where nothing of the patient can be looked at.
    """
    start = time.monotonic()
    row: dict[str, Any] = {
        "case": patient.case,
        "model": model.name,
        "study": model.config["study"],
        "notice": notice(model.config["cohort"] == "phantom"),
    }
    try:
        if preparing is None:
            raise InputError(patient.fault)
        found = predict_patient(
            model,
            preparing,
            side,
            write_dicom=write_dicom,
            prevalence=prevalence,
            meanwhile=meanwhile,
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
