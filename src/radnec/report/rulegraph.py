"""The graph of the workflow's rules, read from Snakemake and put into layers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
from scipy.optimize import isotonic_regression

from radnec.core.errors import InputError

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Raw data", ("simulate_case",)),
    ("Images", ("index_case", "convert_case", "select_cases", "collect_series")),
    ("Preprocessing", ("register_case", "strip_case", "normalise_case")),
    ("Cohort", ("collect_cohort", "split_cohort", "list_packed", "pack_sequence")),
    ("Networks", ("train_run", "predict_run", "gather_predictions")),
    ("Statistics", ("describe_cohort", "describe_scanners", "evaluate_models")),
    ("Explanation", ("explain_run", "evaluate_maps")),
    ("Report", ("keep_config", "write_rulegraph", "draw_flowchart", "write_report")),
)
"""Stages in the order of the data, and rules that belong to each. A rule not named here belongs
to the last stage among the rules it needs or, if it needs none, to the first that uses it."""

TARGETS = ("all", "preprocessed")
"""Rules that only name results, and do no work."""

FEW = 6
"""Up to so many inputs, the last rule keeps its edges; see :func:`gathered`."""

_NODE = re.compile(r'^\s*(\d+)\s*\[label\s*=\s*"([^"\\]*)')
_EDGE = re.compile(r"^\s*(\d+)\s*->\s*(\d+)")


def read_rulegraph(path: Path) -> nx.DiGraph:
    """Read the output of ``snakemake --rulegraph dot``.

    Edges that follow from a longer way between the same rules are left out, as are rules that
    only name targets.

    Returns
    -------
    networkx.DiGraph
        Names of rules, each edge from a rule to one that uses its output.

    Raises
    ------
    InputError
        If the text holds no rule, or its edges go in a circle.
    """
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    names = {m.group(1): m.group(2) for line in lines if (m := _NODE.match(line))}
    if not names:
        raise InputError(f"{path}: no rule found, expected the text of snakemake --rulegraph dot")
    graph = nx.DiGraph()
    graph.add_nodes_from(names.values())
    for line in lines:
        if match := _EDGE.match(line):
            graph.add_edge(names[match.group(1)], names[match.group(2)])
    graph.remove_nodes_from(TARGETS)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    if not nx.is_directed_acyclic_graph(graph):
        raise InputError(f"{path}: the rules depend on each other in a circle")
    return nx.transitive_reduction(graph)


def gathered(graph: nx.DiGraph) -> tuple[str | None, set[str]]:
    """Take the last rule's inputs out of the graph where they would hide everything else.

    Every result of a study goes into its report. Drawn as lines, they cross the whole figure and
    say little; the rules are marked instead.

    Returns
    -------
    str or None
        The last rule, None where it has few inputs and keeps its edges.
    set of str
        The rules whose results it gathers; their edges are removed from `graph`.
    """
    ends = [rule for rule in sorted(graph) if graph.out_degree(rule) == 0]
    last = max(ends, key=lambda rule: graph.in_degree(rule))
    if graph.in_degree(last) <= FEW:
        return None, set()
    inputs = set(graph.predecessors(last))
    graph.remove_edges_from([(rule, last) for rule in inputs])
    return last, inputs


def stage_of(graph: nx.DiGraph) -> dict[str, int]:
    """Return the index in `STAGES` of each rule."""
    named = {rule: index for index, (_, rules) in enumerate(STAGES) for rule in rules}
    stages: dict[str, int] = {}
    order = list(nx.lexicographical_topological_sort(graph))
    for rule in order:
        before = [stages[parent] for parent in graph.predecessors(rule)]
        # No rule stands above one that it needs, whatever the table says.
        stages[rule] = max([named.get(rule, 0), *before])
    for rule in order[::-1]:
        after = [stages[user] for user in graph.successors(rule)]
        if rule not in named and graph.in_degree(rule) == 0 and after:
            stages[rule] = min(after)
    return stages


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


def way(edge: tuple[str, str], where: dict[str | tuple[str, str], int]) -> list[int]:
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
        rows = way(edge, where)
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
