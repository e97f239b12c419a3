"""Phantom heads for the benchmarks of preprocessing: simulated, converted, with their truth."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import dicom2nifti
import numpy as np

from radnec.core.files import atomic_dir
from radnec.phantom.case import simulate_case
from radnec.phantom.patient import ACQUIRED
from radnec.phantom.settings import PhantomSettings


@dataclasses.dataclass(frozen=True)
class PhantomHead:
    """One simulated patient: images, and what is true of them.

    Attributes
    ----------
    name
        The case.
    folder
        <sequence>.nii.gz, brain.nii.gz and lesion.nii.gz (on the grid of T1ce), and
        <sequence>_to_t1ce.txt.
    """

    name: str
    folder: Path

    def image(self, sequence: str) -> Path:
        """Return the file of a sequence."""
        return self.folder / f"{sequence}.nii.gz"

    def brain(self) -> Path:
        """Return the file of the true brain mask."""
        return self.folder / "brain.nii.gz"

    def movement(self, reference: str, moving: str) -> np.ndarray:
        """Return the true 4 x 4 matrix from a point of `reference` to `moving`, mm, RAS+."""
        to_t1ce = [np.loadtxt(self.folder / f"{n}_to_t1ce.txt") for n in (moving, reference)]
        return np.linalg.inv(to_t1ce[0]) @ to_t1ce[1]


def phantom_heads(
    folder: Path,
    count: int,
    *,
    movement_mm: float,
    movement_degrees: float,
    seed: int = 20,
    labels: Sequence[str] = ("recurrence", "necrosis"),
) -> list[PhantomHead]:
    """Simulate `count` patients below `folder`; those that are there already stay.

    Parameters
    ----------
    movement_mm, movement_degrees
        Largest shift and rotation of each sequence along and about each axis.
    seed
        Other patients with another number; each seed needs a folder of its own.
    labels
        Labels of the first patients; the next ones begin with the first again.
    """
    settings = PhantomSettings(
        snr=25.0,
        movement_mm=movement_mm,
        movement_degrees=movement_degrees,
        deformation_mm=3.0,
        bias=0.15,
    )
    heads = []
    for number in range(count):
        case = f"B{number:03d}"
        heads.append(PhantomHead(case, folder / case))
        if heads[-1].folder.is_dir():
            continue
        with atomic_dir(folder / case) as target:
            simulate_case(
                case=case,
                label=labels[number % len(labels)],
                defect="none",
                seed=seed,
                settings=settings,
                dicom=target / "dicom",
                truth=target / "truth",
            )
            # S0001 is the localizer.
            for place, name in enumerate(ACQUIRED, start=2):
                dicom2nifti.dicom_series_to_nifti(
                    str(target / "dicom" / f"S{place:04d}"),
                    str(target / f"{name}.nii.gz"),
                    reorient_nifti=False,
                )
            masks = [target / "truth" / f"{name}.nii.gz" for name in ("brain", "lesion")]
            for path in [*masks, *target.glob("truth/*.txt")]:
                path.rename(target / path.name)
    return heads
