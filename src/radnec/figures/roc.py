"""Figure 3: ROC curves of all models, and the same with confidence bands."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from radnec.core.tables import read_tsv
from radnec.figures.panels import (
    NEUTRAL,
    line_styles,
    name_panel,
    on_several_sequences,
    panel_figure,
    read_models,
    rows_of,
    sample_size,
    sequence_names,
    unit_square,
    write_below,
    write_empty,
)


def draw_roc(*, tables: Path, evaluation: Path, output: Path, notice: str, dpi: int = 300) -> None:
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
    curves, models = read_tsv(evaluation / "roc.tsv"), read_models(tables)
    sets = list(dict.fromkeys(models["input_set"]))
    lines = line_styles(models["backbone"])
    with panel_figure(
        len(sets), columns=2, panel_height=102, output=output, notice=notice, dpi=dpi
    ) as panels:
        for at, (axes, name) in enumerate(zip(panels, sets, strict=True)):
            shown = models[models["input_set"] == name].to_dict("records")
            _frame(axes, at, f"{sequence_names(shown[0])}, {sample_size(shown[0])}")
            if not any(len(rows_of(curves, model)) for model in shown):
                write_empty(axes, "not defined:\none class only")
            for model in shown:
                _draw_curve(axes, curves, model, **lines[model["backbone"]])
            legend = axes.legend(
                loc="upper center",
                bbox_to_anchor=(0.5, -0.13),
                ncols=2,
                handlelength=2.6,
                columnspacing=1.2,
                title="AUC (recommended interval)",
            )
            legend.get_title().set_fontsize(6.5)


def draw_roc_bands(
    *, tables: Path, evaluation: Path, output: Path, notice: str, dpi: int = 300
) -> None:
    """Draw the ROC curve of each model on several sequences with its pointwise bootstrap band.

    Parameters are those of :func:`draw_roc`. Models on single sequences are left out, unless
    there are no others.
    """
    curves, models = read_tsv(evaluation / "roc.tsv"), read_models(tables)
    shown = on_several_sequences(models)
    lines = line_styles(models["backbone"])
    readers = _readers(evaluation / "readers.tsv")
    with panel_figure(
        len(shown), columns=3, panel_height=66, output=output, notice=notice, dpi=dpi
    ) as panels:
        for at, (axes, model) in enumerate(zip(panels, shown, strict=True)):
            _frame(axes, at, f"{model['backbone']}, {sequence_names(model)}")
            colour = lines[model["backbone"]]["color"]
            mine = rows_of(curves, model)
            band = mine[mine["kind"] == "band"]
            x = band["false_positive_rate"]
            axes.fill_between(x, band["low"], band["high"], color=colour, alpha=0.2, lw=0)
            _draw_curve(axes, curves, model, color=colour, linestyle="-")
            if mine.empty:
                write_empty(axes, "not defined:\none class only")
            below = [f"AUC {_auc(model)}", sample_size(model)]
            if len(readers):
                axes.plot(
                    1 - readers["spec"], readers["sens"], "D", color="black", markersize=3,
                    markerfacecolor="none", clip_on=False,
                )  # fmt: skip
                below.append(f"diamonds: {len(readers)} readers")
            write_below(axes, below)


def _readers(path: Path) -> pd.DataFrame:
    """Return the readers who decided, with sensitivity and specificity; empty without any."""
    if not path.exists():
        return pd.DataFrame()
    found = read_tsv(path)
    return found[(found["kind"] == "reader") & found["sens"].notna() & found["spec"].notna()]


def _frame(axes: Axes, at: int, title: str) -> None:
    axes.plot([0, 1], [0, 1], color=NEUTRAL, linewidth=0.6, linestyle=(0, (2, 2)))
    unit_square(axes, "1 - specificity", "Sensitivity")
    name_panel(axes, at, title)


def _draw_curve(axes: Axes, curves: pd.DataFrame, model: dict[str, Any], **line: Any) -> None:
    mine = rows_of(curves, model)
    points = mine[mine["kind"] == "curve"]
    axes.plot(
        points["false_positive_rate"],
        points["sensitivity"],
        label=f"{model['backbone']} {_auc(model)}",
        clip_on=False,
        **line,
    )


def _auc(model: dict[str, Any]) -> str:
    """Return the AUC with its recommended interval."""
    if math.isnan(model["auc"]):
        return "not defined"
    low, high = model["auc_recommended_lo"], model["auc_recommended_hi"]
    if math.isnan(low):
        return f"{model['auc']:.2f} (no interval)"
    return f"{model['auc']:.2f} ({low:.2f}-{high:.2f})"
