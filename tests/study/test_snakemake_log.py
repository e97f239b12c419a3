"""The log of a run, as Snakemake of this version writes it: counted against a small real run."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from radnec.study.status.snakemake_log import LogReader, latest_log

# Two cases are found by a checkpoint; the job of one fails, and so nothing comes after it.
SNAKEFILE = """
rule all:
    input: "results/toy/table.tsv"

rule index_case:
    output: "results/toy/index/{case}"
    log: "results/toy/logs/index_case/{case}.log"
    shell: "touch {output}"

checkpoint select_cases:
    input: expand("results/toy/index/{case}", case=["A", "B", "C"])
    output: "results/toy/selected.tsv"
    shell: "printf 'A\\nB\\n' > {output}"

rule register_case:
    output: "results/toy/registered/{case}"
    log: "results/toy/logs/register_case/{case}.log"
    threads: 2
    resources: gpu=1
    shell: "test {wildcards.case} = A && touch {output}"

def registered(wildcards):
    cases = open(checkpoints.select_cases.get().output[0]).read().split()
    return expand("results/toy/registered/{case}", case=cases)

rule describe:
    input: registered
    output: "results/toy/table.tsv"
    shell: "touch {output}"
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    (folder / "Snakefile").write_text(SNAKEFILE)
    words = ["--cores", "2", "--resources", "gpu=1", "--keep-going"]
    command = [sys.executable, "-m", "snakemake", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return folder


def test_jobs_are_counted_as_the_run_had_them(run):
    log = LogReader(latest_log(run, "toy")).read()
    assert log.planned == Counter(index_case=3, select_cases=1, describe=1, all=1)
    # Two jobs came with the checkpoint; the failed one holds up the table and the target.
    assert (log.done, log.total) == (5, 8)
    assert log.finished == Counter(index_case=3, select_cases=1, register_case=1)
    assert [(job.rule, job.log) for job in log.failed.values()] == [
        ("register_case", "results/toy/logs/register_case/B.log")
    ]
    assert not log.running
    assert log.pending("describe") == 1 and log.pending("index_case") == 0
    assert (log.slots, log.gpus) == (2, 1)
    assert (log.latest["register_case"].threads, log.latest["register_case"].gpus) == (2, 1)
    assert log.ended and not log.interrupted
    assert log.first <= log.last


def test_a_log_read_while_it_grows_tells_the_same_in_the_end(run, tmp_path):
    whole = latest_log(run, "toy").read_bytes()
    growing = LogReader(tmp_path / "log")
    assert growing.read().total == 0  # nothing is there yet
    seen_running = set()
    for end in range(0, len(whole) + 97, 97):  # in the middle of lines
        (tmp_path / "log").write_bytes(whole[:end])
        log = growing.read()
        seen_running |= {job.rule for job in log.running.values()}
        assert log.done <= log.total
    assert vars(log) == vars(LogReader(latest_log(run, "toy")).read())
    assert {"index_case", "select_cases", "register_case"} <= seen_running


def test_the_latest_log_is_that_of_the_study(run):
    logs = run / ".snakemake" / "log"
    other = logs / "9999-01-01T000000.snakemake.log"
    other.write_text("output: results/other/table.tsv\n")
    try:
        assert latest_log(run, "other") == other
        assert latest_log(run, "toy") != other
        assert latest_log(run, "to") is None
    finally:
        other.unlink()


def test_a_job_that_is_tried_again_has_not_failed(tmp_path):
    (tmp_path / "log").write_text(
        "Error in rule train_run:\n    jobid: 7\n    log: a.log (check log file(s) for error "
        "details)\nTrying to restart job 7.\n"
    )
    assert not LogReader(tmp_path / "log").read().failed
