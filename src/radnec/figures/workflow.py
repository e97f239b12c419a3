"""Figure 2: the workflow, drawn from the graph of its own rules."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.path import Path as Curve

from radnec.figures.boxes import PADDING_MM, Box, millimetre_axes
from radnec.figures.layers import Row, layered, rows_passed, spread_out
from radnec.figures.rulegraph import STAGES, gathered, read_rulegraph
from radnec.figures.style import MM_PER_INCH, PAGE_MM, journal_figure
from radnec.figures.text import text_width

POINTS = 6.5
_LABEL = 24.0  # column with the names of the stages
_GAP = 3.0  # between boxes
_PASS = 2.5  # room for an edge that passes a row
_ROW = 9.2  # from one row to the next
_BAND = 1.8  # above and below the boxes of a stage
_FILLS = (
    "#F5F5F5", "#EAF2F8", "#E8F5F0", "#FDF3E3", "#FBEFE6", "#F6EAF2", "#EEF7FC", "#F1F6E8",
    "#F5F5F5",
)  # fmt: skip
_EDGE = "#7A7A7A"
_GATHERED = "#FAF3B4"


def draw_workflow(*, rulegraph: Path, notice: str, output: Path, dpi: int = 300) -> None:
    """Draw the rules of the workflow in the order of the data, stage by stage.

    Parameters
    ----------
    rulegraph
        Text of ``snakemake --rulegraph dot``.
    notice
        What every reader must know about the data.
    output
        Path of the figure without ending.
    dpi
        Pixels per inch of the PNG.

    Raises
    ------
    InputError
        If the text is no graph of rules.
    """
    graph = read_rulegraph(rulegraph)
    last, marked = gathered(graph)
    widths = {
        rule: text_width(title(rule), points=POINTS, weight="bold") * MM_PER_INCH
        + 2 * PADDING_MM
        + 1.0
        for rule in graph
    }
    left, right = _LABEL + _GAP, PAGE_MM - _GAP
    rows = layered(graph, {r: w + _GAP for r, w in widths.items()}, right - left, last)
    middles = _middles(graph, rows, widths, left, right)
    tops = _tops(rows)
    height = tops[-1] + _ROW
    with journal_figure(PAGE_MM, height, output=output, notice=notice, dpi=dpi) as figure:
        axes = millimetre_axes(figure)
        _draw_stages(axes, rows, tops)
        boxes = {
            item: Box(
                x - widths[item] / 2,
                top,
                widths[item],
                title(item),
                points=POINTS,
                fill=_GATHERED if item in marked or item == last else "white",
            )
            for row, xs, top in zip(rows, middles, tops, strict=True)
            for item, x in zip(row.items, xs, strict=True)
            if isinstance(item, str)
        }
        where = {item: index for index, row in enumerate(rows) for item in row.items}
        for edge in sorted(graph.edges):
            points = [
                (float(middles[index][rows[index].items.index(edge)]), tops[index])
                for index in rows_passed(edge, where)[1:-1]
            ]
            _draw_edge(axes, boxes[edge[0]], points, boxes[edge[1]])
        for box in boxes.values():
            box.draw(axes)
        if last is not None:
            text = f'Yellow: the result goes into "{title(last)}" as well.'
            axes.text(PAGE_MM - 2, tops[-1] + 3, text, fontsize=POINTS, ha="right", va="center")


def title(rule: str) -> str:
    """Return a rule's name as a reader likes it."""
    return rule.replace("_", " ").capitalize()


def _tops(rows: list[Row]) -> list[float]:
    tops = []
    y = _BAND
    for index, row in enumerate(rows):
        if index and row.stage != rows[index - 1].stage:
            y += _BAND
        tops.append(y)
        y += _ROW
    return tops


def _middles(
    graph: nx.DiGraph, rows: list[Row], widths: dict[str, float], left: float, right: float
) -> list[np.ndarray]:
    """Return the x of every item: near its neighbours, without overlap."""
    room = [
        np.array([widths[i] + _GAP if isinstance(i, str) else _PASS for i in row.items])
        for row in rows
    ]
    centre = (left + right) / 2
    middles = [spread_out(np.full(len(r), centre), r, left, right) for r in room]
    middles = [xs - (xs.mean() - centre) for xs in middles]
    where = {item: index for index, row in enumerate(rows) for item in row.items}
    links: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for edge in sorted(graph.edges):
        passed = rows_passed(edge, where)
        items = [edge[0], *[edge] * (len(passed) - 2), edge[1]]
        places = [(r, rows[r].items.index(item)) for r, item in zip(passed, items, strict=True)]
        links += pairwise(places)
    for sweep in range(40):
        down = sweep % 2 == 0
        for index in range(len(rows)) if down else range(len(rows) - 1, -1, -1):
            wanted = middles[index].copy()
            for place in range(len(wanted)):
                near = [middles[a[0]][a[1]] for a, b in links if b == (index, place)]
                near += [middles[b[0]][b[1]] for a, b in links if a == (index, place)]
                if near:
                    wanted[place] = np.mean(near)
            middles[index] = spread_out(wanted, room[index], left, right)
    # Neighbours only pull towards each other: the drawing as a whole may have drifted aside.
    low = min(float((xs - r / 2).min()) for xs, r in zip(middles, room, strict=True))
    high = max(float((xs + r / 2).max()) for xs, r in zip(middles, room, strict=True))
    return [xs + centre - (low + high) / 2 for xs in middles]


def _draw_stages(axes: Axes, rows: list[Row], tops: list[float]) -> None:
    for stage in sorted({row.stage for row in rows}):
        inside = [top for row, top in zip(rows, tops, strict=True) if row.stage == stage]
        first, last = inside[0] - _BAND, inside[-1] + _ROW
        axes.add_patch(
            Rectangle((0, first), PAGE_MM, last - first, color=_FILLS[stage], zorder=0, lw=0)
        )
        axes.text(
            2,
            (first + last) / 2,
            STAGES[stage][0],
            fontsize=7.5,
            fontweight="bold",
            va="center",
            ha="left",
            color="#303030",
        )


def _draw_edge(axes: Axes, start: Box, through: list[tuple[float, float]], end: Box) -> None:
    """Draw a smooth line from the lower edge of a box to the upper edge of another."""
    # An edge goes straight down past the boxes of a row, and bends between the rows.
    stops = [(start.centre, start.bottom)]
    for x, top in through:
        stops += [(x, top), (x, top + start.height)]
    stops.append((end.centre, end.y))
    vertices, codes = [stops[0]], [Curve.MOVETO]
    for index, ((x0, y0), (x1, y1)) in enumerate(pairwise(stops)):
        if index % 2:
            vertices.append((x1, y1))
            codes.append(Curve.LINETO)
        else:
            bend = (y1 - y0) / 2
            vertices += [(x0, y0 + bend), (x1, y1 - bend), (x1, y1)]
            codes += [Curve.CURVE4] * 3
    axes.add_patch(
        FancyArrowPatch(
            path=Curve(vertices, codes),
            arrowstyle="-|>,head_width=1.6,head_length=3.2",
            color=_EDGE,
            linewidth=0.7,
            zorder=1,
        )
    )
