"""The rerun matrix: docs/reruns.tsv against what Snakemake plans on a finished study."""

from __future__ import annotations

import csv
import dataclasses
import functools
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
import yaml
from planning import ROOT, Job, graph_of_rules, jobs_of, snakemake
from study_folder import Study

with (ROOT / "docs" / "reruns.tsv").open(encoding="utf-8") as _stream:
    ROWS = {row["change"]: row for row in csv.DictReader(_stream, delimiter="\t")}
CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
# What a clone of the project holds, as far as a run needs it.
PROJECT = (
    *("Snakefile", "workflow", "config", "envs", "profiles", "scripts", "src"),
    *("pyproject.toml", "requirements.lock"),
)


def keys_of(config: dict, above: str = "") -> list[str]:
    """Every key that has a value; input_sets is one, for its keys are the user's own."""
    found = []
    for key, value in config.items():
        if isinstance(value, dict) and value and key != "input_sets":
            found += keys_of(value, f"{above}{key}.")
        else:
            found.append(f"{above}{key}")
    return found


KEYS = keys_of(CONFIG)
CASES = [name for name in ROWS if name.startswith(("a case", "the images", "the age", "the site"))]
RUNS = [name for name in ROWS if name.startswith(("more ", "another profile"))]
CODE = [name for name in ROWS if name not in (*KEYS, *CASES, *RUNS)]


def test_every_key_of_the_configuration_has_a_row():
    assert [name for name in ROWS if name in KEYS] == KEYS
    assert len(CASES) == 7 and len(RUNS) == 5 and len(CODE) == 12


@dataclasses.dataclass
class Matrix:
    """A finished study, its jobs, the graph of its rules, and the rules of selected cases."""

    folder: Path
    jobs: set[Job]
    graph: nx.DiGraph

    def reached(self, name: str) -> set[str]:
        """The rules that a change reaches: the first ones of its row, and all below them.

        What `stays` has no job that the change concerns, and passes nothing on.
        """
        row = ROWS[name]
        graph = self.graph.copy()
        if name == "lesion.crop":
            # Another rule makes the same files.
            graph = nx.relabel_nodes(graph, {"normalise_case": "normalise_lesion"})
            graph.add_edge("locate_lesion", "normalise_lesion")
        graph.remove_nodes_from({"all", *(row["stays"] or "").split()})
        roots = set(row["reruns_from"].replace("-", "").split())
        if roots == {"*"}:
            return set(graph)
        if name in KEYS and not name.startswith("resources."):
            roots.add("keep_config")
        return roots.union(*(nx.descendants(graph, root) for root in roots))

    def planned(self, name: str) -> set[str]:
        """The rules of which a dry run can tell.

        Which cases pass the selection is known only when it has run: where the selection itself
        is to run, nothing is said of the jobs for them.
        """
        found = self.reached(name)
        return found - self.of_selected if "select_cases" in found else found

    @functools.cached_property
    def of_selected(self) -> set[str]:
        """The rules with one job for each case that was selected."""
        before = nx.ancestors(self.graph, "select_cases")
        return {job.rule for job in self.jobs if "case" in dict(job.wildcards)} - before


@pytest.fixture(scope="session")
def matrix(finished, tmp_path_factory) -> Matrix:
    """The finished study as a folder of its own, with the files that some rows name."""
    folder = twin(finished.folder, tmp_path_factory.mktemp("matrix"))
    (folder / "overlay.yaml").write_text(yaml.safe_dump(finished.overlay))
    shutil.copy(folder / "cases.tsv", folder / "moved.tsv")
    for name in ("start.pth", "head.nii.gz", "mask.nii.gz"):
        (folder / name).write_bytes(b"")
    (folder / "overrides.tsv").write_text("case\tseries\tsequence\nS1\tabc\tignore\n")
    (folder / "readers.tsv").write_text("case\treader\tcall\nS1\tA\tnecrosis\n")
    (folder / "study.yaml").write_text("title: On necrosis\n")
    elsewhere = (folder / "cases.tsv").read_text().replace("/trial/", "/trial/external/elsewhere/")
    (folder / "elsewhere.tsv").write_text(elsewhere)
    base = ["--cores", "2", "--configfile", "overlay.yaml"]
    graph = graph_of_rules(folder, *base)
    first = nx.ancestors(graph, "select_cases") | {"select_cases"}
    forced = sorted(set(graph) - first - {"all"})
    jobs = jobs_of(snakemake(folder, "-n", *base, "--forcerun", *forced))
    jobs |= {job for job in jobs_of(snakemake(folder, "-n", *base, "-F")) if job.rule in first}
    return Matrix(folder, jobs - {Job("all")}, graph)


def twin(study: Path, folder: Path) -> Path:
    """A folder that shows a study's results and its memory of them, and may have more files."""
    folder.mkdir(exist_ok=True)
    for path in study.iterdir():
        (folder / path.name).symlink_to(path.resolve())
    return folder


def own_copy(study: Study, folder: Path) -> Path:
    """A copy of a study, to run in."""
    shutil.copytree(study.folder, folder, symlinks=True)
    (folder / "overlay.yaml").write_text(yaml.safe_dump(study.overlay))
    return folder


# The rules that make a run's predictions.
PREDICTING = ("predict_run", "fit_comparator", "train_gao2d")


def model_of(job: Job) -> tuple[str | None, str | None]:
    """The backbone, or the comparator, and the input set of a job."""
    wildcards = dict(job.wildcards)
    return wildcards.get("backbone"), wildcards.get("inputs")


def check(matrix: Matrix, name: str, planned: set[Job], record_property) -> None:
    """Compare the jobs planned after a change with its row of the table."""
    only = dict(pair.split("=") for pair in (ROWS[name]["only"] or "").split())
    counts = Counter(job.rule for job in planned)
    record_property("rerun", (name, dict(sorted(counts.items()))))
    rules = matrix.planned(name)
    assert set(counts) == rules
    for job in planned:
        assert job.fits(only), f"{job} is not among {only}"
    left_out = {job for job in matrix.jobs if job.rule in rules and job.fits(only)} - planned
    if "gather_predictions" not in ROWS[name]["reruns_from"]:
        # The predictions of a model are joined where some of its runs are made anew.
        reached = {model_of(job) for job in planned if job.rule in PREDICTING}
        left_out = {
            job for job in left_out if job.rule != "gather_predictions" or model_of(job) in reached
        }
    # A value that is new with the change is in no job of the finished study.
    known = {pair for job in matrix.jobs for pair in job.wildcards}
    if set(only.items()) <= known:
        assert not left_out


@pytest.mark.parametrize("name", [name for name in KEYS if name != "study"])
def test_a_key(matrix, name, tmp_path, record_property):
    change = tmp_path / "change.yaml"
    change.write_text(ROWS[name]["how"])
    said = snakemake(
        matrix.folder, "-n", "--cores", "2", "--configfile", "overlay.yaml", str(change)
    )
    planned = jobs_of(said) - {Job("all")}
    if name == "external":
        # Its own jobs, which no finished study without it has, begin with its images.
        own = {job for job in planned if job.rule.startswith("external_elsewhere__")}
        assert "external_elsewhere__simulate_case" in {job.rule for job in own}
        assert not any(job.rule.endswith("train_run") for job in own)
        planned -= own
    check(matrix, name, planned, record_property)


def test_another_study_is_another_folder(matrix, tmp_path):
    change = tmp_path / "change.yaml"
    change.write_text(ROWS["study"]["how"])
    said = snakemake(
        matrix.folder, "-n", "--cores", "2", "--configfile", "overlay.yaml", str(change)
    )
    assert matrix.planned("study") == {job.rule for job in jobs_of(said)} - {"all"}


def edit_cases(path: Path, name: str) -> None:
    """Change the table of cases as a row of the matrix says."""
    table = list(csv.DictReader(path.open(encoding="utf-8"), delimiter="\t"))
    case = ROWS[name]["how"]
    row = next((row for row in table if row["case"] == case), table[0])
    if name == "a case added":
        table.append({**row, "case": case, "dicom": f"results/trial/phantom/dicom/{case}"})
    elif name == "a case removed":
        table.remove(row)
    elif name == "a case relabelled":
        row["label"] = {"necrosis": "recurrence", "recurrence": "necrosis"}[row["label"]]
    elif name == "the images of a case moved":
        row["dicom"] += "/moved"
    elif name == "the age of a case put right":
        row["age"] = "77"
    elif name == "the site of a case put right":
        row["site"] = "north"
    else:
        row["pathology"] = "no"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


@pytest.mark.parametrize("name", CASES)
def test_a_case(matrix, name, tmp_path, record_property):
    folder = twin(matrix.folder, tmp_path / "study")
    (folder / "cases.tsv").unlink()
    shutil.copy(matrix.folder / "cases.tsv", folder / "cases.tsv")
    edit_cases(folder / "cases.tsv", name)
    said = snakemake(folder, "-n", "--cores", "2", "--configfile", "overlay.yaml")
    check(matrix, name, jobs_of(said) - {Job("all")}, record_property)


def edit_code(project: Path, name: str) -> None:
    """Change a copy of the project as a row of the matrix says."""
    path = project / ROWS[name]["how"]
    text = path.read_text(encoding="utf-8")
    if name == "every source file touched":
        for each in project.rglob("*"):
            os.utime(each)
    elif name == "a comment in a module":
        path.write_text(f"# Why it is so.\n{text}\n\n", encoding="utf-8")
    elif path.suffix == ".py":
        path.write_text(f"{text}\n_EDITED = 1\n", encoding="utf-8")
    elif name != "a fresh clone of the code":
        path.write_text(f"{text}\n", encoding="utf-8")


def copy_of_project(folder: Path) -> Path:
    """A copy of the project, as a clone would be, but for what git ignores."""
    project = folder / "project"
    for part in PROJECT:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        project.mkdir(exist_ok=True)
        copy(ROOT / part, project / part)
    return project


def start(folder: Path, project: Path, *arguments: str) -> str:
    """Run the Snakefile of a copy of the project, and return what Snakemake says."""
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "-s", project / "Snakefile", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", CODE)
def test_code(matrix, name, tmp_path, record_property):
    """In a process of its own, since the library that counts is the one beside the Snakefile."""
    project = copy_of_project(tmp_path)
    edit_code(project, name)
    said = start(matrix.folder, project, "-n", "--cores", "2", "--configfile", "overlay.yaml")
    check(matrix, name, jobs_of(said) - {Job("all")}, record_property)


@pytest.mark.parametrize("name", RUNS)
def test_how_it_is_run(matrix, name, record_property):
    option, _, value = ROWS[name]["how"].partition(" ")
    cores = [] if option in ("--cores", "--workflow-profile") else ["--cores", "2"]
    value = str(ROOT / value) if option == "--workflow-profile" else value
    said = snakemake(matrix.folder, "-n", *cores, option, value, "--configfile", "overlay.yaml")
    check(matrix, name, jobs_of(said) - {Job("all")}, record_property)


# One change of each class, really made; the last column: the jobs of the small study that ran.
REAL = {
    "figures.slices": {"draw_figure4": 1, "write_report": 1},
    "training.epochs": {"train_run": 2, "predict_run": 2, "evaluate_models": 1},
    "normalisation.margin": {"normalise_case": 6, "pack_sequence": 3, "train_run": 2},
    "selection.min_slices": {"select_cases": 1, "train_run": 2},
    "a case added": {"simulate_case": 1, "register_case": 1, "normalise_case": 1, "train_run": 2},
    "the age of a case put right": {"describe_cohort": 1, "write_report": 1},
    "an edit in radnec.preprocess.rigid": {"register_case": 6, "strip_case": 6, "train_run": 2},
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name == "figures.slices" else [pytest.mark.slow])
        for name in REAL
    ],
)
def test_really(matrix, finished, name, tmp_path, record_property):
    """What was planned is what runs, and what is below it; then there is nothing to do."""
    folder = own_copy(finished, tmp_path / "study")
    project = ROOT
    arguments = ["--cores", "2", "--configfile", "overlay.yaml"]
    if name in KEYS:
        (folder / "change.yaml").write_text(ROWS[name]["how"])
        arguments.append("change.yaml")
    elif name in CASES:
        edit_cases(folder / "cases.tsv", name)
    else:
        project = copy_of_project(tmp_path)
        edit_code(project, name)
    ran = jobs_of(start(folder, project, *arguments)) - {Job("all")}
    counts = Counter(job.rule for job in ran)
    record_property("rerun", (f"{name} (really)", dict(sorted(counts.items()))))
    assert set(counts) == matrix.reached(name) - (
        # Only cases that come in are looked at, and none does.
        matrix.of_selected if name == "selection.min_slices" else set()
    )
    assert REAL[name].items() <= counts.items()
    assert jobs_of(start(folder, project, "-n", *arguments)) == set()


def test_an_edit_can_be_accepted(finished, tmp_path):
    """As docs/reruns.md says: with --touch the results count as made by the code as it is."""
    folder = own_copy(finished, tmp_path / "study")
    project = copy_of_project(tmp_path)
    edit_code(project, "an edit in radnec.preprocess.rigid")
    arguments = ["--cores", "2", "--configfile", "overlay.yaml"]
    assert jobs_of(start(folder, project, "-n", *arguments)) != set()
    images = {path: path.read_bytes() for path in folder.glob("results/*/registered/*/*.nii.gz")}
    start(folder, project, "--touch", *arguments)
    assert jobs_of(start(folder, project, "-n", *arguments)) == set()
    assert images and images == {path: path.read_bytes() for path in images}
