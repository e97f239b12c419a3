"""The record of a finished study, and Snakemake's own report of it."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from rocrate.rocrate import ROCrate


@pytest.fixture
def results(finished):
    return finished.folder / "results" / "trial"


def test_the_record_names_every_table_figure_and_model_with_its_checksum(results):
    files = {
        unquote(entity.id): entity["sha256"] for entity in ROCrate(results).get_by_type("File")
    }
    for name in (
        "cohort/cases.tsv",
        "split/split.tsv",
        "tables/table6.tex",
        "figures/figure5.svg",
        "predictions/resnet10/fused.tsv",
        "report.html",
    ):
        assert name in files
    assert len([name for name in files if name.endswith("/weights.safetensors")]) == 2
    for name, found in files.items():
        assert found == hashlib.sha256((results / name).read_bytes()).hexdigest(), name


def test_the_record_holds_no_path_of_this_machine(finished, results):
    text = (results / "ro-crate-metadata.json").read_text()
    assert str(finished.folder) not in text and f"{Path.home()}/" not in text


def test_the_study_is_repeated_from_the_configuration_in_its_record(finished, results):
    """Everything is there already, so the same study has nothing to do."""
    run = ROCrate(results).root_dataset["mentions"]
    config = next(entity for entity in run["object"] if entity.id.endswith(".yaml"))
    again = dataclasses.replace(finished, overlay=yaml.safe_load((results / config.id).read_text()))
    assert again.plan() == {}
    # A record of another study would not do: the plan knows one changed value.
    again.overlay["seed"] += 1
    assert again.plan()["train_run"] == 2


def test_the_report_of_snakemake_has_captions_and_categories(finished, tmp_path):
    page = tmp_path / "snakemake.html"
    done = finished.snakemake("--report", str(page))
    assert done.returncode == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    for part in (
        '"Figures"',
        '"Tables"',
        '"Report"',
        "Receiver operating characteristic of the networks",
        "Scanners and their commonest settings",
        "Simulated data: the cohort is a physics phantom",
    ):
        assert part in text, part
    assert finished.plan() == {}
