"""Profiles, the resources that every rule declares, and what becomes one job of a cluster."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from snakemake_executor_plugin_slurm.submit_string import get_submit_command
from snakemake_executor_plugin_slurm.utils import set_gres_string

ROOT = Path(__file__).parents[2]
SLURM = str(ROOT / "profiles" / "slurm")
RULE = re.compile(r"^(?:rule|checkpoint) (\w+):\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
PREPARED = ["draw_quality_case", "locate_lesion", "measure_case", "normalise_case"]
RULES = {
    match[1]: match[2]
    for path in sorted((ROOT / "workflow" / "rules").glob("*.smk"))
    for match in RULE.finditer(path.read_text())
}


def rows(n):
    labels = ("necrosis", "recurrence")
    return [{"case": f"C{i:04}", "label": labels[i % 2], "dicom": f"/data/{i}"} for i in range(n)]


def printed(done):
    """Rule and resources of every job that a dry run prints."""
    assert done.returncode == 0, done.stderr + done.stdout
    blocks = re.findall(
        r"^ *(?:local)?(?:rule|checkpoint) (\w+):\n(.*?)^ *resources: (.*?)$",
        done.stdout + done.stderr,
        re.MULTILINE | re.DOTALL,
    )
    return [(rule, dict(re.findall(r"(\w+)=([^,]*)", text))) for rule, _, text in blocks]


def groups(done):
    """Group and rules of every group job that a dry run prints."""
    assert done.returncode == 0, done.stderr + done.stdout
    # The jobs of a group are indented below its headline.
    found = re.findall(
        r"Group job (\w+) .*\n((?:(?: .*)?\n)+)", done.stdout + done.stderr + "\n", re.MULTILINE
    )
    return [
        (name, sorted(re.findall(r"^ +rule (\w+):", text, re.MULTILINE))) for name, text in found
    ]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_it_needs(rule):
    assert re.search(r"^    threads: ", RULES[rule], re.MULTILINE)
    for resource in ("mem_mb", "disk_mb", "runtime"):
        assert re.search(rf"^        {resource}=", RULES[rule], re.MULTILINE), resource
    # A job that is given a device holds a GPU where that is one.
    assert ("device=" in RULES[rule]) == ("gpu=" in RULES[rule])


def test_the_slurm_profile_names_every_rule_that_holds_a_gpu():
    profile = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text())
    assert set(profile["set-resources"]) == {rule for rule in RULES if "gpu=" in RULES[rule]}


@pytest.mark.parametrize("gpus", [0, 1, 2])
def test_gpus_of_a_run_are_asked_of_slurm_on_one_node_for_one_process(gpus):
    """Left alone, the plugin asks for a process a GPU, on any nodes."""
    profile = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text())
    needs = {"gpu": gpus, "mem_mb": 4000, "runtime": 60}
    for given in (profile["default-resources"], profile["set-resources"]["train_run"]):
        needs |= {name: value for name, value in given.items() if value != "''"}

    class Resources(dict):
        __getattr__ = dict.__getitem__

    job = SimpleNamespace(resources=Resources(needs), threads=4)
    names = ["run_uuid", "slurm_logfile", "comment_str", "account", "partition", "workdir"]
    call = get_submit_command(job, dict.fromkeys(names, "")) + set_gres_string(job)
    assert "--ntasks-per-gpu" not in call and "--nodes=1" in call
    assert (f"--gpus={gpus}" in call) == (gpus > 0)


def test_both_profiles_let_content_decide():
    triggers = [
        yaml.safe_load(path.read_text())["rerun-triggers"]
        for path in sorted((ROOT / "profiles").glob("*/config.yaml"))
    ]
    assert triggers[0] == triggers[1] and "code" not in triggers[0]


def test_jobs_of_networks_ask_for_gpus_and_no_other_does(study):
    study.write_cases(rows(20))
    study.overlay["models"] = {"backbones": ["densenet121"], "inputs": ["fused"]}
    jobs = printed(study.snakemake("-n", "--workflow-profile", SLURM))
    asked = {rule: resources["gpu"] for rule, resources in jobs if "gpu" in resources}
    rules = ("train_run", "predict_run", "describe_features", "explain_run", "evaluate_maps")
    assert asked == dict.fromkeys(rules, "1")
    study.overlay["resources"] = {"device": "cpu"}
    jobs = printed(study.snakemake("-n", "--workflow-profile", SLURM))
    assert {resources.get("gpu", "0") for _, resources in jobs} == {"0"}


def test_the_short_rules_of_a_case_are_one_slurm_job(study):
    study.write_cases(rows(7))
    found = groups(study.snakemake("-n", "--workflow-profile", SLURM, "--until", "convert_case"))
    assert found == [("ingest", ["convert_case", "index_case"])] * 7


def test_memory_grows_with_the_attempt(study):
    study.write_cases(rows(8))
    jobs = dict(printed(study.snakemake("-n", "--until", "index_case")))
    again = dict(printed(study.snakemake("-n", "--until", "index_case", "--attempt", "2")))
    assert int(again["index_case"]["mem_mb"]) == 2 * int(jobs["index_case"]["mem_mb"])


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        (
            "atlas",
            {"prepare": [*PREPARED, "register_case", "strip_case"]},
        ),
        (
            "hd-bet",
            {
                "register": ["register_case"],
                "prepare": [*PREPARED, "strip_case"],
            },
        ),
    ],
)
def test_preprocessing_of_a_case_is_one_slurm_job(finished, backend, expected):
    """HD-BET's batches stand between: one job cannot hold what comes before and after.

    A study is started again behind its checkpoint; group-components, if the profile had it,
    would put a case into several groups there.
    """
    other = type(finished)(
        finished.folder, finished.overlay | {"skull_strip": {"backend": backend}}
    )
    arguments = ["--forcerun", "register_case", "--workflow-profile", SLURM]
    done = other.snakemake("preprocessed", "-n", *arguments)
    asked = [int(need["mem_mb"]) for rule, need in printed(done) if rule == "register_case"]
    cases = len(asked)
    assert cases >= 6
    # Memory follows the size of the images of a case.
    nifti = (finished.folder / "results" / "trial" / "nifti").iterdir()
    sizes = [sum(p.stat().st_size for p in case.glob("*.nii.gz")) for case in nifti]
    assert set(asked) <= {2000 + 20 * size // 10**6 for size in sizes}
    assert Counter((name, tuple(rules)) for name, rules in groups(done)) == {
        (name, tuple(rules)): cases for name, rules in expected.items()
    }
