"""The one-page summary as a Secondary Capture, for viewers that show nothing else."""

from __future__ import annotations

from pathlib import Path

import highdicom
import numpy as np
from PIL import Image

from radnec.apply.dicom.equipment import SUMMARY, identity
from radnec.apply.dicom.source import SourceSeries


def summary_capture(
    picture: Path, source: SourceSeries, *, model: str, digest: str
) -> highdicom.sc.SCImage:
    """Return the summary page as one RGB image that belongs to the source study.

    Parameters
    ----------
    picture
        From `radnec.apply.picture.draw_summary`.
    digest
        See `radnec.apply.dicom.equipment.identity`.
    """
    with Image.open(picture) as page:
        pixels = np.asarray(page.convert("RGB"))
    return highdicom.sc.SCImage.from_ref_dataset(
        ref_dataset=source.images[0],
        pixel_array=pixels,
        photometric_interpretation=highdicom.PhotometricInterpretationValues.RGB,
        bits_allocated=8,
        coordinate_system=highdicom.CoordinateSystemNames.PATIENT,
        patient_orientation=("L", "P"),
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        **identity(SUMMARY, source, model, digest),
    )
