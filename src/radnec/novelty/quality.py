"""Image quality, registration and brain mask against those of the study's training cases."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from radnec.novelty.finding import Finding, furthest
from radnec.preprocess.quality.table import DIRECTIONS

_DIRECTIONS = DIRECTIONS | {
    "sharpness": (-1, 1),
    "extent": (-1,),
    "brain first": (1,),
    "brain last": (1,),
}
_WORDS = {
    "brain ml": "volume of the brain mask (ml)",
    "brain first": "brain on the lowest slice, share of its largest section",
    "brain last": "brain on the highest slice, share of its largest section",
    "snr": "signal-to-noise ratio",
    "extent": "extent across the slices (mm)",
}


def describe_quality(cases: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return median, robust spread, least and largest value of every measure.

    The spread is 1.4826 times the median deviation, the standard deviation of a normal sample; it
    is at least two per cent of the median, so that equal cases do not make a hundredth's
    difference a finding.
    """
    names = sorted({name for case in cases for name in case["quality"]})
    described = {}
    for name in names:
        values = np.array([case["quality"][name] for case in cases if name in case["quality"]])
        middle = float(np.median(values))
        spread = 1.4826 * float(np.median(np.abs(values - middle)))
        described[name] = {
            "median": middle,
            "spread": max(spread, 0.02 * abs(middle), 0.01),
            "low": float(values.min()),
            "high": float(values.max()),
            "cases": len(values),
        }
    return described


def check_quality(
    reference: dict[str, Any], case: dict[str, Any], sequences: Collection[str]
) -> Finding | None:
    """Return the measure furthest on its bad side from the median of the training cases.

    Its score is the logarithm of one plus the robust standard deviations.
    """
    findings = []
    for name, value in case["quality"].items():
        sequence, _, what = name.partition(" ")
        directions = _DIRECTIONS.get(name, _DIRECTIONS.get(what))
        if directions is None or name not in reference:
            continue
        if sequence != "brain" and sequence not in sequences:
            continue
        known = reference[name]
        deviations = (value - known["median"]) / known["spread"]
        worst = max(0.0, *(sign * deviations for sign in directions))
        words = _WORDS.get(name, f"{sequence} {_WORDS.get(what, what)}")
        findings.append(
            Finding(
                math.log1p(worst),
                f"{words} {value:.4g}",
                f"{known['low']:.4g} to {known['high']:.4g}, median {known['median']:.4g}",
            )
        )
    return furthest(findings)
