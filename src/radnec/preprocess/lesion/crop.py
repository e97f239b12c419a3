"""Volumes of the lesion and its surroundings, in place of volumes of the whole brain."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radnec.core.records import Record, case_stage
from radnec.core.sequences import SEQUENCES
from radnec.preprocess.normalise import scaling_region, target_grid, write_normalised
from radnec.preprocess.settings.normalisation import NormalisationSettings
from radnec.preprocess.volumes import read_mask, to_ras


def normalise_lesion(
    *,
    case: str,
    brain: Path,
    strip_record: Path,
    lesion: Path,
    locate_record: Path,
    settings: NormalisationSettings,
    margin: float,
    normalised: Path,
    record: Path,
) -> None:
    """Write the volumes that networks read, cut out around the lesion.

    As `radnec.preprocess.normalise.normalise_case`, but the box is the lesion's: by
    `keep_aspect` voxels have the shape they have in volumes of the brain, only smaller.
    Intensities are scaled by what lies in the cut-out, or by the brain within it.

    Parameters
    ----------
    brain, lesion
        The case's folders of stripped images and of its lesion.
    strip_record, locate_record
        The records of these two stages.
    margin
        Millimetres around the lesion.
    normalised
        Folder to make, <sequence>.nii.gz.
    record
        Record to write, of stage `normalise`.
    """
    with case_stage(case=case, stage="normalise", record=record, folder=normalised) as job:
        before, located = Record.read(strip_record), Record.read(locate_record)
        before.require_ok()
        located.require_ok()
        before.verify(brain)
        located.verify(lesion)
        stored, stored_affine = read_mask(lesion / "lesion.nii.gz")
        mask, affine = to_ras(stored.astype(np.float32), stored_affine)
        around = settings.model_copy(update={"margin": margin})
        grid = target_grid(mask > 0.5, affine, around)
        whole, whole_affine = read_mask(brain / "mask.nii.gz")
        region = scaling_region(*to_ras(whole.astype(np.float32), whole_affine), grid, settings)
        names = [name for name in SEQUENCES if f"{name}.nii.gz" in before.files]
        write_normalised(names, brain, region, grid, settings, job)
