"""What the tests of the maps found, in one figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from radnec.core.tables import read_tsv
from radnec.explain.metrics import mean_over_cases
from radnec.figures.panels import name_panel, write_empty
from radnec.figures.style import PAGE_MM, PALETTE, journal_figure

OWN, FOREIGN = PALETTE[0], PALETTE[1]


def draw_explanation_tests(*, tests: Path, notice: str, output: Path, dpi: int = 300) -> None:
    """Draw pointing game, insertion, deletion and weight randomisation side by side.

    Parameters
    ----------
    tests
        Folder of :func:`radnec.explain.evaluate.evaluate_maps`.
    notice
        What every reader must know about the data.
    output
        Path of the figure without ending.
    dpi
        Pixels per inch of the PNG.
    """
    metrics = read_tsv(tests / "metrics.tsv")
    curves = read_tsv(tests / "curves.tsv", dtype={"case": str})
    randomised = read_tsv(tests / "randomisation.tsv", dtype={"case": str})
    with journal_figure(
        PAGE_MM, 62, output=output, notice=notice, dpi=dpi, layout="constrained"
    ) as figure:
        pointing, insertion, deletion, cascade = figure.subplots(1, 4, width_ratios=(1.1, 1, 1, 1))
        _pointing(pointing, metrics)
        for axes, direction in ((insertion, "insertion"), (deletion, "deletion")):
            _curve(axes, curves[curves["direction"] == direction], direction)
        _cascade(cascade, randomised)


def _pointing(axes: Axes, metrics: pd.DataFrame) -> None:
    name_panel(axes, 0, "Peak and energy")
    rows = metrics[
        metrics["test"].isin(["pointing game", "energy"])
        & (metrics["group"] == "all")
        & metrics["lower"].notna()
    ]
    if rows.empty:
        _leave_out(axes, "no lesion masks")
        return
    places = np.arange(len(rows))[::-1]
    value = rows["value"].to_numpy(float)
    spread = np.abs(rows[["lower", "upper"]].to_numpy(float).T - value)
    axes.errorbar(value, places, xerr=spread, fmt="o", color=OWN, label="map, 95 % interval")
    axes.plot(rows["chance"], places, "|", color=FOREIGN, markersize=9, mew=1.6, label="chance")
    axes.set_yticks(places, [_short(name) for name in rows["measure"]])
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel(f"share (n = {int(rows['n'].max())} cases)")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=1)


def _short(measure: str) -> str:
    for long, short in (
        ("enhancing part and core", "core"),
        ("lesion with oedema", "lesion"),
        ("share of the map in the brain that lies in", "energy in"),
        ("share of the map outside of", "energy outside"),
        (" the ", " "),
    ):
        measure = measure.replace(long, short)
    return measure


def _curve(axes: Axes, curves: pd.DataFrame, direction: str) -> None:
    name_panel(axes, 1 if direction == "insertion" else 2, direction.capitalize())
    if curves.empty:
        _leave_out(axes, "too few cases")
        return
    for name, colour, label in (
        ("own", OWN, "in order of its map"),
        ("foreign", FOREIGN, "of another's map"),
    ):
        band = mean_over_cases(curves[curves["map"] == name], by="fraction", of="probability")
        axes.plot(band["fraction"], band["mean"], color=colour, label=label)
        axes.fill_between(
            band["fraction"], band["lower"], band["upper"], color=colour, alpha=0.2, lw=0
        )
    word = "inserted" if direction == "insertion" else "deleted"
    axes.set_xlabel(f"share of the brain {word}")
    axes.set_ylabel("probability of the answer")
    axes.set_ylim(-0.02, 1.02)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))


def _cascade(axes: Axes, table: pd.DataFrame) -> None:
    name_panel(axes, 3, "Randomisation")
    if table.empty:
        _leave_out(axes, "no map to compare")
        return
    band = mean_over_cases(table, by="share", of="similarity")
    spread = band[["lower", "upper"]].sub(band["mean"], axis=0).abs()
    rng = np.random.default_rng(0)
    axes.axhline(0, color="#909090", linewidth=0.6)
    axes.plot(
        table["share"] + rng.uniform(-0.03, 0.03, len(table)),
        table["similarity"],
        "o",
        color=OWN,
        alpha=0.25,
        markersize=2.5,
        mew=0,
    )
    axes.errorbar(band["share"], band["mean"], yerr=spread.to_numpy().T, fmt="o-", color=OWN)
    axes.set_xticks(band["share"], ["last", *[f"{100 * share:.0f}" for share in band["share"][1:]]])
    axes.set_xlabel("layers randomised (%)")
    axes.set_ylabel("rank correlation with the map")
    axes.set_ylim(-1.05, 1.05)


def _leave_out(axes: Axes, why: str) -> None:
    axes.set_axis_off()
    write_empty(axes, why)
