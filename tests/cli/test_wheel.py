"""The wheel: the workflow travels inside it, and plans what the repository plans."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from radnec.core.fingerprint import fingerprint

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the unpacked wheel, as `pip install --no-deps --target` leaves it."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed, folder, *words):
    command = [sys.executable, *words]
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def planned(said):
    """The first table of jobs of a dry run."""
    table = said.split("Job stats:", 1)[1].split("\n\n", 1)[0]
    return dict(re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE))


def test_every_file_of_the_workflow_is_in_it(installed):
    tracked = subprocess.run(
        [
            "git",
            "ls-files",
            "Snakefile",
            "workflow",
            "scripts",
            "config",
            "profiles",
            "envs",
            "src",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    for name in tracked:
        there = "radnec/project/" + name if not name.startswith("src/") else name[len("src/") :]
        assert (installed / there).read_bytes() == (ROOT / name).read_bytes(), name


def test_from_another_folder_it_plans_what_the_repository_plans(installed, tmp_path):
    cli = ["-m", "radnec.cli.main"]
    run(installed, tmp_path, *cli, "init", "trial", "--phantom", "8")
    study = tmp_path / "trial"
    by_wheel = planned(run(installed, study, *cli, "run", "-n"))
    snakemake = ["-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--cores", "1", "-n"]
    plain = run(ROOT / "src", study, *snakemake, "--configfile", "config.yaml")
    assert by_wheel == planned(plain)
    assert by_wheel["simulate_case"] == "8" and by_wheel["train_run"] == "3"


def test_a_study_of_the_repository_does_not_rerun_in_the_package(installed, tmp_path):
    """Its rules have the same code: what Snakemake compares of it is equal."""
    ask = (
        "import sys; from pathlib import Path; import radnec.core.fingerprint as f\n"
        "for p in sorted(Path(sys.argv[1]).glob('*.py')): print(p.name, f.fingerprint(p))"
    )
    said = run(installed, tmp_path, "-c", ask, str(installed / "radnec" / "project" / "scripts"))
    mine = [f"{path.name} {fingerprint(path)}" for path in sorted((ROOT / "scripts").glob("*.py"))]
    assert said.splitlines() == mine
