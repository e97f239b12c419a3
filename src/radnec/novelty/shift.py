"""How the images of an external cohort differ from those a study was trained on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.cohort.collect import included_cases
from radnec.core.tables import read_tsv
from radnec.evaluate.measures.intervals import proportion
from radnec.evaluate.tables.output import write_results
from radnec.novelty.describe import describe_cases
from radnec.novelty.fields import QUANTILES
from radnec.novelty.finding import OUTSIDE, UNKNOWN

# The parts of `radnec.novelty.measures.intensity_profile`, in its order.
_PROFILE = (*(f"{q} % quantile" for q in QUANTILES if q != 50), "contrast")
_LEVEL = 0.95


def describe_shift(
    *,
    measures: Iterable[Path],
    cohort: Path,
    references: Sequence[Path],
    likeness: Mapping[str, Path],
    notice: str,
    images: Path,
    checks: Path,
) -> None:
    """Write how an external cohort differs from the training cases of a study.

    Parameters
    ----------
    measures
        See `radnec.novelty.measures.measure_case`: a file of each selected case.
    cohort
        cohort/cases.tsv of the external cohort; cases that it excludes are left out.
    references
        Files of `radnec.novelty.describe.describe_study`, one of each model; all describe the
        images of the same cases.
    likeness
        Model to the file of `radnec.apply.external.predict_external`.
    images
        TSV to write, see `image_rows`.
    checks
        TSV to write, see `check_rows`.
    """
    included = set(included_cases(cohort)["case"])
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in measures]
    cases = [content for content in contents if content["case"] in included]
    known = json.loads(references[0].read_text(encoding="utf-8"))["reference"]
    write_results(pd.DataFrame(image_rows(known, describe_cases(cases))), images, notice)
    rows = [
        row
        for model, path in likeness.items()
        for row in check_rows(model, read_tsv(path, dtype={"case": str}))
    ]
    write_results(pd.DataFrame(rows), checks, notice)


def image_rows(study: Mapping[str, Any], external: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each sequence and property of the images.

    Parameters
    ----------
    study, external
        See `radnec.novelty.describe.describe_cases`.

    Returns
    -------
    list of dict
        ``group`` (scanner, timing or intensity), ``sequence``, ``property``, ``study`` and
        ``external`` in words, and ``difference``: of what is stated in words the share of
        external cases with a level that no case of the study has; of timing the share of the
        external range that lies outside that of the study (1 where they do not meet); of
        intensities the standardised mean difference, external less study over the root of the
        mean variance (Austin 2009, Stat Med 28:3083).
    """
    rows = []
    for sequence, there in external["sequences"].items():
        known = study["sequences"].get(sequence)
        if known is None:
            continue
        for group, found in (
            ("scanner", _stated(known["stated"], there["stated"])),
            ("timing", _timing(known["timing"], there["timing"])),
            ("intensity", _intensity(known["intensity"], there["intensity"])),
        ):
            rows += [{"group": group, "sequence": sequence, **row} for row in found]
    return rows


def check_rows(model: str, likeness: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row for each check: how many of the cases are unlike those of the study.

    Columns: model, check, cases (which could be compared), outside, share with Wilson limits. The
    last row counts cases outside in any check.
    """
    compared = likeness[likeness["verdict"] != UNKNOWN]
    parts = [*compared.groupby("check", sort=False), ("any of them", compared)]
    rows = []
    for check, part in parts:
        cases = part["case"].nunique()
        outside = part.loc[part["verdict"] == OUTSIDE, "case"].nunique()
        share = proportion(outside, cases, "wilson", _LEVEL)
        row = {"model": model, "check": str(check), "cases": cases, "outside": outside}
        rows.append(row | {"share": share.value, "share_lo": share.low, "share_hi": share.high})
    return rows


def _stated(
    study: Mapping[str, Mapping[str, int]], external: Mapping[str, Mapping[str, int]]
) -> Iterable[dict[str, Any]]:
    for field, levels in external.items():
        known = study.get(field, {})
        new = sum(count for level, count in levels.items() if level not in known)
        yield {
            "property": field,
            "study": _levels(known),
            "external": _levels(levels),
            "difference": new / sum(levels.values()),
        }


def _levels(levels: Mapping[str, int]) -> str:
    counted = (f"{level} ({count})" for level, count in levels.items())
    return ", ".join(counted) or "not stated"


def _timing(
    study: Mapping[str, Sequence[float]], external: Mapping[str, Sequence[float]]
) -> Iterable[dict[str, Any]]:
    for field, (low, high, _) in external.items():
        if field not in study:
            continue
        least, most, _ = study[field]
        inside = max(0.0, min(high, most) - max(low, least))
        outside = 1 - inside / (high - low) if high > low else float(not least <= low <= most)
        yield {
            "property": field,
            "study": f"{least:g} to {most:g}",
            "external": f"{low:g} to {high:g}",
            "difference": outside,
        }


def _intensity(study: Mapping[str, Any], external: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    if not study or not external:  # fewer than two cases have no spread
        return
    for at, name in enumerate(_PROFILE):
        mean, spread = study["mean"][at], study["spread"][at]
        other, wide = external["mean"][at], external["spread"][at]
        yield {
            "property": name,
            "study": f"{mean:.2f} (SD {spread:.2f})",
            "external": f"{other:.2f} (SD {wide:.2f})",
            "difference": (other - mean) / math.sqrt((spread**2 + wide**2) / 2),
        }
