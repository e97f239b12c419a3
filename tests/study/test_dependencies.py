"""What of the configuration reruns a job: texts that are equal when the values are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from radnec.study import dependencies

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config():
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


def test_a_section_reads_alike_in_any_order_of_its_keys(config):
    text = dependencies.section(config, "split")
    config["split"] = dict(reversed(config["split"].items()))
    assert dependencies.section(config, "split") == text
    assert text == ('{"design":"stratified","folds":4,"repeats":1,"sites":[],"test_fraction":0.25}')


def test_keys_left_out_of_a_section_do_not_count(config):
    text = dependencies.section(config, "explain", without=("backbone", "inputs"))
    config["explain"]["backbone"] = "vgg11"
    assert dependencies.section(config, "explain", without=("backbone", "inputs")) == text
    config["explain"]["layer"] = "features.0"
    assert dependencies.section(config, "explain", without=("backbone", "inputs")) != text


def test_a_network_is_described_by_every_stage_before_it(config):
    before = json.loads(dependencies.preprocessing(config))
    assert list(before) == [
        "ingest",
        "normalisation",
        "pack",
        "registration",
        "selection",
        "skull_strip",
    ]
    assert before["normalisation"] == config["normalisation"]


def test_what_a_study_ran_on_is_no_part_of_what_it_was_made_with(config):
    text = dependencies.without_resources(config)
    config["resources"]["device"] = "cuda*4"
    assert dependencies.without_resources(config) == text
    config["seed"] = 7
    assert dependencies.without_resources(config) != text


def test_trained_inputs_of_one_and_of_several_sequences(config):
    config["models"]["inputs"] = ["t2", "fused"]
    single = dependencies.trained_inputs(config, several=False)
    fused = dependencies.trained_inputs(config, several=True)
    assert single == '{"t2":["t2"]}'
    assert fused == '{"fused":["t1","t1ce","t2"]}'


def test_external_files_are_those_that_the_configuration_names(config):
    assert dependencies.external_files(config) == {"cases": "config/cases.tsv"}
    config["series_overrides"] = "overrides.tsv"
    config["skull_strip"] |= {"atlas_head": "head.nii.gz", "atlas_mask": "mask.nii.gz"}
    config["training"]["pretrained"] = {"vgg11": "v.pth", "resnet10": "r.pth"}
    assert list(dependencies.external_files(config).items()) == [
        ("cases", "config/cases.tsv"),
        ("series_overrides", "overrides.tsv"),
        ("atlas_head", "head.nii.gz"),
        ("atlas_mask", "mask.nii.gz"),
        ("pretrained_resnet10", "r.pth"),
        ("pretrained_vgg11", "v.pth"),
    ]
