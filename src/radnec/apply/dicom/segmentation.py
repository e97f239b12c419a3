"""The brain mask as a DICOM Segmentation."""

from __future__ import annotations

from pathlib import Path

import highdicom
import numpy as np
from pydicom.sr.codedict import codes

from radnec.apply.dicom.equipment import BRAIN, device, identity
from radnec.apply.dicom.source import SourceSeries
from radnec.apply.dicom.volume import frames_of


def brain_segmentation(
    mask: Path, source: SourceSeries, *, method: str, version: str, model: str, digest: str
) -> highdicom.seg.Segmentation:
    """Return the brain mask on the grid of the reference scan as one binary segment.

    Parameters
    ----------
    mask
        NIfTI, above 0 inside.
    method, version
        What made the mask, as in ``hd-bet``, and which release of it.
    model, digest
        See `radnec.apply.dicom.equipment.identity`.
    """
    frame_of_reference = source.frame_of_reference
    assert frame_of_reference is not None  # asked by the caller, who says why it is left out
    frames = frames_of(mask, frame_of_reference)
    segment = highdicom.seg.SegmentDescription(
        segment_number=1,
        segment_label="Brain",
        segmented_property_category=codes.SCT.AnatomicalStructure,
        segmented_property_type=codes.SCT.Brain,
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=highdicom.AlgorithmIdentificationSequence(
            name=method, family=codes.DCM.ArtificialIntelligence, version=version
        ),
    )
    return highdicom.seg.Segmentation(
        source_images=list(source.images),
        pixel_array=frames.with_array((frames.array > 0).astype(np.uint8)),
        segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[segment],
        content_label="BRAIN",
        content_description="Brain mask, research only",
        **identity(BRAIN, source, model, digest),
        **device(),
    )
