"""The class activation map as a DICOM Parametric Map."""

from __future__ import annotations

from pathlib import Path

import highdicom
from pydicom.sr.codedict import codes

from radnec.apply.dicom.codes import ACTIVATION
from radnec.apply.dicom.equipment import MAP, device, identity
from radnec.apply.dicom.source import SourceSeries
from radnec.apply.dicom.volume import frames_of


def activation_map(
    heat: Path, source: SourceSeries, *, model: str, digest: str
) -> highdicom.pm.ParametricMap:
    """Return the map, 0 to 1 over the whole scan, with its own values (32-bit floating point).

    Parameters
    ----------
    heat
        NIfTI on the grid of the reference scan, values in [0, 1].
    model, digest
        See `radnec.apply.dicom.equipment.identity`.
    """
    frame_of_reference = source.frame_of_reference
    assert frame_of_reference is not None  # asked by the caller, who says why it is left out
    scale = highdicom.pm.RealWorldValueMapping(
        lut_label="GRADCAM",
        lut_explanation="Share of the largest evidence",
        unit=codes.UCUM.NoUnits,
        value_range=(0.0, 1.0),
        slope=1.0,
        intercept=0.0,
        quantity_definition=highdicom.sr.CodedConcept.from_code(ACTIVATION),
    )
    return highdicom.pm.ParametricMap(
        source_images=list(source.images),
        pixel_array=frames_of(heat, frame_of_reference),
        contains_recognizable_visual_features=False,
        real_world_value_mappings=[scale],
        voi_lut_transformations=[
            highdicom.VOILUTTransformation(window_center=0.5, window_width=1.0)
        ],
        content_label="GRADCAM",
        content_description="Class activation map, research only",
        **identity(MAP, source, model, digest),
        **device(),
    )
