"""Calibration, precision-recall and decision curves, one panel a model."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from radnec.core.labels import POSITIVE
from radnec.core.tables import read_tsv
from radnec.evaluate.tables.output import NOT_DEFINED
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
from radnec.figures.style import NEGATIVE_COLOUR, POSITIVE_COLOUR

# A panel, its model, and the tables it draws from.
_Draw = Callable[[Axes, dict[str, Any], dict[str, pd.DataFrame], str], None]


def draw_calibration(
    *, tables: Path, evaluation: Path, output: Path, notice: str, dpi: int = 300
) -> None:
    """Draw the smoothed calibration curve with its band and where the probabilities lie.

    Parameters
    ----------
    tables
        Folder of table3.tsv and table4.tsv: which models there are. Models on single sequences
        are left out, unless there are no others.
    evaluation
        Folder of calibration_curve.tsv, pooled.tsv and metrics.tsv.
    output
        Path without ending, such as ``figures/calibration``.
    dpi
        Pixels per inch of the PNG.
    """
    names = ("calibration_curve", "pooled", "metrics")
    _draw_panels(tables, evaluation, output, notice, dpi, names, _calibration_panel)


def draw_precision_recall(
    *, tables: Path, evaluation: Path, output: Path, notice: str, dpi: int = 300
) -> None:
    """Draw precision against recall with its band; parameters as for the calibration curve."""
    names = ("precision_recall", "metrics")
    _draw_panels(tables, evaluation, output, notice, dpi, names, _precision_recall_panel)


def draw_decision(
    *, tables: Path, evaluation: Path, output: Path, notice: str, dpi: int = 300
) -> None:
    """Draw the net benefit with its band; parameters as for the calibration curve."""
    _draw_panels(tables, evaluation, output, notice, dpi, ("decision_curve",), _decision_panel)


def _draw_panels(
    tables: Path,
    evaluation: Path,
    output: Path,
    notice: str,
    dpi: int,
    names: tuple[str, ...],
    draw: _Draw,
) -> None:
    read = {name: read_tsv(evaluation / f"{name}.tsv") for name in names}
    models = read_models(tables)
    shown = on_several_sequences(models)
    lines = line_styles(models["backbone"])
    with panel_figure(
        len(shown), columns=3, panel_height=70, output=output, notice=notice, dpi=dpi
    ) as panels:
        for at, (axes, model) in enumerate(zip(panels, shown, strict=True)):
            mine = {name: rows_of(table, model) for name, table in read.items()}
            draw(axes, model, mine, lines[model["backbone"]]["color"])
            name_panel(axes, at, f"{model['backbone']}, {sequence_names(model)}")


def _calibration_panel(
    axes: Axes, model: dict[str, Any], read: dict[str, pd.DataFrame], colour: str
) -> None:
    axes.plot([0, 1], [0, 1], color=NEUTRAL, linewidth=0.6, linestyle=(0, (2, 2)))
    unit_square(axes, "Predicted probability of necrosis", "Observed share of necrosis")
    curve = read["calibration_curve"]
    if curve.empty:
        write_empty(axes, "not defined")
    else:
        axes.fill_between(
            curve["predicted"], curve["low"], curve["high"], color=colour, alpha=0.2, lw=0
        )
        axes.plot(curve["predicted"], curve["observed"], color=colour)
    for label, edge, towards, hue in (
        ("recurrence", 0.0, 0.045, NEGATIVE_COLOUR),
        (POSITIVE, 1.0, 0.955, POSITIVE_COLOUR),
    ):
        cases = read["pooled"]
        where = cases.loc[cases["label"] == label, "p_necrosis"]
        axes.vlines(where, edge, towards, color=hue, linewidth=0.5)
    metrics = read["metrics"].set_index("metric")
    lines = [
        f"slope {_value(metrics, 'calibration_slope')}",
        f"intercept {_value(metrics, 'calibration_intercept')}",
        f"Brier {_value(metrics, 'brier')}",
        sample_size(model),
    ]
    write_below(axes, lines)


def _precision_recall_panel(
    axes: Axes, model: dict[str, Any], read: dict[str, pd.DataFrame], colour: str
) -> None:
    share = model["n_necrosis"] / (model["n_necrosis"] + model["n_recurrence"])
    axes.axhline(share, color=NEUTRAL, linewidth=0.6, linestyle=(0, (2, 2)))
    unit_square(axes, "Recall (sensitivity)", "Precision (PPV)")
    points = read["precision_recall"]
    if points.empty:
        write_empty(axes, "not defined:\none class only")
    band, curve = (points[points["kind"] == kind] for kind in ("band", "curve"))
    axes.fill_between(band["recall"], band["low"], band["high"], color=colour, alpha=0.2, lw=0)
    # Between two recalls precision does not run along a line: steps, as in average precision.
    axes.step(curve["recall"], curve["precision"], where="post", color=colour, clip_on=False)
    value = _value(read["metrics"].set_index("metric"), "average_precision")
    write_below(axes, [f"average precision {value}", f"prevalence {share:.2f}", sample_size(model)])


def _decision_panel(
    axes: Axes, model: dict[str, Any], read: dict[str, pd.DataFrame], colour: str
) -> None:
    curve = read["decision_curve"]
    share = model["n_necrosis"] / (model["n_necrosis"] + model["n_recurrence"])
    axes.set(xlim=(0, 1), ylim=(-0.3 * share, 1.15 * share or 1), xlabel="Threshold probability")
    axes.set_ylabel("Net benefit")
    write_below(axes, [sample_size(model), "grey: all (dashed) or none called necrosis"])
    if curve.empty:
        write_empty(axes, "not defined:\none class only")
        return
    x = curve["threshold"]
    axes.plot(x, curve["act_always"], color=NEUTRAL, linewidth=0.8, linestyle=(0, (4, 1.2)))
    axes.axhline(0, color=NEUTRAL, linewidth=0.8)
    axes.fill_between(x, curve["low"], curve["high"], color=colour, alpha=0.2, lw=0)
    axes.plot(x, curve["net_benefit"], color=colour)


def _value(metrics: pd.DataFrame, name: str) -> str:
    """Return a measure with its interval, for the corner of a panel."""
    value, low, high = (float(metrics.loc[name, key]) for key in ("value", "low", "high"))
    if math.isnan(value):
        return NOT_DEFINED
    if math.isnan(low):
        return f"{value:.2f}"
    low, high = np.round(low, 2), np.round(high, 2)
    return f"{value:.2f} ({low:.2f} to {high:.2f})"
