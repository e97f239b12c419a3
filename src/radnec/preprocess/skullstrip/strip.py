"""Take everything but the brain out of a case's images."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from radnec.core.errors import CaseExcluded, InputError
from radnec.core.records import Record, case_stage
from radnec.core.sequences import SEQUENCES
from radnec.preprocess.settings.skull_strip import SkullStripSettings
from radnec.preprocess.skullstrip.atlas import atlas_mask
from radnec.preprocess.skullstrip.given import given_mask as read_given_mask
from radnec.preprocess.skullstrip.given import looks_stripped, signal_mask
from radnec.preprocess.skullstrip.hdbet_batch import predicted_mask
from radnec.preprocess.skullstrip.mask_check import mask_flags, measure_mask
from radnec.preprocess.skullstrip.template import find_template
from radnec.preprocess.volumes import read_volume, write_volume


def strip_case(
    *,
    case: str,
    registered: Path,
    register_record: Path,
    given_mask: Path | None,
    settings: SkullStripSettings,
    seed: int,
    brain: Path,
    record: Path,
    images: Path | None = None,
    hdbet_masks: Path | None = None,
) -> None:
    """Find the brain in the reference and take the rest out of every sequence.

    Ying et al. 2025, "Data preprocessing", step 4.

    Parameters
    ----------
    registered
        The case's folder of registered images.
    given_mask
        The mask that the table of cases names for this case; it is used whatever the backend.
    seed
        Seeds ANTs' sampling of the metric (backend ``atlas``).
    brain
        Folder to make: <sequence>.nii.gz, zero outside the brain, and mask.nii.gz.
    record
        Record to write; measures of the mask.
    images
        The case's folder of images as they were scanned, where `given_mask` may have been drawn.
    hdbet_masks
        What `predict_masks` wrote for the batch of this case (a backend with a network).
    """
    with case_stage(case=case, stage="strip", record=record, folder=brain) as job:
        before = Record.read(register_record)
        before.require_ok()
        before.verify(registered)
        reference, affine = read_volume(registered / f"{before.measures['reference']}.nii.gz")
        if given_mask is not None:
            mask, moved = read_given_mask(
                given_mask, reference.shape, affine, images=images, registered=registered
            )
            if moved:
                job.warn(f"the given brain mask: {moved}")
        elif settings.backend == "given":
            raise CaseExcluded("the table of cases names no brain mask")
        elif settings.backend == "none":
            mask = signal_mask(reference)
        elif settings.backend == "atlas":
            template = find_template(settings.atlas_head, settings.atlas_mask)
            mask = atlas_mask(reference, affine, template, seed)
        else:
            if hdbet_masks is None:
                raise InputError(
                    f"skull_strip.backend is {settings.backend!r}: expected predict_masks' file"
                )
            mask = predicted_mask(hdbet_masks, case, reference.shape, affine)
        measures = measure_mask(mask, affine)
        for name, value in dataclasses.asdict(measures).items():
            job.measures[f"mask_{name}"] = round(value, 5)
        flags = mask_flags(measures, settings.volume_ml)
        if given_mask is None and settings.backend != "none" and looks_stripped(reference, mask):
            flags.append("the images look stripped already, expected skull_strip.backend none")
        if flags and settings.on_failure == "exclude":
            raise CaseExcluded(f"brain mask: {'; '.join(flags)}")
        for flag in flags:
            job.warn(f"brain mask: {flag}")
        write_volume(job.folder / "mask.nii.gz", mask.astype(np.uint8), affine)
        for name in (name for name in SEQUENCES if f"{name}.nii.gz" in before.files):
            data, own = read_volume(registered / f"{name}.nii.gz")
            write_volume(job.folder / f"{name}.nii.gz", np.where(mask, data, 0), own)
