"""Measures of made-up cases, as the rule `measure_case` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

# Of each sequence: shape of its intensities, echo time in ms.
_PROFILES = {
    "t1": ([-3.0, -2.0, -1.5, -0.5, 0.5, 0.8, 1.0, 1.3, -1.6], 9.0),
    "t1ce": ([-3.0, -2.0, -1.4, -0.5, 0.5, 0.9, 1.3, 4.0, -1.5], 9.0),
    "t2": ([-1.2, -1.0, -0.9, -0.5, 0.5, 1.1, 1.6, 2.5, -1.0], 100.0),
}


def measured_case(name: str, rng: np.random.Generator) -> dict[str, Any]:
    """Return the measures of one case: three sequences of one scanner, a little different."""
    acquisition, intensity, voxels, quality = {}, {}, {}, {}
    for sequence, (profile, echo) in _PROFILES.items():
        acquisition[sequence] = {
            "Manufacturer": "Siemens",
            "MagneticFieldStrength": 3.0,
            "EchoTime": echo * float(rng.choice([1.0, 1.1])),
            "SliceThickness": 5.0,
        }
        intensity[sequence] = [float(v) for v in np.array(profile) + rng.normal(0, 0.1, 9)]
        voxels[sequence] = f"{name}-{sequence}"
        quality[f"{sequence} snr"] = float(20 + rng.normal())
        quality[f"{sequence} sharpness"] = float(0.3 + rng.normal(0, 0.01))
    quality["brain ml"] = float(1500 + rng.normal(0, 80))
    return {
        "case": name,
        "usable": True,
        "acquisition": acquisition,
        "quality": quality,
        "intensity": intensity,
        "voxels": voxels,
    }


def write_measured(folder: Path, cases: list[dict[str, Any]]) -> list[Path]:
    """Write the measures of cases as JSON, one file a case."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{case['case']}.json" for case in cases]
    for path, case in zip(paths, cases, strict=True):
        path.write_text(json.dumps(case))
    return paths
