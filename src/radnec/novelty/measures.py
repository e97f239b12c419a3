"""What is measured of a prepared case to compare it with others: figures, and no voxels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.novelty.fields import QUANTILES, STATED, TIMING
from radnec.preprocess.pyramid import head_of
from radnec.preprocess.quality.table import comparable_figures
from radnec.preprocess.volumes import Volume, read_mask, read_volume, spacing_of

# Details finer than this are noise, edges and texture; blurring takes them away.
_DETAIL_MM = 1.5


def measure_case(
    *,
    case: str,
    nifti: Path,
    brain: Path,
    records: Mapping[str, Path],
    snr: Mapping[str, float | None],
) -> dict[str, Any]:
    """Return the measures of one case, or why it has none.

    Parameters
    ----------
    nifti, brain
        The case's folders of the stages `convert` and `strip`.
    records
        ``convert``, ``register`` and ``strip`` to the records of the stages.
    snr
        Sequence to signal-to-noise ratio, see `radnec.preprocess.quality.measures`.

    Returns
    -------
    dict
        ``case``; ``usable``, false where the case left the study before; and by sequence
        ``acquisition`` (what the headers state, ms, mm, degrees, tesla), ``intensity`` (see
        `intensity_profile`) and ``voxels`` (a hash of the converted values); ``quality``, measures
        by ``<sequence> <what>``: those of the quality table, the ``sharpness`` of the scan as it
        came, its ``extent`` across the slices in mm, and what share of the brain's largest section
        the mask still has on the ``first`` and ``last`` slice.
    """
    stages = {name: Record.read(path) for name, path in records.items()}
    usable = all(record.ok for record in stages.values())
    measured: dict[str, Any] = {"case": case, "usable": usable}
    if not usable:
        return measured
    quality = comparable_figures(stages["register"].measures)
    quality |= comparable_figures(stages["strip"].measures)
    quality |= {f"{name} snr": value for name, value in snr.items() if value is not None}
    mask, _ = read_mask(brain / "mask.nii.gz")
    quality |= _cut_off(mask)
    acquisition, intensity, voxels = {}, {}, {}
    for name in SEQUENCES:
        if not (brain / f"{name}.nii.gz").is_file():
            continue
        sidecar = json.loads((nifti / f"{name}.json").read_text(encoding="utf-8"))
        acquisition[name] = {key: sidecar[key] for key in (*STATED, *TIMING) if key in sidecar}
        voxels[name] = str(stages["convert"].measures[f"pixels_{name}"])
        stripped, _ = read_volume(brain / f"{name}.nii.gz")
        intensity[name] = intensity_profile(stripped[mask])
        data, affine = read_volume(nifti / f"{name}.nii.gz")
        spacing = spacing_of(affine)
        across = int(np.argmax(spacing))
        quality[f"{name} sharpness"] = sharpness(data, spacing)
        quality[f"{name} extent"] = float(data.shape[across] * spacing[across])
    return measured | {
        "acquisition": acquisition,
        "quality": {key: round(float(value), 5) for key, value in quality.items()},
        "intensity": intensity,
        "voxels": voxels,
    }


def intensity_profile(inside: Volume) -> list[float]:
    """Return the shape of a distribution of intensities, whatever the scanner's gain.

    The quantiles `QUANTILES`, less the median, over the distance between the quartiles; the last
    number is the logarithm of that distance over the median, for contrast: 0 where the median is
    not above 0, as in images that came scaled.

    Parameters
    ----------
    inside
        Intensities inside the brain, any shape.
    """
    quantiles = np.percentile(inside.astype(np.float64), QUANTILES)
    low, middle, high = (quantiles[QUANTILES.index(q)] for q in (25, 50, 75))
    width = max(float(high - low), 1e-9 * max(float(np.ptp(quantiles)), 1e-9))
    shape = [(q - middle) / width for q, at in zip(quantiles, QUANTILES, strict=True) if at != 50]
    contrast = float(np.log(width / middle)) if middle > 0 else 0.0
    return [round(float(value), 5) for value in (*shape, contrast)]


def sharpness(data: Volume, spacing: np.ndarray) -> float:
    """Return how much of the variation inside the head is finer than 1.5 mm.

    The standard deviation of the image less its Gaussian, over that of the image, within the
    head's voxels; across the slices nothing is smoothed.

    Parameters
    ----------
    data
        Array (x, y, z) of the head as it was scanned.
    spacing
        Distance of voxels along x, y, z in mm.
    """
    sigma = np.where(np.arange(3) == np.argmax(spacing), 0.0, _DETAIL_MM / spacing)
    head = head_of(data)
    if not head.any():
        return 0.0
    fine = data - ndimage.gaussian_filter(data, sigma)
    whole = float(np.std(data[head], dtype=np.float64))
    return float(np.std(fine[head], dtype=np.float64)) / whole if whole > 0 else 0.0


def _cut_off(mask: np.ndarray) -> dict[str, float]:
    """Return the area of the mask on the lowest and highest slice, over that of the largest.

    Parameters
    ----------
    mask
        Array (x, y, z) in RAS, true in the brain.
    """
    areas = mask.sum(axis=(0, 1)).astype(float)
    largest = max(float(areas.max()), 1.0)
    return {"brain first": float(areas[0]) / largest, "brain last": float(areas[-1]) / largest}
