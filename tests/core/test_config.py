from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from radnec.core.config import sequences_used, validate_config
from radnec.core.errors import InputError

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"


@pytest.fixture
def config():
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


def changed(config, path, value):
    config = copy.deepcopy(config)
    *parents, last = path.split(".")
    section = config
    for name in parents:
        section = section[name]
    section[last] = value
    return config


def test_the_papers_study_is_valid_and_says_what_the_paper_says(config):
    validate_config(config, SCHEMA)
    training = config["training"]
    assert (training["learning_rate"], training["batch_size"], training["epochs"]) == (1e-5, 2, 300)
    assert set(config["models"]["backbones"]) == {
        "resnet10", "densenet121", "resnet50", "vgg11", "mresnet", "vgg16",
    }  # fmt: skip
    assert config["input_sets"]["fused"] == ["t1", "t1ce", "t2"]
    assert config["selection"]["min_slices"] == 32


@pytest.mark.parametrize("name", ["demo", "recommended"])
def test_an_overlay_names_only_keys_that_exist(config, name):
    overlay = yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text())

    def merge(base, other):
        return {
            **base,
            **{
                k: merge(base[k], v) if isinstance(v, dict) and isinstance(base.get(k), dict) else v
                for k, v in other.items()
            },
        }

    validate_config(merge(config, overlay), SCHEMA)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("training.learning_rat", 0.1, ["training.learning_rat", "unknown key", "learning_rate"]),
        ("training.learning_rate", "1e-5", ["training.learning_rate", "'1e-5'", "1.0e-5"]),
        ("training.learning_rate", -1.0, ["training.learning_rate", "-1.0", "above 0"]),
        ("training.epochs", 1.5, ["training.epochs", "1.5", "whole number"]),
        ("training.epochs", True, ["training.epochs", "True", "whole number"]),
        ("seed", None, ["seed", "None", "whole number"]),
        ("study", "../elsewhere", ["study", "'../elsewhere'", "letters"]),
        ("study", "demo\n", ["study", "letters"]),
        ("skull_strip.backend", "hdbet", ["skull_strip.backend", "'hdbet'", "hd-bet"]),
        ("input_sets.t1", ["t3"], ["input_sets.t1", "'t3'", "flair"]),
        ("models.inputs", ["t9"], ["models.inputs", "t9", "input_sets"]),
        ("explain.backbone", "vgg19", ["explain.backbone", "'vgg19'", "densenet121"]),
        ("label_map", {"0": "tumour"}, ["label_map", "'tumour'", "recurrence"]),
    ],
)
def test_a_fault_is_named_with_its_key_value_and_what_was_expected(config, path, value, told):
    with pytest.raises(InputError) as caught:
        validate_config(changed(config, path, value), SCHEMA)
    for text in told:
        assert text in str(caught.value)


def test_a_missing_key_is_named(config):
    del config["training"]["epochs"]
    with pytest.raises(InputError, match=r"training: key missing: epochs"):
        validate_config(config, SCHEMA)


def test_all_faults_are_told_at_once(config):
    config = changed(changed(config, "seed", "x"), "training.epochs", 0)
    with pytest.raises(InputError) as caught:
        validate_config(config, SCHEMA)
    assert "seed" in str(caught.value) and "training.epochs" in str(caught.value)


def test_sequences_used_are_those_of_the_trained_sets_only(config):
    config["input_sets"]["all"] = ["t1", "t1ce", "t2", "flair"]
    assert sequences_used(config) == ["t1", "t1ce", "t2"]
