"""The audit of the published study, as a page of its own and as a section of the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from radnec.core.tables import read_tsv
from radnec.report.embed import markdown, picture, require, table
from radnec.report.pages import write_report_page
from radnec.report.readable import interval

_BOUNDS_A_ROW = 8


def write_published(*, audit: Path, figure: Path, notice: str, output: Path) -> None:
    """Write the page that needs no cohort.

    Parameters
    ----------
    audit
        Folder of :func:`radnec.evaluate.audit.published.audit_published`.
    figure
        The published figures as a forest plot.
    notice
        What every reader must know.
    output
        Path of the HTML.

    Raises
    ------
    InputError
        If a file is missing.
    """
    context = section(audit, notice) | {
        "notice": notice,
        "audit_figures": {
            "The published models: AUC with an interval that knows of the nine positives "
            "(Newcombe), from the printed numbers alone.": picture(figure)
        },
    }
    write_report_page("published.html.j2", context, output)


def section(audit: Path, notice: str) -> dict[str, Any]:
    """Return what the section on the published study shows: findings, and row by row."""
    return {
        "audit": markdown(audit / "audit.md", notice=notice),
        "audit_rows": _rows(require(audit / "performance.tsv")),
    }


def _rows(performance: Path) -> Markup:
    """Return one row a published model: counts, printed and recommended AUC, agreement."""
    rows = []
    for row in read_tsv(performance).to_dict("records"):
        off = [] if pd.isna(row["bounds_off"]) else str(row["bounds_off"]).split(", ")
        printed, better = (
            interval(row["auc"], row[f"auc{kind}_lo"], row[f"auc{kind}_hi"])
            for kind in ("", "_recommended")
        )
        rows.append(
            {
                "Table": row["table"],
                "Model": row["backbone"],
                "Inputs": str(row["inputs"]).replace(",", " + "),
                "Necrosis right": f"{row['true_necrosis']} of {row['n_necrosis']}",
                "Recurrence right": f"{row['true_recurrence']} of {row['n_recurrence']}",
                "Bounds that agree": f"{_BOUNDS_A_ROW - len(off)} of {_BOUNDS_A_ROW}",
                "Not": ", ".join(off).replace("_lo", " lower").replace("_hi", " upper"),
                "AUC as printed": printed,
                "AUC, recommended interval": better,
            }
        )
    return table(pd.DataFrame(rows))
