"""Distribution of intensities in the brain, and which sequence it looks like."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from radnec.novelty.distance import Gaussian
from radnec.novelty.fields import QUANTILES
from radnec.novelty.finding import Finding, furthest

# As `intensity_profile` orders them.
_PARTS = (
    *(f"{q} % quantile, in quartile distances from the median," for q in QUANTILES if q != 50),
    "contrast, ln(quartile distance / median),",
)


def describe_intensity(cases: Sequence[dict[str, Any]], sequence: str) -> dict[str, Any]:
    """Return mean, spread and shrunk covariance of the profiles of a sequence; {} without two.

    See `radnec.novelty.measures.intensity_profile`. The covariance is that of the numbers in
    units of their standard deviations.
    """
    profiles = np.array(
        [case["intensity"][sequence] for case in cases if sequence in case["intensity"]]
    )
    if len(profiles) < 2:
        return {}
    mean = profiles.mean(axis=0)
    spread = np.maximum(profiles.std(axis=0), 0.01)
    fitted = Gaussian.of((profiles - mean) / spread)
    return {
        "cases": len(profiles),
        "mean": mean.round(5).tolist(),
        "spread": spread.round(5).tolist(),
        "low": profiles.min(axis=0).round(5).tolist(),
        "high": profiles.max(axis=0).round(5).tolist(),
        "axes": fitted.axes.tolist(),
        "variances": fitted.variances.tolist(),
        "floor": fitted.floor,
    }


def check_intensity(
    reference: dict[str, Any], case: dict[str, Any], sequences: Collection[str]
) -> Finding | None:
    """Return the sequence whose distribution is furthest from that of the training cases."""
    findings = []
    for sequence in sequences:
        known, profile = reference[sequence]["intensity"], case["intensity"].get(sequence)
        if not known or profile is None:
            continue
        off = np.abs(np.array(profile) - known["mean"]) / known["spread"]
        part = int(np.argmax(off))
        findings.append(
            Finding(
                _distance(known, profile),
                f"{sequence}: {_PARTS[part]} {profile[part]:.2f}",
                f"{known['low'][part]:.2f} to {known['high'][part]:.2f}",
            )
        )
    return furthest(findings)


def check_order(
    reference: dict[str, Any], case: dict[str, Any], sequences: Collection[str]
) -> Finding | None:
    """Say whether an image looks more like another sequence than like its own.

    The score is the distance to the own sequence less that to the nearest other, below 0 where
    every image is nearest to its own. None where the study has one sequence.
    """
    known = {name: part["intensity"] for name, part in reference.items() if part["intensity"]}
    findings = []
    for sequence in sequences:
        profile = case["intensity"].get(sequence)
        if profile is None or sequence not in known or len(known) < 2:
            continue
        apart = {name: _distance(one, profile) for name, one in known.items()}
        other = min((name for name in apart if name != sequence), key=lambda name: apart[name])
        margin = apart[sequence] - apart[other]
        looks = other if margin > 0 else sequence
        found = f"{sequence}: its intensities look like {looks}"
        findings.append(Finding(margin, found, f"{sequence} of the training cases"))
    return furthest(findings)


def _distance(known: dict[str, Any], profile: Sequence[float]) -> float:
    off = (np.array(profile) - known["mean"]) / known["spread"]
    axes = np.array(known["axes"]).reshape(-1, len(off))
    fitted = Gaussian(np.zeros(len(off)), axes, np.array(known["variances"]), known["floor"])
    return fitted.distance(off)
