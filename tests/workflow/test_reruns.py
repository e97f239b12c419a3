"""The rerun matrix: docs/reruns.tsv against what Snakemake plans on a finished study."""

from __future__ import annotations

import csv
import dataclasses
import functools
import shutil
from pathlib import Path

import networkx as nx
import pytest
import yaml
from planning import ROOT, Job, graph_of_rules, jobs_of, snakemake

with (ROOT / "docs" / "reruns.tsv").open(encoding="utf-8") as _stream:
    ROWS = list(csv.DictReader(_stream, delimiter="\t"))
CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())

# Inputs that decide nothing but the order: their news are no reason to draw the workflow again.
ORDER_ONLY = [("keep_config", "write_rulegraph"), ("collect_cohort", "write_rulegraph")]


def keys_of(config: dict, above: str = "") -> list[str]:
    """Every key that has a value; a mapping of the user's own names is one."""
    found = []
    for key, value in config.items():
        if isinstance(value, dict) and value and key not in ("input_sets",):
            found += keys_of(value, f"{above}{key}.")
        else:
            found.append(f"{above}{key}")
    return found


def test_every_key_of_the_configuration_has_a_row():
    assert [row["change"] for row in ROWS] == keys_of(CONFIG)


@dataclasses.dataclass
class Matrix:
    """A finished study, its jobs and the graph of its rules."""

    folder: Path
    jobs: set[Job]
    graph: nx.DiGraph

    def plan(self, how: str, tmp_path: Path) -> set[Job]:
        change = tmp_path / "change.yaml"
        change.write_text(how)
        arguments = ["-n", "--cores", "2", "--configfile", "overlay.yaml", str(change)]
        return jobs_of(snakemake(self.folder, *arguments)) - {Job("all")}

    def rerun(self, roots: set[str]) -> set[str]:
        """The rules that follow from some: they and all that use what they make."""
        return roots.union(*(nx.descendants(self.graph, root) for root in roots)) - {"all"}

    @functools.cached_property
    def before_checkpoint(self) -> set[str]:
        return nx.ancestors(self.graph, "select_cases")


@pytest.fixture(scope="session")
def matrix(finished, tmp_path_factory) -> Matrix:
    """The finished study as a folder of its own, with the files that some rows name."""
    folder = tmp_path_factory.mktemp("matrix")
    for path in finished.folder.iterdir():
        (folder / path.name).symlink_to(path)
    shutil.copy(folder / "cases.tsv", folder / "moved.tsv")
    for name in ("start.pth", "head.nii.gz", "mask.nii.gz"):
        (folder / name).write_bytes(b"")
    (folder / "overrides.tsv").write_text("case\tseries\tsequence\nS1\tabc\tignore\n")
    base = ["-n", "--cores", "2", "--configfile", "overlay.yaml"]
    graph = graph_of_rules(folder, *base[1:])
    graph.remove_edges_from(ORDER_ONLY)
    first = nx.ancestors(graph, "select_cases") | {"select_cases"}
    forced = sorted(set(graph) - first - {"all"})
    jobs = jobs_of(snakemake(folder, *base, "--forcerun", *forced))
    jobs |= {job for job in jobs_of(snakemake(folder, *base, "-F")) if job.rule in first}
    return Matrix(folder, jobs - {Job("all")}, graph)


@pytest.mark.parametrize("row", ROWS, ids=[row["change"] for row in ROWS])
def test_matrix(matrix, row, tmp_path, record_property):
    roots = set(row["reruns_from"].replace("-", "").split())
    if not row["change"].startswith("resources."):
        roots.add("keep_config")
    planned = matrix.plan(row["how"], tmp_path)
    rules = {job.rule for job in planned}
    expected = matrix.rerun(roots)
    print(row["change"], "extra", rules - expected, "missing", expected - rules)
    assert rules == expected
