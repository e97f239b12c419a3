"""Many patients, one after the other, with networks that are loaded once."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from radnec.apply.known import KnownModel
from radnec.apply.patients import Patient
from radnec.apply.prepare.preparing import Preparing
from radnec.apply.side import Side
from radnec.apply.summary import summary, write_summary


def predict_many(
    known: KnownModel,
    patients: Sequence[Patient],
    output: Path,
    *,
    device: str,
    threads: int,
    allow_code: bool = False,
    write_dicom: bool = False,
    prevalence: float | None = None,
    show_progress: bool = True,
) -> pd.DataFrame:
    """Answer for each patient; write ``summary.tsv`` and a folder a patient into `output`.

    What goes wrong with one patient is a row of the summary, which is written anew after each:
    a run that is stopped leaves the answers it had. The images of the next patients are prepared
    while the networks are loaded and asked.

    Parameters
    ----------
    device, threads, allow_code
        See `radnec.apply.model.load_model`.

    Returns
    -------
    DataFrame
        See `radnec.apply.summary`.
    """
    rows: list[dict[str, Any]] = []
    with Side() as side:
        waiting = deque(patients)
        ahead: deque[Preparing | None] = deque()

        def prepare_ahead() -> None:
            while waiting and len(ahead) < side.processes:
                one = waiting.popleft()
                request = known.request(one, output / one.case)
                ahead.append(None if one.fault else Preparing(side, request))

        prepare_ahead()
        # Here: torch takes seconds to import, in which the first images are prepared.
        from radnec.apply.model import load_model
        from radnec.apply.row import row_of

        model = load_model(known, device=device, threads=threads, allow_code=allow_code)
        # Without a terminal no bar is drawn.
        for patient in tqdm(patients, unit="patient", disable=None if show_progress else True):
            preparing = ahead.popleft()
            rows.append(
                row_of(
                    model,
                    patient,
                    preparing,
                    side,
                    write_dicom=write_dicom,
                    prevalence=prevalence,
                    meanwhile=prepare_ahead,
                )
            )
            prepare_ahead()
            write_summary(rows, output)
    return summary(rows)
