"""The section of the report on sites: what to expect of the models at one more."""

from __future__ import annotations

import math
from pathlib import Path

from markupsafe import Markup

from radnec.core.tables import read_tsv
from radnec.report.embed import table
from radnec.report.readable import interval

_MEASURES = {"auc": "AUC", "sens": "Sensitivity", "spec": "Specificity"}


def sites_table(path: Path, level: str) -> Markup:
    """Return the models across sites; empty where no site is named.

    Parameters
    ----------
    path
        evaluation/sites.tsv.
    level
        Level of the intervals, as ``95 % CI``.
    """
    found = read_tsv(path)
    if found.empty:
        return Markup("")
    percent = level.removesuffix(" CI")
    shown = found[["backbone", "input_set", "sites"]].assign(
        measure=found["measure"].map(_MEASURES),
        mean=[
            interval(*row) or "not defined" for row in found[["value", "low", "high"]].to_numpy()
        ],
        new=[
            "not defined" if math.isnan(low) else f"{low:.2f} to {high:.2f}"
            for low, high in found[["new_low", "new_high"]].to_numpy()
        ],
        i2=["" if math.isnan(share) else f"{share:.0%}" for share in found["i2"]],
        notes=found["notes"].fillna(""),
    )
    titles = {
        "backbone": "Model",
        "input_set": "Inputs",
        "measure": "Measure",
        "sites": "Sites",
        "mean": f"Mean over sites ({level})",
        "new": f"At a new site ({percent} prediction interval)",
        "i2": "Variance between sites",
        "notes": "Remarks",
    }
    return table(shown, titles)
