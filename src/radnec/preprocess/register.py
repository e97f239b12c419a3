"""Bring all sequences of a case onto the grid of its reference."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np

from radnec.core.errors import CaseExcluded
from radnec.core.records import CaseJob, Record, case_stage
from radnec.core.sequences import SEQUENCES, reference_of
from radnec.preprocess.itk import load_ants, to_ants
from radnec.preprocess.rigid import (
    Image,
    Prepared,
    RigidResult,
    find_movement,
    judge_movement,
    prepare,
)
from radnec.preprocess.settings.registration import RegistrationSettings
from radnec.preprocess.transforms import (
    displacement,
    rotation_angle,
    write_movement,
)
from radnec.preprocess.volumes import Volume, read_volume, same_grid, write_volume

log = logging.getLogger(__name__)

# How much less of the information may be shared than in the scanner's frame. Images that are
# aligned already end a fraction of a voxel beside it, where resampling alone moves the last digits.
_TOLERANCE = 0.05
# A scan has hundreds of intensities, a segmentation a few.
_FEWEST_INTENSITIES = 16


def register_case(
    *,
    case: str,
    images: Path,
    convert_record: Path,
    settings: RegistrationSettings,
    seed: int,
    registered: Path,
    record: Path,
) -> None:
    """Register the sequences of a case to the first of T1ce > T1 > T2 > FLAIR it has.

    Ying et al. 2025, "Data preprocessing", step 3.

    Parameters
    ----------
    images
        The case's folder of converted images, <sequence>.nii.gz.
    convert_record
        The record of the conversion.
    seed
        Seeds ANTs' sampling of the metric.
    registered
        Folder to make: <sequence>.nii.gz on the reference's grid, the reference's file copied
        as it is, and <sequence>.mat (ITK, reference point to moving point) for the others.
    record
        Record to write; measures per sequence, and ``reference``.
    """
    with case_stage(case=case, stage="register", record=record, folder=registered) as job:
        before = Record.read(convert_record)
        before.require_ok()
        before.verify(images)
        available = [name for name in SEQUENCES if f"{name}.nii.gz" in before.files]
        if not available:
            raise CaseExcluded("no converted sequence to register")
        reference = reference_of(available)
        job.measures["reference"] = reference
        fixed = read_volume(images / f"{reference}.nii.gz")
        # The reference is not resampled: its bytes stay as they are.
        shutil.copyfile(images / f"{reference}.nii.gz", job.folder / f"{reference}.nii.gz")
        others = [name for name in available if name != reference]
        if settings.method == "given":
            prepared = prepare(*fixed)
            for name in others:
                _pass_on(job, name, fixed, prepared, images, settings)
        elif others:
            ants = load_ants(seed)
            prepared = prepare(*fixed)
            for name in others:
                _register(job, ants, name, fixed, prepared, images, settings)


def _pass_on(
    job: CaseJob,
    name: str,
    fixed: Image,
    reference: Prepared,
    images: Path,
    settings: RegistrationSettings,
) -> None:
    """Check that an image is on the reference's grid and aligned with it, and copy it."""
    path = images / f"{name}.nii.gz"
    data, affine = read_volume(path)
    _require_scan(name, data)
    if not same_grid(data.shape, affine, fixed[0].shape, fixed[1]):
        raise CaseExcluded(
            f"{name}: not on the reference's grid (shape {data.shape}, reference "
            f"{fixed[0].shape}; largest difference of the matrices "
            f"{np.abs(affine - fixed[1]).max():.2g} mm), though registration.method says the "
            "images come registered"
        )
    result = judge_movement(reference, prepare(data, affine), np.eye(4))
    _note(job, name, result, reference.centre_of_head)
    flags = _flags(result, reference.centre_of_head, settings)
    if flags and settings.on_failure == "exclude":
        raise CaseExcluded(
            f"{name} is not aligned with the reference, though registration.method says the "
            f"images come registered: {'; '.join(flags)}"
        )
    if flags:
        job.warn(f"the registration that {name} came with is doubtful: {'; '.join(flags)}")
    shutil.copyfile(path, job.folder / path.name)
    write_movement(job.folder / f"{name}.mat", np.eye(4))


def _require_scan(name: str, data: Volume) -> None:
    """Refuse a segmentation that was given as a scan."""
    found = np.unique(data).size
    if found < _FEWEST_INTENSITIES:
        raise CaseExcluded(
            f"{name} has {found} different intensities, expected at least "
            f"{_FEWEST_INTENSITIES}: it looks like a mask, not like a scan"
        )


def _register(
    job: CaseJob,
    ants: ModuleType,
    name: str,
    fixed: Image,
    reference: Prepared,
    images: Path,
    settings: RegistrationSettings,
) -> None:
    """Register one sequence, a second time from more starts where the first looks wrong."""
    moving = read_volume(images / f"{name}.nii.gz")
    _require_scan(name, moving[0])
    prepared = prepare(*moving)
    centre = reference.centre_of_head
    result = find_movement(ants, reference, prepared)
    flags = _flags(result, centre, settings)
    job.measures[f"{name}_tries"] = 1
    if flags:
        log.warning("%s: %s; trying again from other starts", name, "; ".join(flags))
        job.measures[f"{name}_tries"] = 2
        result = find_movement(ants, reference, prepared, wide=True)
        flags = _flags(result, centre, settings)
    _note(job, name, result, centre)
    if flags and settings.on_failure == "exclude":
        raise CaseExcluded(f"registration of {name} failed twice: {'; '.join(flags)}")
    if flags:
        job.warn(f"registration of {name} is doubtful: {'; '.join(flags)}")
    _write_registered(job.folder, ants, name, fixed, moving, result, settings)


def _note(job: CaseJob, name: str, result: RigidResult, centre: np.ndarray) -> None:
    """Keep what speaks for a registration in the case's record."""
    job.measures.update(
        {
            f"{name}_similarity_before": round(result.similarity_before, 4),
            f"{name}_similarity_after": round(result.similarity_after, 4),
            f"{name}_rotation": round(rotation_angle(result.movement), 3),
            f"{name}_translation": round(displacement(result.movement, centre), 3),
            f"{name}_overlap": round(result.overlap, 3),
            f"{name}_distinctness": round(result.distinctness, 2),
        }
    )


def _flags(result: RigidResult, centre: np.ndarray, settings: RegistrationSettings) -> list[str]:
    """Say what speaks against a registration, with figures."""
    flags = []
    angle, shift = rotation_angle(result.movement), displacement(result.movement, centre)
    if angle > settings.max_rotation:
        flags.append(f"rotation {angle:.0f} degrees, at most {settings.max_rotation:g} expected")
    if shift > settings.max_translation:
        flags.append(f"movement {shift:.0f} mm, at most {settings.max_translation:g} expected")
    if result.overlap < settings.min_overlap:
        flags.append(
            f"covers {result.overlap:.0%} of the head, at least {settings.min_overlap:.0%} expected"
        )
    if result.distinctness < settings.min_distinctness:
        flags.append(
            f"shares {result.distinctness:.1f} times the information of the places beside it, at "
            f"least {settings.min_distinctness:g} expected"
        )
    # 1 is no shared information (see `normalised_mutual_information`).
    if result.similarity_after - 1 < (1 - _TOLERANCE) * (result.similarity_before - 1):
        flags.append(
            f"similarity fell from {result.similarity_before:.3f} to {result.similarity_after:.3f}"
        )
    return flags


def _write_registered(
    folder: Path,
    ants: ModuleType,
    name: str,
    fixed: Image,
    moving: Image,
    result: RigidResult,
    settings: RegistrationSettings,
) -> None:
    """Resample a sequence onto the reference's grid, once, and keep the movement."""
    transform = folder / f"{name}.mat"
    write_movement(transform, result.movement)
    image = ants.apply_transforms(
        to_ants(ants, *fixed),
        to_ants(ants, *moving),
        [str(transform)],
        interpolator={"linear": "linear", "lanczos": "lanczosWindowedSinc"}[settings.interpolation],
    )
    write_volume(folder / f"{name}.nii.gz", image.numpy(), fixed[1])
