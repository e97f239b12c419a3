"""What Snakemake plans to do, and what it refuses before it does anything."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def rows(n, **extra):
    return [
        {
            "case": f"C{i:04}",
            "label": "necrosis" if i % 5 == 0 else "recurrence",
            "dicom": f"/data/{i}",
            **extra,
        }
        for i in range(n)
    ]


def test_the_papers_study_is_24_runs_and_every_table_and_figure(study):
    study.write_cases(rows(234))
    jobs = study.plan("--resources", "gpu=1")
    assert jobs["index_case"] == jobs["convert_case"] == 234
    assert jobs["train_run"] == jobs["predict_run"] == jobs["gather_predictions"] == 24
    for rule in ("describe_cohort", "describe_scanners", "evaluate_models", "write_report"):
        assert jobs[rule] == 1


def test_folds_and_seeds_are_runs_of_the_same_shape(study):
    study.write_cases(rows(20))
    study.overlay["split"] = {"design": "kfold", "folds": 3, "repeats": 2}
    study.overlay["models"] = {
        "backbones": ["densenet121", "vgg11"],
        "inputs": ["fused"],
        "seeds": [1, 2],
    }
    jobs = study.plan()
    assert jobs["train_run"] == 2 * 1 * (3 * 2) * 2 and jobs["gather_predictions"] == 2


def test_the_demo_needs_no_more_than_its_two_files(study):
    study.overlay = yaml.safe_load((ROOT / "config" / "demo.yaml").read_text())
    study.overlay["cases"] = str(ROOT / "config" / "demo_cases.tsv")
    jobs = study.plan()
    cases = (ROOT / "config" / "demo_cases.tsv").read_text().count("\n") - 1
    # Three cases are excluded by the paper's criteria and never looked at.
    assert jobs["simulate_case"] == jobs["index_case"] == cases - 3
    assert jobs["train_run"] == 3


def test_ineligible_cases_cost_no_job(study):
    study.write_cases(rows(5) + rows(1, case="X1", pathology="no"))
    assert study.plan("preprocessed")["index_case"] == 5


def test_flair_can_be_an_input(study):
    study.write_cases(rows(10))
    study.overlay["input_sets"] = {"four": ["t1", "t1ce", "t2", "flair"]}
    study.overlay["models"] = {"backbones": ["resnet10"], "inputs": ["four"]}
    study.overlay["explain"] = {"backbone": "resnet10", "inputs": "four"}
    assert study.plan()["pack_sequence"] == 4


@pytest.mark.parametrize(
    ("overlay", "table", "expected"),
    [
        ({"training": {"learning_rate": "low"}}, rows(3), ["training.learning_rate", "'low'"]),
        ({"trainig": {}}, rows(3), ["trainig: unknown key, did you mean training?"]),
        ({"seed": "one"}, rows(3), ["seed", "'one'", "whole number"]),
        ({}, rows(2) + rows(1), ["rows 2, 4", "C0000", "more than once"]),
        ({}, rows(2) + rows(1, case="../x"), ["row 4", "'../x'", "letters"]),
        ({}, rows(2) + rows(1, case="C9", label="oedema"), ["row 4", "'oedema'", "necrosis"]),
        ({"cases": "gone.tsv"}, rows(1), ["gone.tsv not found"]),
    ],
)
def test_wrong_input_stops_before_anything_runs(study, overlay, table, expected):
    study.write_cases(table)
    study.overlay.update(overlay)
    done = study.snakemake("--cores", "1")
    said = done.stdout + done.stderr
    assert done.returncode != 0
    for text in expected:
        assert text in said
    assert "Traceback" not in said
    assert not (study.folder / "results").exists()


def test_the_published_study_needs_no_cohort_and_the_others_do(study):
    (study.folder / "cases.tsv").write_text("case\tlabel\tdicom\n")
    assert set(study.plan("published")) >= {"audit_published", "write_published"}
    done = study.snakemake("-n")
    assert done.returncode != 0
    assert "no rows, expected one row a case" in done.stdout + done.stderr


def test_images_alone_need_no_network_no_label_and_no_input_set(study):
    (study.folder / "cases.tsv").write_text("case\tdicom\nA\t/data/a\nB\t/data/b\n")
    study.overlay["models"] = {"backbones": []}
    study.overlay["selection"] = {"required_sequences": []}
    planned = study.plan("preprocessed")
    assert planned["index_case"] == 2 and planned["write_quality"] == 1
    assert "train_run" not in planned
    done = study.snakemake("-n")
    assert done.returncode != 0
    assert "a study of images alone has the target preprocessed" in done.stdout + done.stderr


def test_a_weight_file_to_start_from_is_an_input_of_its_runs(study):
    study.write_cases(rows(20))
    study.overlay["models"] = {"backbones": ["densenet121"], "inputs": ["fused"]}
    study.overlay["training"] = {"pretrained": {"densenet121": "start.pth"}}
    done = study.snakemake("-n")
    assert done.returncode != 0
    assert "start.pth" in done.stdout + done.stderr
    (study.folder / "start.pth").write_bytes(b"weights")
    assert study.plan()["train_run"] == 1


def test_values_of_the_command_line_are_those_of_a_file(study):
    """Snakemake hands nested ones over as text, to the processes of the jobs too."""
    study.write_cases(rows(50))
    given = [
        "training={learning_rate: 0.0001, compile: true, grid: {epochs: [5, 6]}}",
        "normalisation={size: [64, 64, 48], keep_aspect: no}",
        "evaluation={prevalence: [.1, 2e-1]}",
        "bids=null",
        "seed=7",
    ]
    kept = "results/trial/config.yaml"
    done = study.snakemake("--cores", "1", kept, "--config", *given)
    assert done.returncode == 0, done.stdout + done.stderr
    expected = yaml.safe_load((ROOT / "config" / "config.yaml").read_text()) | {"seed": 7}
    expected |= {"study": "trial", "cases": "cases.tsv"}
    expected["training"] |= {"learning_rate": 1e-4, "compile": True, "grid": {"epochs": [5, 6]}}
    expected["normalisation"] |= {"size": [64, 64, 48], "keep_aspect": False}
    expected["evaluation"] |= {"prevalence": [0.1, 0.2]}
    found = yaml.safe_load((study.folder / kept).read_text())
    assert found == {key: value for key, value in expected.items() if key != "resources"}
    # What the job remembers of its params is what a file would have made of them.
    study.overlay |= expected
    done = study.snakemake("--cores", "1", "-n", kept)
    assert "Nothing to be done" in done.stdout + done.stderr


def test_a_key_that_stands_twice_is_refused(study):
    study.write_cases(rows(20))
    (study.folder / "twice.yaml").write_text("training: {epochs: 5}\ntraining: {compile: true}\n")
    command = [*study.command("-n"), "twice.yaml"]
    done = subprocess.run(command, cwd=study.folder, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "Traceback" not in said
    assert "twice.yaml: training: found in line 1 and line 2, expected once" in said


def test_a_split_that_the_cases_do_not_allow_stops_the_study_and_not_a_look_at_the_images(study):
    study.write_cases(rows(5))
    assert study.plan("preprocessed")["index_case"] == 5
    done = study.snakemake("-n")
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "split.design: found 'stratified', expected at least 2 patients of necrosis" in said
