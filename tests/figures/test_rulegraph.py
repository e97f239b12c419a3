"""The graph of the rules: read right, in the order of the data, no line through a box."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from radnec.core.errors import InputError
from radnec.figures import rulegraph
from radnec.figures.boxes import Box
from radnec.figures.layers import layered, rows_passed, spread_out
from radnec.figures.rulegraph import FEW, gathered, read_rulegraph, stage_of, write_rulegraph
from radnec.figures.workflow import draw_workflow

EDGES = [
    *[("simulate_case", "index_case"), ("index_case", "convert_case")],
    *[("index_case", "collect_series"), ("convert_case", "select_cases")],
    *[("select_cases", "register_case"), ("convert_case", "register_case")],
    *[("register_case", "strip_case"), ("strip_case", "normalise_case")],
    *[("register_case", "collect_cohort"), ("normalise_case", "collect_cohort")],
    *[("normalise_case", "check_case"), ("collect_cohort", "split_cohort")],
    *[("collect_cohort", "pack_sequence"), ("normalise_case", "pack_sequence")],
    *[("pack_sequence", "train_run"), ("split_cohort", "train_run")],
    *[("train_run", "predict_run"), ("predict_run", "gather_predictions")],
    *[("gather_predictions", "evaluate_models"), ("split_cohort", "describe_cohort")],
    *[("convert_case", "describe_scanners"), ("evaluate_models", "draw_roc")],
    *[("predict_run", "explain_run"), ("explain_run", "draw_figure4")],
    *[("audit_published", "draw_forest"), ("evaluate_models", "draw_forest")],
    *[("collect_cohort", "draw_flowchart")],
]
RESULTS = (
    *("collect_series", "check_case", "describe_cohort", "describe_scanners", "draw_roc"),
    *("draw_figure4", "draw_forest", "draw_flowchart"),
)


@pytest.fixture
def dot(tmp_path: Path) -> Path:
    edges = [*EDGES, *((name, "write_report") for name in RESULTS), ("write_report", "all")]
    names = sorted({name for edge in edges for name in edge})
    lines = ["digraph snakemake_dag {", "    graph[bgcolor=white, margin=0];"]
    lines += ["    node[shape=box, style=rounded, fontname=sans, fontsize=10, penwidth=2];"]
    for number, name in enumerate(names):
        lines.append(f'\t{number}[label = "{name}", color = "0.25 0.6 0.85", style="rounded"];')
    lines += [f"\t{names.index(a)} -> {names.index(b)}" for a, b in edges]
    path = tmp_path / "rulegraph.dot"
    path.write_text("\n".join([*lines, "}"]) + "\n")
    return path


def test_rules_without_targets_and_implied_edges(dot: Path) -> None:
    graph = read_rulegraph(dot)
    assert "all" not in graph
    assert set(graph) == {n for edge in EDGES for n in edge} | {"write_report"}
    # convert -> select -> register says it already
    assert ("convert_case", "register_case") not in graph.edges
    assert ("select_cases", "register_case") in graph.edges
    whole = nx.DiGraph([*EDGES, *((name, "write_report") for name in RESULTS)])
    assert nx.transitive_closure(graph).edges == nx.transitive_closure(whole).edges


def test_all_rules_of_an_external_cohort_are_one(tmp_path: Path) -> None:
    names = ["train_run", "external_other_site__index_case", "external_other_site__predict_case"]
    names += ["external_far__predict_case", "write_report"]
    lines = [f'\t{number}[label = "{name}"];' for number, name in enumerate(names)]
    lines += [f"\t{a} -> {b}" for a, b in [(1, 2), (0, 2), (0, 3), (2, 4), (3, 4)]]
    path = tmp_path / "rulegraph.dot"
    path.write_text("\n".join(lines))
    ways = [("train_run", name) for name in ("external_other_site", "external_far")]
    ways += [(name, "write_report") for _, name in ways]
    assert set(read_rulegraph(path).edges) == set(ways)


def test_last_rule_is_marked_instead_of_lines(dot: Path) -> None:
    graph = read_rulegraph(dot)
    last, marked = gathered(graph)
    assert last == "write_report"
    assert marked == set(RESULTS)
    assert graph.in_degree("write_report") == 0
    small = nx.DiGraph([("a", "c"), ("b", "c")])
    assert gathered(small) == (None, set())
    assert small.number_of_edges() == 2 <= FEW


def test_stages_follow_the_data(dot: Path) -> None:
    graph = read_rulegraph(dot)
    gathered(graph)
    stages = stage_of(graph)
    assert all(stages[a] <= stages[b] for a, b in graph.edges)
    assert stages["check_case"] == stages["normalise_case"]  # not named: with what it needs
    assert stages["audit_published"] == stages["draw_forest"]  # needs nothing: with its user


def test_every_edge_goes_down_and_has_its_place_in_between(dot: Path) -> None:
    graph = read_rulegraph(dot)
    last, _ = gathered(graph)
    rows = layered(graph, dict.fromkeys(graph, 25.0), room=90.0, last=last)
    where = {item: index for index, row in enumerate(rows) for item in row.items}
    for a, b in graph.edges:
        assert where[a] < where[b]
        for index in rows_passed((a, b), where)[1:-1]:
            assert (a, b) in rows[index].items
    for row in rows:
        assert sum(25.0 for item in row.items if isinstance(item, str)) <= 90.0
    assert rows[-1].items == ["write_report"]


def test_spread_out_keeps_order_and_distance() -> None:
    wanted = np.array([10.0, 10.0, 12.0, 50.0])
    widths = np.array([4.0, 6.0, 8.0, 2.0])
    found = spread_out(wanted, widths, 0.0, 60.0)
    assert (np.diff(found) >= (widths[:-1] + widths[1:]) / 2 - 1e-9).all()
    assert found[3] == pytest.approx(50.0)
    assert found[:3].mean() == pytest.approx(wanted[:3].mean())
    left = spread_out(np.array([-20.0, -10.0]), np.array([4.0, 4.0]), 0.0, 60.0)
    assert left[0] >= 2.0


def test_boxes_and_lines_stay_apart(
    dot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, saved: list[Figure]
) -> None:
    drawn: list[Box] = []
    draw = Box.draw
    monkeypatch.setattr(Box, "draw", lambda box, axes: (drawn.append(box), draw(box, axes))[1])
    draw_workflow(rulegraph=dot, notice="Phantom.", output=tmp_path / "figure2", dpi=60)
    for one, other in itertools.combinations(drawn, 2):
        assert (
            one.x + one.width < other.x
            or other.x + other.width < one.x
            or one.bottom < other.y
            or other.bottom < one.y
        ), (one.title, other.title)
    axes = saved[0].axes[0]
    FigureCanvasAgg(saved[0]).draw()
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    graph = read_rulegraph(dot)
    gathered(graph)
    assert len(arrows) == graph.number_of_edges()
    for arrow in arrows:
        lines = arrow._path_original.interpolated(20).to_polygons(closed_only=False)
        points = np.concatenate(lines)
        for box in drawn:
            inside = (
                (points[:, 0] > box.x + 0.3)
                & (points[:, 0] < box.x + box.width - 0.3)
                & (points[:, 1] > box.y + 0.3)
                & (points[:, 1] < box.bottom - 0.3)
            )
            assert not inside.any(), box.title
    assert (tmp_path / "figure2.png").exists()


def test_same_graph_same_bytes(dot: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        draw_workflow(rulegraph=dot, notice="", output=tmp_path / name, dpi=60)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_other_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.dot").write_text("Building DAG of jobs...\n")
    with pytest.raises(InputError, match=r"no\.dot: no rule found"):
        read_rulegraph(tmp_path / "no.dot")
    (tmp_path / "circle.dot").write_text('0[label = "a"];\n1[label = "b"];\n0 -> 1\n1 -> 0\n')
    with pytest.raises(InputError, match="circle"):
        read_rulegraph(tmp_path / "circle.dot")


def test_the_order_in_which_snakemake_names_the_edges_does_not_count(tmp_path, monkeypatch):
    nodes = [f'\t{n}[label = "{rule}", color = "0.1 0.6 0.85"];' for n, rule in enumerate("abc")]
    edges = ["\t0 -> 1", "\t1 -> 2", "\t0 -> 2"]
    written = []
    for order in itertools.permutations(edges):
        said = "\n".join(["digraph snakemake_dag {", *nodes, *order, "}            ", ""])
        done = subprocess.CompletedProcess([], 0, stdout=said, stderr="")
        monkeypatch.setattr(rulegraph.subprocess, "run", lambda *_, done=done, **__: done)
        output = tmp_path / "graph.dot"
        write_rulegraph(snakefile=Path("Snakefile"), config=Path("config.yaml"), output=output)
        written.append(output.read_text())
    assert len(set(written)) == 1
    assert sorted(read_rulegraph(output).edges) == [("a", "b"), ("b", "c")]
