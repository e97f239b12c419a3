"""Forest plots: this study's results beside the published ones."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from radnec.core.tables import read_tsv
from radnec.figures.panels import NEUTRAL, name_panel, read_models
from radnec.figures.style import PAGE_MM, PALETTE, journal_figure

_METRICS = {"auc": "AUC", "sens": "Sensitivity", "spec": "Specificity", "acc": "Accuracy"}
_OWN, _PUBLISHED = "this study", "published"
_LOOK: dict[str, dict[str, Any]] = {
    _OWN: {"color": PALETTE[0], "marker": "o"},
    _PUBLISHED: {"color": PALETTE[1], "marker": "s"},
}
_ROW_MM = 5.2


def draw_forest(
    *, audit: Path, tables: Path | None, output: Path, notice: str, dpi: int = 300
) -> None:
    """Draw AUC, sensitivity, specificity and accuracy of every model with their intervals.

    Parameters
    ----------
    audit
        Folder of the audit's performance.tsv: published values with recommended intervals
        (Wilson; Newcombe for the AUC), so that both studies are measured alike.
    tables
        Folder of table3.tsv and table4.tsv of this study; None draws the published study alone.
    output
        Path without ending, such as ``figures/forest``.
    dpi
        Pixels per inch of the PNG.
    """
    points = _points(audit, tables)
    order = _order(points)
    height = _ROW_MM * len(order) + 22
    with journal_figure(
        PAGE_MM, height, output=output, notice=notice, dpi=dpi, layout="constrained"
    ) as fig:
        panels = list(fig.subplots(1, len(_METRICS), sharey=True))
        for at, (axes, (metric, title)) in enumerate(zip(panels, _METRICS.items(), strict=True)):
            _draw(axes, points, order, metric)
            name_panel(axes, at, title)
            axes.set(xlim=(0, 1), xticks=[0, 0.25, 0.5, 0.75, 1])
            axes.set_xticklabels(["0", "", "0.5", "", "1"])
            axes.set_xlabel(f"{title} with interval")
        _name_rows(panels[0], order)
        _legend(fig, points)


def draw_forest_table(
    *, audit: Path, tables: Path | None, output: Path, notice: str, dpi: int = 300
) -> None:
    """Draw the AUC of every model as a forest plot with the numbers printed beside it.

    Parameters are those of :func:`draw_forest`.
    """
    points = _points(audit, tables)
    order = _order(points)
    sources = [name for name in (_OWN, _PUBLISHED) if name in set(points["source"])]
    height = _ROW_MM * len(order) + 24
    with journal_figure(
        PAGE_MM, height, output=output, notice=notice, dpi=dpi, layout="constrained"
    ) as fig:
        left, right = fig.subplots(1, 2, sharey=True, width_ratios=[1.15, 1])
        _draw(left, points, order, "auc")
        left.set(xlim=(0, 1), xlabel="AUC with interval")
        _name_rows(left, order)
        right.set(xlim=(0, 1), xticks=[])
        right.spines[["left", "bottom"]].set_visible(False)
        right.tick_params(left=False, labelleft=False)
        for column, source in enumerate(sources):
            x = 0.02 + column * 0.5
            counts = points[points["source"] == source].iloc[0]
            head = f"{source}\n{counts['n_necrosis']} + {counts['n_recurrence']} cases"
            right.text(x, -1.0, head, ha="left", va="center", fontweight="bold", fontsize=6.5)
            for at, key in enumerate(order):
                found = points[(points["key"] == key) & (points["source"] == source)]
                text = _text(found.iloc[0]) if len(found) else "not done"
                right.text(x, at, text, ha="left", va="center", fontsize=6.5)
        _legend(fig, points)


def _points(audit: Path, tables: Path | None) -> pd.DataFrame:
    """Return one row a model and study, with the limits to draw for each metric."""
    rows: list[dict[str, Any]] = []
    for row in read_tsv(audit / "performance.tsv").to_dict("records"):
        limits = {m: (row[f"{m}_recommended_lo"], row[f"{m}_recommended_hi"]) for m in _METRICS}
        counts = {"n_necrosis": row["n_necrosis"], "n_recurrence": row["n_recurrence"]}
        rows.append(_point(row, _PUBLISHED, limits) | counts)
    own = read_models(tables).to_dict("records") if tables is not None else []
    for row in own:
        limits = {m: (row[f"{m}_wilson_lo"], row[f"{m}_wilson_hi"]) for m in _METRICS if m != "auc"}
        limits["auc"] = (row["auc_recommended_lo"], row["auc_recommended_hi"])
        counts = {"n_necrosis": row["n_necrosis"], "n_recurrence": row["n_recurrence"]}
        rows.append(_point(row, _OWN, limits) | counts)
    return pd.DataFrame(rows)


def _point(
    row: dict[str, Any], source: str, limits: dict[str, tuple[float, float]]
) -> dict[str, Any]:
    point: dict[str, Any] = {"key": (row["inputs"], row["backbone"]), "source": source}
    for metric, (low, high) in limits.items():
        point |= {metric: row[metric], f"{metric}_lo": low, f"{metric}_hi": high}
    return point


def _order(points: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the models: single sequences first, in order of appearance within an input set."""
    keys = list(dict.fromkeys(points["key"]))
    inputs = list(dict.fromkeys(key[0] for key in keys))
    inputs.sort(key=lambda name: name.count(","))
    return [key for name in inputs for key in keys if key[0] == name]


def _draw(axes: Axes, points: pd.DataFrame, order: list[tuple[str, str]], metric: str) -> None:
    both = points["source"].nunique() > 1
    for source, look in _LOOK.items():
        shift = {_OWN: -0.17, _PUBLISHED: 0.17}[source] if both else 0.0
        for row in points[points["source"] == source].to_dict("records"):
            y = order.index(row["key"]) + shift
            axes.plot([row[f"{metric}_lo"], row[f"{metric}_hi"]], [y, y], color=look["color"], lw=1)
            axes.plot(row[metric], y, linestyle="", markersize=2.8, clip_on=False, **look)
    if metric == "auc":
        axes.axvline(0.5, color=NEUTRAL, linewidth=0.6, linestyle=(0, (2, 2)))
    for at in range(1, len(order)):
        if order[at][0] != order[at - 1][0]:
            axes.axhline(at - 0.5, color=NEUTRAL, linewidth=0.4)
    axes.set_ylim(len(order) - 0.4, -0.6)


def _name_rows(axes: Axes, order: list[tuple[str, str]]) -> None:
    labels = [f"{backbone}, {inputs.replace(',', ' + ')}" for inputs, backbone in order]
    axes.set_yticks(range(len(order)), labels)
    axes.tick_params(axis="y", length=0)


def _legend(fig: Figure, points: pd.DataFrame) -> None:
    present = set(points["source"])
    handles = [
        Line2D([], [], markersize=3.5, lw=1, label=source, **look)
        for source, look in _LOOK.items()
        if source in present
    ]
    fig.legend(handles=handles, loc="outside upper right", ncols=len(handles), frameon=False)


def _text(row: pd.Series) -> str:
    if math.isnan(row["auc"]):
        return "not defined"
    if math.isnan(row["auc_lo"]):
        return f"{row['auc']:.2f} (no interval)"
    return f"{row['auc']:.2f} ({row['auc_lo']:.2f}-{row['auc_hi']:.2f})"
