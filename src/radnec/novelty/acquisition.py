"""Scanner and timing against those of the study's training cases."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from radnec.novelty.fields import STATED, TIMING
from radnec.novelty.finding import Finding, furthest

_UNITS = {
    "RepetitionTime": "ms",
    "EchoTime": "ms",
    "InversionTime": "ms",
    "FlipAngle": "degrees",
    "SliceThickness": "mm",
    "SpacingBetweenSlices": "mm",
}
_WORDS = {
    "Manufacturer": "manufacturer",
    "ManufacturerModelName": "model",
    "MagneticFieldStrength": "field strength",
    "MRAcquisitionType": "acquisition",
    "Plane": "plane",
    "ContrastAgent": "contrast agent",
    "RepetitionTime": "TR",
    "EchoTime": "TE",
    "InversionTime": "TI",
    "FlipAngle": "flip angle",
    "SliceThickness": "slice thickness",
    "SpacingBetweenSlices": "slice spacing",
}


def describe_acquisition(cases: Sequence[dict[str, Any]], sequence: str) -> dict[str, Any]:
    """Return what the headers of some cases state of a sequence.

    Returns
    -------
    dict
        ``stated``: each field's levels with the number of cases; ``timing``: the least and the
        largest value of each number, and of how many cases.
    """
    headers = [case["acquisition"][sequence] for case in cases if sequence in case["acquisition"]]
    stated: dict[str, dict[str, int]] = {}
    timing: dict[str, list[float]] = {}
    for field in STATED:
        levels = Counter(_level(header[field]) for header in headers if field in header)
        if levels:
            stated[field] = dict(sorted(levels.items()))
    for field in TIMING:
        values = [float(header[field]) for header in headers if field in header]
        if values:
            timing[field] = [min(values), max(values), len(values)]
    return {"stated": stated, "timing": timing}


def check_scanner(
    reference: dict[str, Any], case: dict[str, Any], sequences: Collection[str]
) -> Finding | None:
    """Count what a case's headers state and no training case's do; None if nothing is stated."""
    compared, unseen = 0, []
    for sequence in sequences:
        header = case["acquisition"].get(sequence, {})
        for field, levels in reference[sequence]["stated"].items():
            if field not in header:
                continue
            compared += 1
            if _level(header[field]) not in levels:
                known = ", ".join(f"{level} ({count})" for level, count in levels.items())
                name = f"{sequence} {_WORDS[field]}"
                unseen.append((f"{name} {_level(header[field])}", f"{name} {known}"))
    if not compared:
        return None
    if not unseen:
        return Finding(0.0, f"{compared} statements of the headers", "each in a training case")
    found, seen = ("; ".join(part) for part in zip(*unseen, strict=True))
    return Finding(float(len(unseen)), found, seen)


def check_timing(
    reference: dict[str, Any], case: dict[str, Any], sequences: Collection[str]
) -> Finding | None:
    """Measure how far outside the range seen a case's timing lies.

    Returns
    -------
    Finding
        Of the number furthest outside; its score is the logarithm of the ratio to the nearer end
        of the range, 0 inside. None where no number can be compared.
    """
    findings = []
    for sequence in sequences:
        header = case["acquisition"].get(sequence, {})
        for field, (low, high, _) in reference[sequence]["timing"].items():
            value = header.get(field)
            if not isinstance(value, int | float) or value <= 0 or low <= 0:
                continue
            outside = max(0.0, math.log(low / value), math.log(value / high))
            name = f"{sequence} {_WORDS[field]}"
            seen = f"{low:g} to {high:g} {_UNITS[field]}"
            findings.append(Finding(outside, f"{name} {value:g}", seen))
    worst = furthest(findings)
    if worst is not None and worst.score == 0:
        return Finding(0.0, f"{len(findings)} timings and thicknesses", "each in the range seen")
    return worst


def _level(value: object) -> str:
    if isinstance(value, int | float):
        # Field strengths are stated as 1.5, 1.494 or 2.8936: to the next half.
        return f"{round(2 * float(value)) / 2:g}"
    return str(value)
