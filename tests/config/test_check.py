"""The check of the whole configuration: the paper's study, the demo, and one fault of each kind."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import yaml

from radnec.config.check import check_config
from radnec.config.model import StudyConfig
from radnec.core.errors import InputError
from radnec.core.expectations import dotted_keys
from radnec.core.settings import canonical_json

ROOT = Path(__file__).parents[2]


def plain(name):
    return yaml.safe_load((ROOT / "config" / name).read_text())


def merged(base, other):
    """As Snakemake lays an overlay on the defaults."""
    result = copy.deepcopy(base)
    for key, value in other.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def overlay_of(key, value):
    for name in reversed(key.split(".")):
        value = {name: value}
    return value


def test_the_papers_study_says_what_the_paper_says():
    config = check_config(plain("config.yaml"))
    assert config == StudyConfig()
    training = config.training
    assert (training.learning_rate, training.batch_size, training.epochs) == (1e-5, 2, 300)
    assert set(config.models.backbones) == {
        "resnet10", "densenet121", "resnet50", "vgg11", "mresnet", "vgg16",
    }  # fmt: skip
    assert config.input_sets["fused"] == ("t1", "t1ce", "t2")
    assert config.selection.min_slices == 32


@pytest.mark.parametrize("overlay", [{}, plain("demo.yaml"), plain("recommended.yaml")])
def test_params_have_the_text_that_they_had_before_there_was_a_model(overlay):
    """Then it was the JSON of what YAML gave: a finished study is found finished by this text."""
    values = merged(plain("config.yaml"), overlay)
    config = check_config(values).to_mapping()
    for name, value in values.items():
        text = json.dumps(value, sort_keys=True, separators=(",", ":"))
        assert json.dumps(config[name], sort_keys=True, separators=(",", ":")) == text


# The params of a study that was finished with 0.1.0, before there was a model. The evaluation is
# not among them: it takes minutes, and every new statistic reruns it by its code. Nor is the split,
# which takes a second: one that comes out equal trains nothing again.
REMEMBERED = {
    "ingest": '{"converter":"dicom2nifti","min_confidence":0.7}',
    "normalisation": '{"intensity":"min-max","keep_aspect":true,"margin":4.0,'
    '"percentiles":[0.5,99.5],"region":"volume","size":[160,160,32]}',
}


@pytest.mark.parametrize("section", REMEMBERED)
def test_a_finished_study_is_found_finished_by_the_text_that_it_remembers(section):
    config = check_config(plain("config.yaml"))
    assert getattr(config, section).to_json() == REMEMBERED[section]
    assert canonical_json(config.to_mapping()[section]) == REMEMBERED[section]


def test_values_spelled_as_text_give_the_configuration_of_the_values():
    """As Snakemake hands nested values of the command line over."""

    def spelled(value):
        if isinstance(value, dict):
            return {key: spelled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [spelled(one) for one in value]
        return value if isinstance(value, str) else json.dumps(value)

    values = merged(plain("config.yaml"), plain("demo.yaml"))
    values["training"]["grid"] = {"learning_rate": [1e-5, 1e-4], "optimiser": ["adam", "sgd"]}
    assert spelled(values) != values
    assert check_config(spelled(values)).to_json() == check_config(values).to_json()


def test_codes_of_labels_may_be_numbers():
    assert check_config({"label_map": {0: "recurrence"}}).label_map == {"0": "recurrence"}


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("training.learning_rat", 0.1, "unknown key, did you mean "
         "training.learning_rate?"),
        ("trainig", {}, "unknown key, did you mean training?"),
        ("epochs", 5, "unknown key, did you mean training.epochs or"),
        ("training.learning_rate", -1.0, "found -1.0, expected a number above 0"),
        ("training.epochs", 1.5, "found 1.5, expected a whole number of at least 1"),
        ("training.epochs", True, "found true, expected a whole number of at least 1"),
        ("seed", None, "found null, expected a whole number of at least 0 (null or nothing"),
        ("study", "../elsewhere", "found '../elsewhere', expected a folder name of at most 64"),
        ("study", "demo\n", "found 'demo\\n', expected a folder name"),
        ("study", 2024, "found 2024, expected a folder name of at most 64 letters, digits, '_' or "
         "'-' (YAML reads it as a number; write it in quotes)"),
        ("skull_strip.backend", "hdbet", "found 'hdbet', expected hd-bet, hd-bet-1, deepbet"),
        ("input_sets.t1", ["t3"], "found 't3', expected t1ce, t1, t2 or flair"),
        ("input_sets.t1", ["t1", "t1"], "found ['t1', 't1'], expected values that differ"),
        ("input_sets", {1: ["t1"]}, "found 1, expected names that are of lower-case"),
        ("models.inputs", ["t9", "fused"], "found 't9', expected names of input_sets: t1, t1ce"),
        ("explain.backbone", "vgg19", "found 'vgg19', expected one of models.backbones: resnet10"),
        ("label_map", {"0": "tumour"}, "found 'tumour', expected recurrence or necrosis"),
        ("hd_bet_weights.checksum", "sha256:0", "found 'sha256:0', expected sha256:... or md5"),
        ("resources.device", "gpu", "found 'gpu', expected auto, cpu, cuda or cuda:N"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_key_value_and_what_was_expected(key, value, told):
    with pytest.raises(InputError) as caught:
        check_config(merged(plain("config.yaml"), overlay_of(key, value)))
    assert str(caught.value).startswith(f"config: {key}")
    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_faults_of_sections_and_between_them_are_told_at_once():
    overlay = {"seed": "x", "training": {"epochs": 0}, "models": {"inputs": ["t9"]}}
    with pytest.raises(InputError) as caught:
        check_config(merged(plain("config.yaml"), overlay))
    keys = [line.split(": ")[1] for line in str(caught.value).splitlines()]
    assert keys == ["seed", "training.epochs", "models.inputs", "explain.inputs"]


def test_sequences_used_are_those_of_the_trained_sets_only():
    config = check_config({"input_sets": {"t1": ["t1"], "all": ["t1", "flair"], "x": ["t2"]},
                           "models": {"inputs": ["t1", "all"]},
                           "explain": {"inputs": "all"}})  # fmt: skip
    assert config.sequences_used() == ["flair", "t1"]


def test_every_key_of_the_model_has_a_row_in_the_table_of_reruns():
    rows = (ROOT / "docs" / "reruns.tsv").read_text().splitlines()[1:]
    assert set(dotted_keys(StudyConfig)) <= {row.split("\t")[0] for row in rows}
