"""Settings of the ingest stages: the section `ingest` of the configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le

from radnec.core.settings import Number, Settings


class IngestSettings(Settings):
    """How series are identified and converted."""

    converter: Literal["dicom2nifti", "dcm2niix"] = "dicom2nifti"
    """or dcm2niix

    The program that turns slices into NIfTI; both give the same files.

    Change: if one of them cannot read your scanner
    """
    min_confidence: Annotated[Number, Ge(0.5), Le(1)] = 0.7
    """below this share of the evidence a series is not guessed

    It is called ambiguous, and the reason for the exclusion of its case holds the line to add
    to the table of overrides.

    Change: rarely
    """
