"""What the statistical figures share: panels, colours, and the words of legends."""

from __future__ import annotations

import math
import string
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from radnec.report.style import PAGE_MM, PALETTE, inches

# Yellow is too pale for a line on white; black comes last, for a seventh model.
_LINES = tuple(colour for colour in PALETTE if colour != "#F0E442")
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


def line_of(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return colour and dashes of a line for each distinct name, in order of appearance."""
    distinct = list(dict.fromkeys(names))
    return {
        name: {
            "color": _LINES[at % len(_LINES)],
            "linestyle": _DASHES[at % len(_DASHES)],
        }
        for at, name in enumerate(distinct)
    }


def panel_grid(
    count: int, *, columns: int, panel_height_mm: float, width_mm: float = PAGE_MM
) -> tuple[Figure, list[Axes]]:
    """Return a figure of one page's width with `count` panels in rows of `columns`."""
    columns = max(1, min(columns, count))
    rows = max(1, math.ceil(count / columns))
    fig = Figure(figsize=(inches(width_mm), inches(panel_height_mm * rows)), layout="constrained")
    grid = fig.subplots(rows, columns, squeeze=False)
    panels = list(np.ravel(grid))
    for axes in panels[count:]:
        axes.set_visible(False)
    return fig, panels[:count]


def name_panel(axes: Axes, at: int, title: str) -> None:
    """Put the panel's letter and title above its left edge."""
    letter = string.ascii_uppercase[at % 26]
    axes.set_title(rf"$\bf{{{letter}}}$  {title}", loc="left")


def say_empty(axes: Axes, why: str) -> None:
    """Write into a panel why nothing is drawn there."""
    axes.text(
        0.5, 0.5, why, transform=axes.transAxes, ha="center", va="center", color=NEUTRAL, wrap=True
    )


def square(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Make a panel of two axes from 0 to 1."""
    ticks: Sequence[float] = (0, 0.25, 0.5, 0.75, 1)
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=ticks, yticks=ticks, aspect="equal")
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
