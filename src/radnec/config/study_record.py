"""What only the authors of a study know, in a small file, for the reporting checklists."""

from __future__ import annotations

from pathlib import Path

import yaml

from radnec.core.errors import InputError
from radnec.core.settings import Settings


class StudyRecord(Settings):
    """The fields of study.yaml; each is text, and what is left empty is "to be written"."""

    title: str = ""
    """Title of the manuscript: it names the method and the task."""
    abstract: str = ""
    """Structured summary, or where it stands."""
    keywords: str = ""
    """Keywords of the manuscript."""
    background: str = ""
    """Clinical need, existing tests and models, known inequalities, or where that is written."""
    intended_use: str = ""
    """Who would use the model, on whom, at which step of care."""
    hypothesis: str = ""
    """Objective and hypothesis."""
    design: str = ""
    """Retrospective or prospective; consecutive or selected patients."""
    centres: str = ""
    """Hospitals: number, names, kind of care."""
    dates: str = ""
    """First and last examination, end of follow-up."""
    treatments: str = ""
    """Radiotherapy and other treatment before the images."""
    reference_standard: str = ""
    """How the diagnosis was made, why so, and how long after the images."""
    raters: str = ""
    """Who made the diagnosis: number, experience, blinding, agreement."""
    segmentation: str = ""
    """Who drew the lesions, in which software: number, experience, agreement; or: none drawn."""
    deidentification: str = ""
    """How identity was taken out of the images before they reached this workflow."""
    ethics: str = ""
    """Committee, number of its approval, consent or its waiver."""
    registration: str = ""
    """Registry and number, or: not registered."""
    protocol: str = ""
    """Where the protocol can be read, or: none was prepared."""
    sample_size: str = ""
    """How the number of patients was arrived at."""
    funding: str = ""
    """Sources, and the part that they played."""
    competing_interests: str = ""
    """Conflicts of interest of the authors."""
    data_availability: str = ""
    """Where the images and labels can be had, or why not."""
    data_overlap: str = ""
    """Other studies that report some of the same patients, or: none."""
    code_availability: str = ""
    """Where the code and configuration can be had."""
    model_availability: str = ""
    """Where the trained networks can be had, or why not."""
    patient_involvement: str = ""
    """How patients or the public took part, or: not."""
    discussion: str = ""
    """Interpretation, implications, next steps, or where they are written."""


def read_study_record(path: Path | None) -> StudyRecord:
    """Return the record of a file; all fields empty where none is named.

    Raises
    ------
    InputError
        If the file cannot be read, names a field that there is not, or holds anything but text.
    """
    if path is None:
        return StudyRecord()
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"study_record: {path}: {error}, expected a YAML file") from error
    if not isinstance(values, dict):
        raise InputError(f"study_record: {path}: expected a field and its text in each line")
    try:
        return StudyRecord.from_mapping({str(k): v for k, v in values.items() if v is not None})
    except InputError as error:
        raise InputError(f"study_record: {path}: {error}") from None
