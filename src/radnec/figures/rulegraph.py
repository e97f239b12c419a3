"""The graph of the workflow's rules, read from Snakemake, and their stages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import networkx as nx

from radnec.core.errors import InputError
from radnec.core.files import write_text

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Raw data", ("simulate_case",)),
    (
        "Images",
        ("index_case", "convert_case", "check_leakage", "select_cases", "collect_series"),
    ),
    (
        "Preprocessing",
        ("register_case", "predict_masks", "strip_case", "normalise_case", "draw_quality_case"),
    ),
    (
        "Cohort",
        ("collect_cohort", "tabulate_quality", "split_cohort", "list_packed", "pack_sequence"),
    ),
    ("Networks", ("train_run", "predict_run", "gather_predictions")),
    (
        "Statistics",
        (
            "describe_cohort",
            "describe_scanners",
            "evaluate_models",
            "evaluate_subgroups",
            "check_confounding",
            "check_scanner_use",
        ),
    ),
    ("Explanation", ("explain_run", "evaluate_maps")),
    ("Next patient", ("measure_case", "describe_features", "describe_study")),
    (
        "Report",
        (
            "keep_config",
            "write_rulegraph",
            "draw_flowchart",
            "write_cases",
            "write_submission",
            "write_report",
        ),
    ),
)
"""Stages in the order of the data, and rules that belong to each. A rule not named here belongs
to the last stage among the rules it needs or, if it needs none, to the first that uses it."""

TARGETS = ("all", "preprocessed")
"""Rules that only name results, and do no work."""

RECORD = "write_crate"
"""Writes down what the others made: it would stand below the report and gather every line again."""

FEW = 6
"""Up to so many inputs, the last rule keeps its edges; see :func:`gathered`."""

_NODE = re.compile(r'^\s*(\d+)\s*\[label\s*=\s*"([^"\\]*)')
_EXTERNAL = re.compile(r"^(external_\w+?)__\w+$")
_EDGE = re.compile(r"^\s*(\d+)\s*->\s*(\d+)")


def write_rulegraph(*, snakefile: Path, config: Path, output: Path) -> None:
    """Write what ``snakemake --rulegraph dot`` says of a study.

    Parameters
    ----------
    snakefile
        The workflow's Snakefile.
    config
        The whole configuration of the study.
    output
        Gets the graph in the DOT language.

    Raises
    ------
    InputError
        If Snakemake cannot plan the study; the message is Snakemake's.
    """
    # By date only: what else would rerun is no matter for a drawing, and costs time to find out.
    asked = ["--configfile", str(config), "--rerun-triggers", "mtime", "--rulegraph", "dot"]
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), *asked],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InputError(f"Snakemake cannot draw the workflow:\n{done.stderr.strip()}")
    # Snakemake gives the edges in another order each time.
    *lines, end = done.stdout.rstrip().splitlines()
    edges = sorted(line for line in lines if "->" in line)
    write_text(output, "\n".join([*(x for x in lines if "->" not in x), *edges, end]) + "\n")


def read_rulegraph(path: Path) -> nx.DiGraph:
    """Read the output of ``snakemake --rulegraph dot``.

    The rules of an external cohort, which are the study's own once more, count as one. Edges that
    follow from a longer way between the same rules are left out, as are rules that only name
    targets and the one that keeps the record of the study.

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
    names = {
        m.group(1): _EXTERNAL.sub(r"\1", m.group(2)) for line in lines if (m := _NODE.match(line))
    }
    if not names:
        raise InputError(f"{path}: no rule found, expected the text of snakemake --rulegraph dot")
    graph = nx.DiGraph()
    graph.add_nodes_from(names.values())
    for line in lines:
        if match := _EDGE.match(line):
            graph.add_edge(names[match.group(1)], names[match.group(2)])
    graph.remove_nodes_from((*TARGETS, RECORD))
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
