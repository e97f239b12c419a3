"""What is measured of a prepared patient, to compare it with the cases of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from radnec.core.notices import notice as research_notice
from radnec.figures.quality.case import draw_quality_case
from radnec.novelty.measures import measure_case
from radnec.preprocess.quality.images import STAGES, read_case
from radnec.preprocess.quality.measures import measure_case as measure_quality
from radnec.preprocess.quality.measures import remarks_of


def measure_patient(case: str, folder: Path, *, phantom: bool) -> dict[str, Any]:
    """Measure a prepared patient as the cases of the study were, and draw quality.png.

    Parameters
    ----------
    folder
        As `radnec.apply.prepare.preparing.Preparing` leaves it.

    Returns
    -------
    dict
        See `radnec.novelty.measures.measure_case`, with the ``remarks`` of the stages.
    """
    records = {path.stem: path for path in (folder / "records").glob("*.json")}
    read = read_case(
        case=case,
        scanned=folder / "nifti",
        registered=folder / "registered",
        brain=folder / "brain",
        normalised=folder / "normalised",
        records={name: records[name] for name in STAGES},
    )
    quality = measure_quality(read)
    noisy = remarks_of(quality)
    draw_quality_case(
        read, remarks=noisy, notice=research_notice(phantom), picture=folder / "quality.png"
    )
    measured = measure_case(
        case=case,
        nifti=folder / "nifti",
        brain=folder / "brain",
        records={name: records[name] for name in ("convert", "register", "strip")},
        snr=quality["snr"],
    )
    remarks = [text for record in read.stages.values() for text in record.warnings]
    return measured | {"remarks": remarks + noisy}
