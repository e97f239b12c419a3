"""What quality control measures of the images of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from radnec.preprocess.quality.images import PreprocessedCase, RegisteredImages
from radnec.preprocess.quality.snr import air_around, signal_to_noise
from radnec.preprocess.volumes import Volume, spacing_of

# Rose's criterion: below about 5 an object is not told from noise (Rose 1948, J Opt Soc Am 38:196).
LEAST_SNR = 5.0


def measure_case(case: PreprocessedCase) -> dict[str, Any]:
    """Return the measures of a case, as they are written beside its picture.

    Returns
    -------
    dict
        ``case``; ``reference``, the sequence the others were registered to, None where the case
        left before; ``snr``, the signal-to-noise ratio of each sequence, None where it cannot be
        measured, and empty where there is no brain mask.
    """
    found = case.registered
    return {
        "case": case.name,
        "reference": found.reference if found is not None else None,
        "snr": _noise(found, found.mask) if found is not None and found.mask is not None else {},
    }


def remarks_of(measures: Mapping[str, Any]) -> list[str]:
    """Say what speaks against a case by its measures, with figures.

    Parameters
    ----------
    measures
        From `measure_case`, with `radnec.preprocess.quality.second_opinion.second_opinion` as
        ``mask`` where one was asked for.
    """
    noisy = [
        f"{name}: SNR {ratio:.1f}, at least {LEAST_SNR:g} expected"
        for name, ratio in measures["snr"].items()
        if ratio is not None and ratio < LEAST_SNR
    ]
    doubts: list[str] = (measures.get("mask") or {"remarks": []})["remarks"]
    return noisy + doubts


def _noise(registered: RegisteredImages, mask: Volume) -> dict[str, float | None]:
    """Measure the signal-to-noise ratio of each sequence on every other row and column."""
    thin = (slice(None, None, 2), slice(None, None, 2))
    spacing = np.diag([*(spacing_of(registered.affine) * [2, 2, 1]), 1.0])
    air = air_around(registered.images[registered.reference][thin], spacing)
    ratios = {}
    for name, data in registered.images.items():
        ratio = signal_to_noise(data[thin], mask[thin] > 0.5, air)
        ratios[name] = None if ratio is None else round(ratio, 2)
    return ratios
