"""The record of a study, read back with the library that defines its format."""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest
from rocrate.rocrate import ROCrate

from radnec.provenance.crate import write_crate
from radnec.provenance.software import code_version, packages


def write_files(folder, texts):
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def workflow(tmp_path):
    """A folder with a Snakefile and a library, as small as it gets."""
    workflow = tmp_path / "workflow"
    texts = {
        "Snakefile": "rule all:\n",
        "workflow/rules/a.smk": "",
        "src/radnec/a.py": "one = 1\n",
        "requirements.lock": "numpy==0.0.1\nnot-a-package-of-anybody==2.0\n",
        "pyproject.toml": '[project]\nversion = "1.2.3"\n',
    }
    write_files(workflow, texts)
    return workflow


@pytest.fixture
def study(tmp_path):
    study = tmp_path / "results" / "trial"
    texts = {
        "config.yaml": "seed: 1\n",
        "cohort/images.tsv": "case\twhat\tname\n",
        "tables/table1.tsv": "a\n1\n",
        "evaluation/models/roc.tsv": "b\n2\n",
        "evaluation/models/.snakemake_timestamp": "",
        "models/res net/t1/card.json": json.dumps({"cost": {"device": "Abacus 9000"}}),
        "benchmarks/train_run/x/y.tsv": "s\tmax_rss\n12.5\t700\n",
        "benchmarks/train_run/x/z.tsv": "s\tmax_rss\n7.5\t-\n",
    }
    write_files(study, texts)
    return study


@pytest.fixture
def crate(workflow, study, tmp_path):
    table = tmp_path / "someone" / "cases.tsv"
    table.parent.mkdir()
    table.write_text("case\nC1\n")
    write_crate(
        study=study,
        name="trial",
        notice="Research use only.",
        workflow=workflow,
        inputs={"cases": table},
        results=[study / name for name in ("config.yaml", "cohort/images.tsv", "tables/table1.tsv")]
        + [study / "evaluation" / "models", study / "models" / "res net" / "t1" / "card.json"],
        output=study / "ro-crate-metadata.json",
    )
    return ROCrate(study)


def test_every_file_is_there_with_its_checksum(crate, study):
    files = {path.id: path["sha256"] for path in crate.get_by_type("File")}
    expected = {
        "config.yaml",
        "cohort/images.tsv",
        "tables/table1.tsv",
        "evaluation/models/roc.tsv",
        "models/res%20net/t1/card.json",
    }
    assert set(files) == expected
    for name, found in files.items():
        data = (study / name.replace("%20", " ")).read_bytes()
        assert found == hashlib.sha256(data).hexdigest()


def test_a_table_from_outside_is_known_by_name_and_checksum_not_by_its_path(crate, study):
    table = crate.dereference("#input/cases")
    assert table["name"] == "cases.tsv"
    assert table["sha256"] == hashlib.sha256(b"case\nC1\n").hexdigest()
    assert "someone" not in (study / "ro-crate-metadata.json").read_text()


def test_the_run_says_what_by_what_when_and_on_what(crate):
    run = crate.root_dataset["mentions"]
    assert {entity.id for entity in run["object"]} == {
        "#input/cases",
        "config.yaml",
        "cohort/images.tsv",
    }
    assert run["startTime"] < run["endTime"]
    facts = {entity["name"]: entity for entity in run["additionalProperty"]}
    assert facts["time of train_run"]["value"] == 20.0
    assert "2 jobs" in facts["time of train_run"]["description"]
    assert "700 MB" in facts["time of train_run"]["description"]
    assert facts["trained-on/0"]["value"] == "Abacus 9000, runs: 1"
    assert int(facts["machine/cores"]["value"]) >= 1


def test_the_code_is_known_without_git_and_with_it(workflow):
    before = code_version(workflow)
    assert before.commit is None and "no git checkout" in before.text()
    git = ["git", "-C", str(workflow), "-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    committed = code_version(workflow)
    assert committed.commit == head.stdout.strip() and not committed.changed
    assert committed.fingerprint == before.fingerprint
    (workflow / "src" / "radnec" / "a.py").write_text("one = 2\n")
    assert code_version(workflow).changed
    assert code_version(workflow).fingerprint != before.fingerprint


def test_a_folder_inside_of_somebody_elses_checkout_has_no_commit(workflow):
    subprocess.run(["git", "init", "-q", str(workflow.parent)], check=True)
    assert code_version(workflow).commit is None


def test_a_package_that_differs_from_the_lock_is_recorded(crate, workflow):
    assert {package.name for package in packages(workflow / "requirements.lock")} == {
        "numpy",
        "not-a-package-of-anybody",
    }
    assert crate.dereference("#package/numpy")["description"] == "requirements.lock has 0.0.1"
    missing = crate.dereference("#package/not-a-package-of-anybody")
    assert (
        missing["softwareVersion"] == "2.0" and "not in the environment" in missing["description"]
    )
