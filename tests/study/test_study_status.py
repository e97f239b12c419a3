"""How far a study is: files and log laid out by hand, counts and times by hand."""

from __future__ import annotations

import json
import logging
import math
from datetime import datetime, timedelta

import pytest

from radnec.config.load import merged
from radnec.config.model import StudyConfig
from radnec.core.errors import InputError
from radnec.core.settings import canonical_json
from radnec.provenance.config import keep_config
from radnec.study.status.status import GPU_RULES, StudyWatch
from radnec.study.status.times import Work, earlier_seconds, seconds_left
from radnec.training.progress import Progress

CASES = ("A", "B", "C", "D")
OVERLAY = {
    "study": "trial",
    "cases": "cases.tsv",
    "models": {"backbones": ["resnet10"], "inputs": ["t1ce", "fused"]},
    "explain": {"backbone": "resnet10"},
}
PLAN = """Provided cores: 2
Job stats:
job              count
-------------  -------
register_case        {register}
train_run            2
write_report         1
total                {total}

"""


def stamp(seconds_ago):
    moment = datetime.now() - timedelta(seconds=seconds_ago)
    return f"[{moment.strftime('%a %b %d %H:%M:%S %Y')}]\n"


def job(rule, number, log, resources="mem_mb=1"):
    return f"rule {rule}:\n    log: {log}\n    jobid: {number}\n    resources: {resources}\n"


@pytest.fixture
def folder(tmp_path):
    """The folder of a study of four cases, one of them excluded, registered in part."""
    study = tmp_path / "results" / "trial"
    values = merged(StudyConfig().to_mapping(), OVERLAY)
    keep_config(used=canonical_json(values), path=study / "config.yaml")
    rows = [f"{case}\t{'necrosis' if case < 'C' else 'recurrence'}\t/data/{case}" for case in CASES]
    (tmp_path / "cases.tsv").write_text("\n".join(["case\tlabel\tdicom", *rows]) + "\n")
    write(
        study, *(f"records/{stage}/{case}.json" for stage in ("index", "convert") for case in CASES)
    )
    write(study, *(f"records/register/{case}.json" for case in "AB"))
    status = [f"{case}\t{'excluded' if case == 'D' else 'included'}" for case in CASES]
    write(study, "cohort/selected.tsv")
    (study / "cohort" / "selected.tsv").write_text("\n".join(["case\tstatus", *status]) + "\n")
    return tmp_path


def write(study, *paths):
    for path in paths:
        (study / path).parent.mkdir(parents=True, exist_ok=True)
        (study / path).write_text("")


def write_log(folder, text):
    logs = folder / ".snakemake" / "log"
    logs.mkdir(parents=True, exist_ok=True)
    (logs / "2026-01-01T000000.snakemake.log").write_text(text + "# results/trial/\n")


def benchmark(folder, rule, name, seconds):
    path = folder / "results" / "trial" / "benchmarks" / rule / f"{name}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"s\th:m:s\n{seconds}\t-\n")


def counts(status):
    return {f"{one.unit} {one.name}": (one.done, one.total) for one in status.stages}


def test_without_a_run_the_files_tell(folder):
    status = StudyWatch(folder / "results" / "trial").status()
    assert status.state == "not running" and status.report is None
    told = counts(status)
    assert told["cases series identified"] == (4, 4)
    assert told["cases registered"] == (2, 3)  # of the three that were selected
    assert told["cases normalised"] == (0, 3)
    assert told["networks trained"] == (0, 2)
    assert told["tables written"] == (0, 6)
    assert "cases simulated" not in told
    assert math.isnan(status.seconds_left)
    json.dumps(status.to_mapping(), allow_nan=False)


def test_what_the_run_will_make_anew_is_not_done(folder):
    study = folder / "results" / "trial"
    write(study, "report.html", "models/resnet10/t1ce/holdout_seed1/weights.safetensors")
    write(study, "models/resnet10/fused/holdout_seed1/weights.safetensors")
    write_log(folder, PLAN.format(register=2, total=5))
    status = StudyWatch(study).status(alive=True)
    assert status.state == "running"
    assert counts(status)["cases registered"] == (1, 3)
    assert counts(status)["networks trained"] == (0, 2)
    assert status.report is None


def test_time_left_is_that_of_earlier_jobs_over_the_cores(folder):
    for number, seconds in enumerate((10.0, 20.0, 90.0)):
        benchmark(folder, "register_case", f"case{number}", seconds)
    benchmark(folder, "train_run", "resnet10/t1ce/holdout_seed1", 1000.0)
    text = PLAN.format(register=3, total=6)
    text += stamp(5) + job("register_case", 1, "a.log")
    text += stamp(5) + job(
        "train_run", 2, "results/trial/logs/train_run/resnet10/t1ce/holdout_seed1.log", "gpu=0"
    )
    write_log(folder, text)
    study = folder / "results" / "trial"
    log = study / "logs" / "train_run" / "resnet10" / "t1ce" / "holdout_seed1.log"
    log.parent.mkdir(parents=True)
    log.write_text(progress_of("resnet10/t1ce/holdout seed 1"))
    status = StudyWatch(study).status(alive=True)
    [network] = status.networks
    assert (network.name, network.epoch, network.epochs) == ("resnet10/t1ce/holdout seed 1", 3, 12)
    assert network.loss == pytest.approx(0.5)
    # Two registrations to begin, 15 s left of the one at work; one network to begin, and what
    # the other says of itself. The medians are 20 and 1000.
    expected = (2 * 20 + 15 + 1000 + network.seconds_left) / 2
    assert status.seconds_left == pytest.approx(expected, abs=2)
    assert status.stages[2].running == 1
    assert status.seconds_running == pytest.approx(5, abs=2)


def progress_of(name):
    """A log as the job writes it: half of the third of twelve epochs of ten cases is over."""
    said = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(f"2026 INFO {record.name}: {record.getMessage()}")
    logger = logging.getLogger("radnec.training.progress")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        progress = Progress(name, 12, 10, 0)
        progress.line(1, 5, 0.9)
        progress.line(3, 25, 0.5)
    finally:
        logger.removeHandler(handler)
    return "\n".join(said) + "\n"


def test_jobs_that_a_checkpoint_adds_are_told_by_missing_files(folder):
    """Of a run up to the images: of the three selected cases one is not registered yet."""
    benchmark(folder, "register_case", "A", 30.0)
    benchmark(folder, "train_run", "x", 1000.0)
    plan = "Provided cores: 1\nJob stats:\njob  count\n---  ---\nselect_cases  1\ntotal  1\n\n"
    write_log(folder, plan + stamp(1))
    status = StudyWatch(folder / "results" / "trial").status(alive=True)
    assert status.seconds_left == pytest.approx(30)
    assert status.not_timed == ["strip_case", "normalise_case", "draw_quality_case"]


def test_what_no_earlier_job_tells_is_named(folder):
    benchmark(folder, "register_case", "A", 10.0)
    write_log(folder, PLAN.format(register=1, total=4) + stamp(1))
    status = StudyWatch(folder / "results" / "trial").status(alive=True)
    assert "train_run" in status.not_timed and "register_case" not in status.not_timed
    assert status.seconds_left == pytest.approx(10 / 2)


@pytest.mark.parametrize(
    ("end", "report", "state"),
    [
        ("Complete log(s): x\n", True, "finished"),
        ("Complete log(s): x\n", False, "not running"),
        ("Error in rule register_case:\n    jobid: 3\nComplete log(s): x\n", False, "failed"),
        ("Terminating processes on user request\nComplete log(s): x\n", False, "stopped"),
        (
            "Will exit after finishing currently running jobs (scheduler).\nComplete log(s): x\n",
            False,
            "stopped",
        ),
        ("", False, "broken off"),  # killed: it never came to its end
    ],
)
def test_the_state_after_a_run(folder, end, report, state):
    study = folder / "results" / "trial"
    if report:
        write(study, "report.html")
    write_log(folder, stamp(1) + end)
    status = StudyWatch(study).status()
    assert status.state == state
    assert (status.report is not None) == report


def test_a_lock_that_a_killed_run_left_behind_is_no_run(folder):
    locks = folder / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.input.lock").write_text("")
    write_log(folder, stamp(1))
    assert StudyWatch(folder / "results" / "trial").status().state == "broken off"
    # On another machine nobody can look.
    write_log(folder, "  Host: elsewhere\n" + stamp(1))
    assert StudyWatch(folder / "results" / "trial").status().state == "running"


def test_a_folder_that_is_none_is_said(tmp_path):
    with pytest.raises(InputError, match=r"nowhere: no such folder, expected results/<study>"):
        StudyWatch(tmp_path / "results" / "nowhere")


def test_gpus_are_few_where_threads_are_many():
    work = [Work(jobs=4, seconds=100.0, gpus=1), Work(jobs=8, seconds=10.0, threads=2)]
    # 4 networks one after the other on one GPU; else 400 + 2 * 80 thread seconds on 8 threads.
    assert seconds_left(work, slots=8, gpus=1) == 400
    assert seconds_left(work, slots=8, gpus=4) == 100
    assert seconds_left(work, slots=2, gpus=4) == (400 + 160) / 2
    assert seconds_left([Work(jobs=3, seconds=math.nan)], slots=1, gpus=1) == 0


def test_a_benchmark_that_is_just_being_written_is_passed_over(tmp_path):
    (tmp_path / "rule.tsv").write_text("s\th:m:s\n")
    assert math.isnan(earlier_seconds(tmp_path, "rule"))
    (tmp_path / "rule.tsv").write_text("s\th:m:s\n2.5\t0:00:02\n")
    assert earlier_seconds(tmp_path, "rule") == 2.5


def test_rules_that_hold_a_gpu_are_those_of_the_workflow():
    from study_folder import ROOT

    text = "\n".join(path.read_text() for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    with_gpu = {
        block.split(":", 1)[0] for block in text.split("\nrule ")[1:] if "gpu=gpus(" in block
    }
    assert with_gpu == set(GPU_RULES)
