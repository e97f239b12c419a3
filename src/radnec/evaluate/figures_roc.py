"""Figure 3: ROC curves of all models, and the same with confidence bands."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from radnec.core.tables import read_tsv
from radnec.evaluate.figures_common import (
    NEUTRAL,
    line_of,
    name_panel,
    panel_grid,
    say_empty,
    square,
)
from radnec.report.style import journal_style, save_figure


def draw_roc(*, tables: Path, evaluation: Path, output: Path, notice: str) -> None:
    """Draw figure 3: one panel for each input set, one line for each backbone.

    Parameters
    ----------
    tables
        Folder of table3.tsv and table4.tsv, for the AUCs of the legends.
    evaluation
        Folder of roc.tsv.
    output
        Path without ending, such as ``figures/figure3``.
    """
    curves, areas = _read(tables, evaluation)
    sets = list(dict.fromkeys(areas["input_set"]))
    lines = line_of(areas["backbone"])
    with journal_style():
        fig, panels = panel_grid(len(sets), columns=2, panel_height_mm=88)
        for at, (axes, name) in enumerate(zip(panels, sets, strict=True)):
            rows = areas[areas["input_set"] == name].to_dict("records")
            _frame(axes, at, f"{_scans(rows[0])}, {_counts(rows[0])}")
            for row in rows:
                _draw_curve(axes, curves, row, **lines[row["backbone"]])
            legend = axes.legend(loc="lower right", handlelength=2.6, title="AUC (DeLong interval)")
            legend.get_title().set_fontsize(6.5)
        save_figure(fig, output, notice)


def draw_roc_bands(*, tables: Path, evaluation: Path, output: Path, notice: str) -> None:
    """Draw the ROC curve of each model on several sequences with its pointwise bootstrap band.

    Parameters are those of :func:`draw_roc`. Models on single sequences are left out, unless
    there are no others.
    """
    curves, areas = _read(tables, evaluation)
    several = areas["inputs"].str.contains(",")
    shown = (areas[several] if several.any() else areas).to_dict("records")
    lines = line_of(areas["backbone"])
    with journal_style():
        fig, panels = panel_grid(len(shown), columns=3, panel_height_mm=62)
        for at, (axes, row) in enumerate(zip(panels, shown, strict=True)):
            _frame(axes, at, f"{row['backbone']}, {_scans(row)}")
            colour = lines[row["backbone"]]["color"]
            mine = _of(curves, row)
            band = mine[mine["kind"] == "band"]
            axes.fill_between(
                band["false_positive_rate"],
                band["low"],
                band["high"],
                color=colour,
                alpha=0.2,
                lw=0,
            )
            _draw_curve(axes, curves, row, color=colour, linestyle="-")
            text = f"AUC {_auc(row)}\n{_counts(row)}"
            axes.text(0.97, 0.05, text, ha="right", va="bottom", fontsize=6.5)
        save_figure(fig, output, notice)


def _read(tables: Path, evaluation: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    both = [read_tsv(tables / f"table{number}.tsv") for number in (3, 4)]
    areas = pd.concat([table for table in both if len(table)], ignore_index=True)
    return read_tsv(evaluation / "roc.tsv"), areas


def _frame(axes: Axes, at: int, title: str) -> None:
    axes.plot([0, 1], [0, 1], color=NEUTRAL, linewidth=0.6, linestyle=(0, (2, 2)))
    square(axes, "1 - specificity", "Sensitivity")
    name_panel(axes, at, title)


def _draw_curve(axes: Axes, curves: pd.DataFrame, row: dict[str, Any], **line: Any) -> None:
    mine = _of(curves, row)
    points = mine[mine["kind"] == "curve"]
    if points.empty:
        say_empty(axes, "not defined:\none class only")
    axes.plot(
        points["false_positive_rate"],
        points["sensitivity"],
        label=f"{row['backbone']} {_auc(row)}",
        clip_on=False,
        **line,
    )


def _of(curves: pd.DataFrame, row: dict[str, Any]) -> pd.DataFrame:
    same = (curves["backbone"] == row["backbone"]) & (curves["input_set"] == row["input_set"])
    return curves[same]


def _auc(row: dict[str, Any]) -> str:
    """Return the AUC with DeLong's interval, or Newcombe's where DeLong's is not defined."""
    if math.isnan(row["auc"]):
        return "not defined"
    name = "newcombe" if math.isnan(row["auc_delong_lo"]) else "delong"
    low, high = row[f"auc_{name}_lo"], row[f"auc_{name}_hi"]
    if math.isnan(low):
        return f"{row['auc']:.2f} (no interval)"
    return f"{row['auc']:.2f} ({low:.2f}-{high:.2f})"


def _scans(row: dict[str, Any]) -> str:
    return str(row["inputs"]).replace(",", " + ")


def _counts(row: dict[str, Any]) -> str:
    return f"n = {row['n_necrosis']} necrosis + {row['n_recurrence']} recurrence"
