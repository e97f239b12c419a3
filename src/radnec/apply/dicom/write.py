"""All results of one patient as DICOM files."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from radnec.apply.dicom.capture import summary_capture
from radnec.apply.dicom.equipment import BRAIN, MAP, REPORT, SUMMARY
from radnec.apply.dicom.parametric_map import activation_map
from radnec.apply.dicom.report import structured_report
from radnec.apply.dicom.segmentation import brain_segmentation
from radnec.apply.dicom.source import SourceSeries, pseudonymised
from radnec.core.files import atomic_dir, sha256

log = logging.getLogger(__name__)


def write_dicom(
    answer: Mapping[str, Any],
    source: SourceSeries,
    *,
    picture: Path,
    heat: Path,
    mask: Path,
    mask_method: str,
    mask_version: str,
    pseudonym: str | None,
    output: Path,
) -> list[Path]:
    """Write report, map, brain mask and summary; return the files.

    The patient's identifiers go from the source headers into these files and nowhere else. The
    same answer from the same images gives the same UIDs, so an archive that gets it twice keeps
    it once.

    Parameters
    ----------
    answer
        What `radnec.apply.predict.predict_patient` returns.
    picture
        See `radnec.apply.picture.draw_summary`.
    heat, mask
        Map in [0, 1] and brain mask: NIfTI on the grid of the source.
    mask_method, mask_version
        What made the mask.
    pseudonym
        Stands for the patient in place of the source's identifiers; None keeps those.
    output
        Replaced as a whole.
    """
    named = source if pseudonym is None else pseudonymised(source, pseudonym)
    model = str(answer["model"])
    digest = _digest(answer, heat, mask)
    objects: dict[str, Dataset] = {
        REPORT.name: structured_report(answer, named, digest),
        SUMMARY.name: summary_capture(picture, named, model=model, digest=digest),
    }
    if named.frame_of_reference is None:
        log.warning(
            "the source series has no Frame of Reference UID: map and brain mask are not written "
            "as DICOM, since nothing says where they lie"
        )
    else:
        objects[MAP.name] = activation_map(heat, named, model=model, digest=digest)
        objects[BRAIN.name] = brain_segmentation(
            mask, named, method=mask_method, version=mask_version, model=model, digest=digest
        )
    with atomic_dir(output) as folder:
        for name, one in objects.items():
            if "Laterality" not in one and name != REPORT.name:
                one.BodyPartExamined = "HEAD"  # no paired organ: no side has to be named
            one.save_as(folder / f"{name}.dcm", enforce_file_format=True)
    return [output / f"{name}.dcm" for name in objects]


def _digest(answer: Mapping[str, Any], heat: Path, mask: Path) -> str:
    """Return a short text that changes when the answer, the map or the mask does."""
    text = json.dumps(dict(answer), sort_keys=True, default=str) + sha256(heat) + sha256(mask)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
