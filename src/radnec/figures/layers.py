"""Rules in rows, so that every arrow goes down and none crosses a box."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np
from scipy.optimize import isotonic_regression

from radnec.figures.rulegraph import STAGES, stage_of


@dataclass(frozen=True)
class Row:
    """One row of the drawing, from left to right.

    Attributes
    ----------
    stage
        Index in `STAGES`.
    items
        Names of rules; or, where an edge passes through, the edge itself as a pair of names.
    """

    stage: int
    items: list[str | tuple[str, str]]


def layered(
    graph: nx.DiGraph, widths: dict[str, float], room: float, last: str | None
) -> list[Row]:
    """Put the rules into rows so that every edge goes downwards.

    Within a stage a rule is one row below the last one it needs there; a row wider than the
    room is parted. Where an edge passes a row, it has a place of its own there, so that it
    crosses no box. The order within rows is found by the barycentre method (Sugiyama, Tagawa
    and Toda 1981).

    Parameters
    ----------
    graph
        Rules and what uses them.
    widths
        Width of each rule's box.
    room
        Width of a row.
    last
        A rule without edges that stands below all others, or None.
    """
    graph = graph.subgraph(rule for rule in graph if rule != last)
    stages = stage_of(graph)
    level: dict[str, int] = {}
    for rule in nx.lexicographical_topological_sort(graph):
        same = [level[p] for p in graph.predecessors(rule) if stages[p] == stages[rule]]
        level[rule] = max(same, default=-1) + 1
    rows: list[Row] = []
    for stage, depth in sorted({(stages[rule], level[rule]) for rule in graph}):
        rules = sorted(r for r in graph if (stages[r], level[r]) == (stage, depth))
        part: list[str | tuple[str, str]] = []
        used = 0.0
        for rule in rules:
            if part and used + widths[rule] > room:
                rows.append(Row(stage, part))
                part, used = [], 0.0
            part.append(rule)
            used += widths[rule]
        rows.append(Row(stage, part))
    if last is not None:
        rows.append(Row(len(STAGES) - 1, [last]))
    where = {item: index for index, row in enumerate(rows) for item in row.items}
    for start, end in sorted(graph.edges):
        for index in range(where[start] + 1, where[end]):
            rows[index].items.append((start, end))
    _untangle(graph, rows, where)
    return rows


def rows_passed(edge: tuple[str, str], where: dict[str | tuple[str, str], int]) -> list[int]:
    """Return the rows that an edge goes through, from its first to its last."""
    return list(range(where[edge[0]], where[edge[1]] + 1))


def _untangle(graph: nx.DiGraph, rows: list[Row], where: dict[str | tuple[str, str], int]) -> None:
    """Order the items of each row by the mean place of their neighbours, up and down in turn."""
    joined = _neighbours(graph, where)
    best, fewest = [list(row.items) for row in rows], _crossings(rows, joined)
    for sweep in range(24):
        down = sweep % 2 == 0
        for index in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            fixed = rows[index - 1 if down else index + 1].items
            place = {item: (i + 0.5) / len(fixed) for i, item in enumerate(fixed)}
            row = rows[index]

            def middle(
                item: str | tuple[str, str],
                place: dict[str | tuple[str, str], float] = place,
                row: Row = row,
                index: int = index,
            ) -> float:
                near = [place[n] for n in joined[index, item] if n in place]
                own = (row.items.index(item) + 0.5) / len(row.items)
                return float(np.mean(near)) if near else own

            keys = {item: middle(item) for item in row.items}
            row.items.sort(key=lambda item: keys[item])
        crossings = _crossings(rows, joined)
        if crossings < fewest:
            best, fewest = [list(row.items) for row in rows], crossings
    for row, items in zip(rows, best, strict=True):
        row.items[:] = items


Joined = dict[tuple[int, str | tuple[str, str]], list[str | tuple[str, str]]]


def _neighbours(graph: nx.DiGraph, where: dict[str | tuple[str, str], int]) -> Joined:
    """Return, for each item in its row, the items of the rows above and below it is joined to."""
    joined: Joined = {(row, item): [] for item, row in where.items()}
    for edge in sorted(graph.edges):
        rows = rows_passed(edge, where)
        items: list[str | tuple[str, str]] = [edge[0], *[edge] * (len(rows) - 2), edge[1]]
        for index in range(len(rows) - 1):
            joined.setdefault((rows[index], items[index]), []).append(items[index + 1])
            joined.setdefault((rows[index + 1], items[index + 1]), []).append(items[index])
    return joined


def _crossings(rows: list[Row], joined: Joined) -> int:
    count = 0
    for index, (upper, lower) in enumerate(pairwise(rows)):
        place = {item: i for i, item in enumerate(lower.items)}
        ends = [sorted(place[n] for n in joined[index, item] if n in place) for item in upper.items]
        flat = [place_ for group in ends for place_ in group]
        count += sum(a > b for i, a in enumerate(flat) for b in flat[i + 1 :])
    return count


def spread_out(wanted: np.ndarray, widths: np.ndarray, left: float, right: float) -> np.ndarray:
    """Return middles of boxes near the wanted ones, in their order, without overlap.

    Least squares under the widths as smallest distances: an isotonic regression of what is left
    of the wanted places when the widths are taken off.
    """
    offset = np.concatenate([[0.0], np.cumsum((widths[:-1] + widths[1:]) / 2)])
    fitted = isotonic_regression(wanted - offset).x
    low, high = left + widths[0] / 2, right - widths[-1] / 2 - offset[-1]
    return np.asarray(np.clip(fitted, low, max(low, high)) + offset)
