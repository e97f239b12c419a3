"""Settings of the ingest stages: the section `ingest` of the configuration."""

from __future__ import annotations

import dataclasses
from typing import Literal

from radnec.core.settings import Settings


@dataclasses.dataclass(frozen=True)
class IngestSettings(Settings):
    """How series are identified and converted.

    Attributes
    ----------
    converter
        The program that turns slices into NIfTI; both give the same files.
    min_confidence
        Share of the evidence (0.5 to 1) that the likeliest sequence of a series needs;
        below it the series is ambiguous and not guessed.
    """

    converter: Literal["dicom2nifti", "dcm2niix"]
    min_confidence: float
