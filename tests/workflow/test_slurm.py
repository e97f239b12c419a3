"""A real Slurm of two nodes, started here: a study runs through it, and past what kills jobs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "slurm"
PROFILE = ["--workflow-profile", str(ROOT / "profiles" / "slurm")]
# No reason to wait long on one machine.
HASTE = ["--latency-wait", "5", "--slurm-init-seconds-before-status-checks", "5"]
SBIN = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])
ABSENT = [name for name in ("slurmctld", "slurmd", "munged") if not shutil.which(name, path=SBIN)]

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(ABSENT),
        reason=f"no {', '.join(ABSENT)}: needs Slurm (apt-get install slurm-wlm munge)",
    ),
]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """Start the two nodes; afterwards they end with everything that runs there."""
    folder = tmp_path_factory.mktemp("slurm")
    # Not the port that a developer's own has.
    subprocess.run([HERE / "start.sh", folder, "27817"], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
        patch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
        yield folder
        subprocess.run(["scancel", "--user", str(os.getuid())], check=False)
        subprocess.run([HERE / "stop.sh", folder], check=True)


@pytest.fixture
def cases(small_study, slurm):
    """Two cases, from simulated DICOM to the selection; each case is a Slurm job of its own."""
    table = small_study.folder / "cases.tsv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:3]))
    return small_study


def run(study, *arguments: str) -> subprocess.CompletedProcess[str]:
    target = "results/trial/cohort/selected.tsv"
    return study.snakemake(target, *arguments, *PROFILE, *HASTE)


def jobs() -> list[dict[str, str]]:
    """All jobs that Slurm remembers, as it describes them."""
    shown = subprocess.run(
        ["scontrol", "--oneliner", "show", "jobs"], capture_output=True, text=True, check=True
    ).stdout
    return [
        dict(word.partition("=")[::2] for word in line.split())
        for line in shown.splitlines()
        if line.startswith("JobId=")
    ]


def finished_of(study) -> Counter[str]:
    """Which records of conversion are there, with the time they were written."""
    records = study.folder / "results" / "trial" / "records" / "convert"
    return Counter({path.stem: path.stat().st_mtime_ns for path in records.glob("*.json")})


def test_a_cancelled_job_is_an_error_with_its_name_and_the_next_start_finishes(cases):
    before = {job["JobId"] for job in jobs()}
    cancelled = []

    def cancel_one() -> None:
        while not cancelled:
            time.sleep(1)
            started = [j for j in jobs() if j["JobId"] not in before and j["JobState"] == "RUNNING"]
            for job in started[:1]:
                subprocess.run(["scancel", job["JobId"]], check=True)
                cancelled.append(job["JobId"])

    canceller = threading.Thread(target=cancel_one)
    canceller.start()
    done = run(cases, "--retries", "0")
    canceller.join()
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Error in group ingest" in said
    case = re.search(r"results/trial/logs/simulate_case/(S\d)\.log", said)[1]
    assert (
        f"slurm_logs/group_ingest_convert_case_index_case_simulate_case/{cancelled[0]}.log" in said
    )
    # The other case went on.
    [kept] = finished_of(cases)
    assert {kept, case} == {"S0", "S1"}
    first = finished_of(cases)[kept]

    again = run(cases)
    assert again.returncode == 0, again.stderr
    assert set(finished_of(cases)) == {"S0", "S1"} and finished_of(cases)[kept] == first
    assert (cases.folder / "results" / "trial" / "cohort" / "selected.tsv").exists()


def test_a_job_over_its_memory_is_an_error_with_its_name_and_more_memory_finishes(cases):
    little = ["--set-resources"]
    little += [f"{rule}:mem_mb=300" for rule in ("simulate_case", "index_case", "convert_case")]
    done = run(cases, "--retries", "0", *little)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Error in group ingest" in said and "results/trial/logs/simulate_case/S0.log" in said
    logs = re.findall(r"log: (\S+/slurm_logs/group_ingest\S+/\d+\.log)", said)
    assert any("exceeded memory limit" in Path(log).read_text() for log in logs)

    # As the rules have it: twice the memory at the second attempt.
    twice = [word.replace("300", "450*attempt") for word in little]
    again = run(cases, "--retries", "1", *twice)
    assert "Trying to restart" in again.stdout + again.stderr
    assert again.returncode == 0, again.stderr
    assert set(finished_of(cases)) == {"S0", "S1"}


def test_the_small_study_runs_through_slurm_on_two_nodes(small_study, slurm):
    study = small_study
    study.overlay["models"] = {"backbones": ["resnet10"], "inputs": ["t1ce"]}
    study.overlay["explain"]["inputs"] = "t1ce"
    study.overlay["resources"] = {"device": "auto"}
    table = study.folder / "cases.tsv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:7]))
    before = {job["JobId"] for job in jobs()}
    done = study.snakemake(*PROFILE, *HASTE)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-8000:]
    assert (study.folder / "results" / "trial" / "report.html").exists()
    mine = [job for job in jobs() if job["JobId"] not in before]
    assert {job["JobState"] for job in mine} == {"COMPLETED"}
    assert {job["NodeList"] for job in mine} == {"n1", "n2"}
    # The short rules of a case went as one job, and networks asked Slurm for their GPU.
    assert len([job for job in mine if "convert_case" in job["Comment"]]) == 6
    networks = ("train_run", "predict_run", "describe_features", "explain_run", "evaluate_maps")
    for job in mine:
        assert ("TresPerJob" in job) == any(name in job["Comment"] for name in networks), job
    # Nothing is left to do, on the cluster or on one machine.
    again = study.snakemake("--cores", "2")
    assert "Nothing to be done" in again.stdout + again.stderr
