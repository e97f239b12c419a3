"""What quality control measures of the images of a case."""

from __future__ import annotations

import numpy as np

from radnec.preprocess.quality.images import PreprocessedCase, RegisteredImages
from radnec.preprocess.quality.snr import air_around, signal_to_noise
from radnec.preprocess.volumes import Volume, spacing_of


def measure_case(case: PreprocessedCase) -> dict[str, object]:
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
