"""The section of the report on external cohorts: performance, calibration, domain shift."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from radnec.core.tables import read_tsv
from radnec.report.embed import markdown, require, table
from radnec.report.patients import recalibration
from radnec.report.readable import interval, level_text, with_intervals

# Of the shares in shift_checks.tsv, whatever the level of the study's intervals.
_SHARE = level_text(0.95)


def external_section(folder: Path, level: str, notice: str) -> dict[str, Any]:
    """Return what the report shows of one external cohort.

    Parameters
    ----------
    folder
        ``external/<name>`` of a study's results.

    Returns
    -------
    dict
        ``included``, ``excluded`` and, by class, the cases; ``performance``, ``calibration``,
        ``checks`` and ``images`` as HTML.
    """
    cohort = read_tsv(require(folder / "cohort" / "cases.tsv"), dtype=str)
    included = cohort[cohort["status"] == "included"]
    tables = folder / "tables"
    return {
        "included": len(included),
        "excluded": len(cohort) - len(included),
        **{label: int((included["label"] == label).sum()) for label in ("recurrence", "necrosis")},
        "performance": markdown(tables / "performance.md", notice=notice),
        "calibration": recalibration(tables / "calibration.tsv", level),
        "checks": _checks(tables / "shift_checks.tsv"),
        "images": _images(tables / "shift_images.tsv"),
    }


def _checks(path: Path) -> Markup:
    frame = with_intervals(read_tsv(require(path), dtype=str), ["share"])
    titles = {"model": "Model", "check": "Check", "cases": "Cases compared"}
    return table(frame, titles | {"outside": "Outside", "share": f"Share ({_SHARE})"})


def _images(path: Path) -> Markup:
    frame: pd.DataFrame = read_tsv(require(path), dtype=str)
    frame["difference"] = [interval(value, None, None) for value in frame["difference"]]
    titles = {"group": "Group", "sequence": "Sequence", "property": "Property"}
    return table(
        frame, titles | {"study": "Study", "external": "External", "difference": "Difference"}
    )
