"""NIfTI as a source of images: files that the cases table or a BIDS dataset names by sequence."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from radnec.core.errors import CaseExcluded
from radnec.core.files import sha256
from radnec.ingest.sources.sidecar_files import sidecar_values

# BIDS keeps times in seconds; DICOM, and so this project, in milliseconds.
_SECONDS = ("RepetitionTime", "EchoTime", "InversionTime")
_AS_THEY_ARE = ("MagneticFieldStrength", "SliceThickness", "FlipAngle", "EchoTrainLength")


@dataclasses.dataclass(frozen=True)
class NiftiSeries:
    """One file of a case.

    Attributes
    ----------
    series
        Short hash of the file's bytes, which names it without its path.
    spacing
        Size of a voxel along the three axes of the file, mm.
    slices
        Number of slices: voxels along the axis with the largest spacing, the last of equals.
    acquisition
        What a BIDS sidecar beside the file says, in DICOM's names and units.
    fault
        Why the file cannot be used; empty when it can.
    """

    sequence: str
    path: Path
    series: str
    shape: tuple[int, ...]
    spacing: tuple[float, ...]
    slices: int
    orientation: str
    acquisition: dict[str, float]
    fault: str


def read_series(sequence: str, path: Path, root: Path | None = None) -> NiftiSeries:
    """Read what a NIfTI file holds; a file that cannot be used has its `fault` set.

    Parameters
    ----------
    root
        Root of the BIDS dataset that the file is of, whose sidecars it inherits.
    """
    empty = NiftiSeries(sequence, path, "", (), (), 0, "", {}, "")
    if not path.is_file():
        return dataclasses.replace(empty, fault=_absent(path))
    series = sha256(path)[:10]
    try:
        image: Any = nib.load(path)
        shape = tuple(int(n) for n in image.shape)
        affine, unit = in_millimetres(image)
    except Exception:
        # nibabel has no common error for what is not an image or is cut off.
        return dataclasses.replace(empty, series=series, fault="not a readable NIfTI file")
    spacing = tuple(float(s) for s in np.linalg.norm(affine[:3, :3], axis=0))
    fault = _fault(image, shape, affine) or _implausible(spacing, unit)
    grid = shape[:3] if len(shape) >= 3 else (1, 1, 1)
    thickest = max(range(3), key=lambda axis: (round(spacing[axis], 3), axis))
    return NiftiSeries(
        sequence=sequence,
        path=path,
        series=series,
        shape=shape,
        spacing=spacing,
        slices=grid[thickest],
        orientation="" if fault else "".join(nib.orientations.aff2axcodes(affine)),
        acquisition=_acquisition(path, root),
        fault=fault,
    )


def load_image(series: NiftiSeries) -> nib.nifti1.Nifti1Image:
    """Load the voxels of a file.

    Raises
    ------
    CaseExcluded
        If the file has a fault, is cut off, or has values that are not numbers.
    """
    if series.fault:
        raise CaseExcluded(series.fault)
    try:
        image: Any = nib.load(series.path)
        data = np.asanyarray(image.dataobj).reshape(series.shape[:3])
    except Exception:
        raise CaseExcluded("the NIfTI file is cut off or damaged") from None
    if not np.isfinite(data).all():
        raise CaseExcluded("the NIfTI file has voxels that are not finite numbers")
    return nib.nifti1.Nifti1Image(data, in_millimetres(image)[0])


# Codes of xyzt_units (nifti1.h): what a unit is in millimetres.
_UNITS = {"unknown": 1.0, "mm": 1.0, "meter": 1000.0, "micron": 0.001}
# Side of a voxel that an image of a head can have, mm.
_SMALLEST_MM, _LARGEST_MM = 0.01, 50.0


def in_millimetres(image: Any) -> tuple[np.ndarray, str]:
    """Return the affine in millimetres, and the unit that the header declares.

    nibabel leaves the unit of `xyzt_units` aside; a header without one means millimetres.
    """
    affine = np.array(image.affine, dtype=float)
    unit = "unknown"
    if hasattr(image.header, "get_xyzt_units"):
        try:
            unit = str(image.header.get_xyzt_units()[0])
        except KeyError:
            unit = "unknown"
    affine[:3] *= _UNITS.get(unit, 1.0)
    return affine, unit


def _implausible(spacing: tuple[float, ...], unit: str) -> str:
    if all(_SMALLEST_MM <= size <= _LARGEST_MM for size in spacing):
        return ""
    shown = " x ".join(f"{size:.3g}" for size in spacing)
    known = {"unknown": "no unit", "meter": "metre"}.get(unit, unit)
    return (
        f"voxels of {shown} mm (the header declares {known}), expected {_SMALLEST_MM:g} to "
        f"{_LARGEST_MM:g} mm along each axis: is the unit in xyzt_units right?"
    )


def _absent(path: Path) -> str:
    if path.is_symlink():
        return "a link to a file that is not there (content that was not fetched?)"
    return "there is no such file"


def _fault(image: Any, shape: tuple[int, ...], affine: np.ndarray) -> str:
    shown = "x".join(map(str, shape))
    if len(shape) < 3 or any(n > 1 for n in shape[3:]):
        return f"an image of {shown} voxels, expected three dimensions"
    if min(shape[:3]) < 2:
        return f"an image of {shown} voxels, expected at least 2 along each axis"
    if image.get_data_dtype().names is not None:
        return "a colour image, expected grey values"
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-9:
        return "no usable orientation in the header"
    if int(image.header["sform_code"]) == 0 and int(image.header["qform_code"]) == 0:
        return "the header does not say how the image lies (sform and qform codes are 0)"
    return ""


def _acquisition(path: Path, root: Path | None) -> dict[str, float]:
    values = sidecar_values(path, root)
    found = {}
    for key in (*_SECONDS, *_AS_THEY_ARE):
        value = values.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[key] = float(value) * (1000.0 if key in _SECONDS else 1.0)
    return found
