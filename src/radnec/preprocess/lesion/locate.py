"""The stage that says for each case where its lesion is."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radnec.core.errors import CaseExcluded
from radnec.core.records import CaseJob, Record, case_stage
from radnec.preprocess.lesion.carry import Mask, carry_lesion
from radnec.preprocess.lesion.find import find_enhancement
from radnec.preprocess.settings.lesion import LesionSettings
from radnec.preprocess.volumes import Affine, read_mask, read_volume, spacing_of, write_volume

STAGE = "locate"
DRAWN, FOUND, BRAIN = "drawn", "enhancement", "brain"
"""What a region is: the drawn lesion, enhancing tissue, or the whole brain."""

# A drawn lesion of which less lies in the brain was drawn on another case, or the brain is wrong.
_LEAST_IN_BRAIN = 0.5


def locate_lesion(
    *,
    case: str,
    drawn: str,
    settings: LesionSettings,
    images: Path,
    registered: Path,
    brain: Path,
    strip_record: Path,
    outdir: Path,
    record: Path,
) -> None:
    """Write the region of a case that stands for its lesion: lesion.nii.gz.

    It is the drawn mask; without one, or where it cannot be used, enhancing tissue; where there is
    none of that either, the whole brain. The record's measure `region` says which.

    Parameters
    ----------
    drawn
        Path of the mask in the column ``lesion``; "" where there is none.
    images, registered, brain
        The case's folders of converted, registered and stripped images.
    strip_record
        The record of the skull stripping.
    outdir
        Folder to make: lesion.nii.gz (1 inside) on the grid of the reference.
    record
        Record to write; measures `region`, `volume_ml`, `share_in_brain` (of a drawn mask) and
        `drawn_on`.
    """
    with case_stage(case=case, stage=STAGE, record=record, folder=outdir) as job:
        before = Record.read(strip_record)
        before.require_ok()
        before.verify(brain)
        inside, affine = read_mask(brain / "mask.nii.gz")
        region = None
        if drawn:
            region = _drawn(job, Path(drawn), settings, images, registered, inside)
        if region is None and settings.without_mask == "enhancement":
            region = _found(job, brain, inside, affine, settings.threshold)
        if region is None:
            region = inside
            job.measures["region"] = BRAIN
        voxel_ml = float(np.prod(spacing_of(affine))) / 1000
        job.measures["volume_ml"] = round(float(np.count_nonzero(region)) * voxel_ml, 3)
        write_volume(job.folder / "lesion.nii.gz", region.astype(np.uint8), affine)


def _drawn(
    job: CaseJob,
    path: Path,
    settings: LesionSettings,
    images: Path,
    registered: Path,
    brain: Mask,
) -> Mask | None:
    try:
        found = carry_lesion(path, settings.labels, images=images, registered=registered)
    except CaseExcluded as fault:
        job.warn(f"{fault.reason}; not used")
        return None
    share = np.count_nonzero(found.mask & brain) / np.count_nonzero(found.mask)
    if share < _LEAST_IN_BRAIN:
        job.warn(f"{share:.0%} of the drawn lesion lies in the brain; not used")
        return None
    job.measures["region"] = DRAWN
    job.measures["drawn_on"] = found.drawn_on
    job.measures["share_in_brain"] = round(float(share), 4)
    return found.mask


def _found(
    job: CaseJob, brain: Path, inside: Mask, affine: Affine, threshold: float
) -> Mask | None:
    pair = [brain / f"{name}.nii.gz" for name in ("t1ce", "t1")]
    if not all(path.is_file() for path in pair):
        job.warn("no enhancing tissue can be found without T1ce and T1: the whole brain is taken")
        return None
    (t1ce, _), (t1, _) = (read_volume(path) for path in pair)
    try:
        found = find_enhancement(t1ce, t1, inside, spacing_of(affine), threshold)
    except CaseExcluded as fault:
        job.warn(f"{fault.reason}: the whole brain is taken")
        return None
    job.measures["region"] = FOUND
    return found
