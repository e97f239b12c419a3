"""The images of a case as preprocessing left them, read once for its picture and its measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.preprocess.volumes import Affine, Volume, read_mask, read_volume, to_ras

STAGES = ("index", "convert", "register", "strip", "normalise")
"""Whose records tell what became of a case's images."""


@dataclass(frozen=True)
class RegisteredImages:
    """The registered images of a case: arrays (x, y, z) in RAS, all on one grid.

    Attributes
    ----------
    images
        Sequence to image.
    affine
        Voxel to mm, RAS.
    reference
        The sequence that the others were registered to.
    mask
        The brain, 0 to 1; None where the case left before it had one.
    """

    images: dict[str, Volume]
    affine: Affine
    reference: str
    mask: Volume | None


@dataclass(frozen=True)
class PreprocessedCase:
    """What the stages of preprocessing say of a case, and what they made.

    Attributes
    ----------
    name
        Name of the case.
    stages
        ``index``, ``convert``, ``register``, ``strip`` and ``normalise`` to the records of the
        stages.
    scanned
        Folder of the images as they were scanned.
    registered
        The images; None where the case left before it had any.
    normalised
        Folder of the volumes that the networks read, one a sequence.
    """

    name: str
    stages: dict[str, Record]
    scanned: Path
    registered: RegisteredImages | None
    normalised: Path


def read_case(
    *,
    case: str,
    scanned: Path,
    registered: Path,
    brain: Path,
    normalised: Path,
    records: Mapping[str, Path],
) -> PreprocessedCase:
    """Read what preprocessing made of a case.

    Parameters
    ----------
    case
        Name of the case.
    scanned, registered, brain, normalised
        The case's folders; empty from the stage on at which it left the study.
    records
        ``index``, ``convert``, ``register``, ``strip`` and ``normalise`` to the records of the
        stages, in this order.

    Raises
    ------
    InputError
        If a file is not what its record says.
    """
    stages = {name: Record.read(path) for name, path in records.items()}
    folders = {"convert": scanned, "register": registered, "strip": brain, "normalise": normalised}
    for name, folder in folders.items():
        stages[name].verify(folder)
    images = _read_images(stages, registered, brain) if stages["register"].ok else None
    return PreprocessedCase(case, stages, scanned, images, normalised)


def _read_images(stages: Mapping[str, Record], registered: Path, brain: Path) -> RegisteredImages:
    """Read the registered images and the mask, if there is one."""
    names = [name for name in SEQUENCES if f"{name}.nii.gz" in stages["register"].files]
    images = {}
    for name in names:
        images[name], affine = to_ras(*read_volume(registered / f"{name}.nii.gz"))
    mask = None
    if stages["strip"].ok:
        stored, own = read_mask(brain / "mask.nii.gz")
        mask, _ = to_ras(stored.astype(np.float32), own)
    return RegisteredImages(images, affine, str(stages["register"].measures["reference"]), mask)
