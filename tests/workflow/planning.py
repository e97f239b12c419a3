"""Dry runs of the workflow, many of them: each in a fork of a process that has imported it all."""

from __future__ import annotations

import dataclasses
import functools
import os
import re
import sys
import tempfile
import traceback
from pathlib import Path

import networkx as nx

from radnec.core.fingerprint import fingerprint

ROOT = Path(__file__).parents[2]

_RULE = re.compile(r"^ *(?:local)?(?:rule|checkpoint) (\w+):$")
_WILDCARDS = re.compile(r"^ +wildcards: (.*)$")


@dataclasses.dataclass(frozen=True, order=True)
class Job:
    """A job of a plan: its rule, and what distinguishes it from the others of this rule."""

    rule: str
    wildcards: tuple[tuple[str, str], ...] = ()

    def fits(self, only: dict[str, str]) -> bool:
        """Whether no wildcard of the job contradicts `only`."""
        return all(only.get(name, value) == value for name, value in self.wildcards)


def jobs_of(said: str) -> set[Job]:
    """Read the jobs from what Snakemake says of a run or a dry run."""
    found: set[Job] = set()
    rule, wildcards = None, ()
    for line in [*said.splitlines(), ""]:
        match = _RULE.match(line)  # indented in a group
        if rule and (match or not line.startswith("    ")):
            found.add(Job(rule, wildcards))
            rule, wildcards = None, ()
        if match:
            rule = match[1]
        elif rule and (match := _WILDCARDS.match(line)):
            pairs = (pair.split("=", 1) for pair in match[1].split(", "))
            wildcards = tuple(sorted((name, value) for name, value in pairs))
    return found


def snakemake(folder: Path, *arguments: str, snakefile: Path = ROOT / "Snakefile") -> str:
    """Run Snakemake in a fork of this process, in a folder, and return what it says.

    Most of a dry run's time is importing Snakemake and reading the library's modules; a fork
    has both. What the run itself changes stays in the fork.
    """
    import snakemake.cli

    _read_library()
    with tempfile.TemporaryFile() as stream:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.chdir(folder)
                os.dup2(stream.fileno(), 1)
                os.dup2(stream.fileno(), 2)
                sys.stdout = os.fdopen(1, "w", buffering=1)
                sys.stderr = os.fdopen(2, "w", buffering=1)
                snakemake.cli.main(["-s", str(snakefile), *arguments])
            except SystemExit as end:
                code = int(end.code or 0)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        stream.seek(0)
        said = stream.read().decode()
    assert status == 0, said
    return said


@functools.cache
def _read_library() -> None:
    for script in sorted((ROOT / "scripts").glob("*.py")):
        fingerprint(script)


def graph_of_rules(folder: Path, *arguments: str) -> nx.DiGraph:
    """Return the graph of the rules, without the targets that only name results."""
    said = snakemake(folder, "--rulegraph", "dot", *arguments)
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)"', said, re.MULTILINE))
    graph = nx.DiGraph()
    graph.add_edges_from(
        (names[a], names[b]) for a, b in re.findall(r"^\s*(\d+) -> (\d+)", said, re.MULTILINE)
    )
    graph.remove_edges_from(nx.selfloop_edges(graph))
    return graph
