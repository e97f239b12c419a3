"""What the statistical figures share: panels, colours, and the texts of legends."""

from __future__ import annotations

import math
import string
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from radnec.core.tables import read_tsv
from radnec.figures.style import LINE_COLOURS, PAGE_MM, journal_figure

# A second mark of identity, so that colour is never the only one.
_DASHES: tuple[Any, ...] = (
    "-",
    (0, (4, 1.2)),
    (0, (1, 1)),
    (0, (5, 1, 1, 1)),
    (0, (8, 1.5)),
    (0, (3, 1, 1, 1, 1, 1)),
)

NEUTRAL = "#707070"


def read_models(tables: Path) -> pd.DataFrame:
    """Return the rows of tables 3 and 4 together, one a model."""
    both = [read_tsv(tables / f"table{number}.tsv") for number in (3, 4)]
    return pd.concat([table for table in both if len(table)], ignore_index=True)


def on_several_sequences(models: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the models on several sequences, or all models if there are none of those.

    Models that read no image are shown beside the former.
    """
    several = models["inputs"].str.contains(",")
    if several.any():
        several |= models["inputs"] == "none"
    shown: pd.DataFrame = models[several] if several.any() else models
    return [{str(name): value for name, value in row.items()} for row in shown.to_dict("records")]


def rows_of(table: pd.DataFrame, model: dict[str, Any]) -> pd.DataFrame:
    """Return the rows of a table of results that belong to one model."""
    same_backbone = table["backbone"] == model["backbone"]
    return table[same_backbone & (table["input_set"] == model["input_set"])]


def sequence_names(model: dict[str, Any]) -> str:
    """Return a model's sequences for reading: ``t1 + t1ce + t2``."""
    return str(model["inputs"]).replace(",", " + ")


def sample_size(model: dict[str, Any]) -> str:
    """Return how many cases of each class a model was tested on."""
    return f"n = {model['n_necrosis']} necrosis + {model['n_recurrence']} recurrence"


def line_styles(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return colour and dashes of a line for each distinct name, in order of appearance."""
    distinct = list(dict.fromkeys(names))
    return {
        name: {
            "color": LINE_COLOURS[at % len(LINE_COLOURS)],
            "linestyle": _DASHES[at % len(_DASHES)],
        }
        for at, name in enumerate(distinct)
    }


@contextmanager
def panel_figure(
    count: int, *, columns: int, panel_height: float, output: Path, notice: str, dpi: int
) -> Iterator[list[Axes]]:
    """Give `count` panels in rows of `columns`, a page wide; the figure is written at the end.

    Parameters
    ----------
    panel_height
        Height of a row in millimetres, with what stands below its panels.
    output, notice, dpi
        See :func:`radnec.figures.style.save_figure`.
    """
    columns = max(1, min(columns, count))
    rows = max(1, math.ceil(count / columns))
    with journal_figure(
        PAGE_MM, panel_height * rows, output=output, notice=notice, dpi=dpi
    ) as figure:
        # Room for legends below panels, whose place follows the panels' size with a step's delay.
        figure.set_layout_engine("constrained", h_pad=6 / 72)
        panels = list(np.ravel(figure.subplots(rows, columns, squeeze=False)))
        for axes in panels[count:]:
            axes.set_visible(False)
        yield panels[:count]


def name_panel(axes: Axes, at: int, title: str) -> None:
    """Put the panel's letter and title above its left edge."""
    letter = string.ascii_uppercase[at % 26]
    axes.set_title(rf"$\bf{{{letter}}}$  {title}", loc="left")


def write_below(axes: Axes, lines: Sequence[str]) -> None:
    """Print lines under a panel's x label, where nothing drawn can be in the way."""
    text = "\n".join(lines)
    axes.annotate(
        text,
        xy=(0.5, 0),
        xycoords="axes fraction",
        xytext=(0, -27),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=6,
        linespacing=1.2,
    )


def write_empty(axes: Axes, why: str) -> None:
    """Write into a panel why nothing is drawn there."""
    axes.text(
        0.5, 0.5, why, transform=axes.transAxes, ha="center", va="center", color=NEUTRAL, wrap=True
    )


def unit_square(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Make a panel of two axes from 0 to 1."""
    ticks: Sequence[float] = (0, 0.25, 0.5, 0.75, 1)
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=ticks, yticks=ticks, aspect="equal")
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
