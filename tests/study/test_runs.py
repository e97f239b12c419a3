"""The training runs of a study, counted and named by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from radnec.config.check import check_config
from radnec.study.paths import StudyPaths
from radnec.study.runs import TrainingRuns

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config():
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


def test_the_published_study_trains_six_networks_on_four_inputs_once(config):
    runs = TrainingRuns.from_config(check_config(config))
    files = runs.files(StudyPaths("study").run("card.json"))
    assert len(files) == len(set(files)) == 24
    assert files[0] == "results/study/models/resnet10/t1/holdout_seed1/card.json"
    assert len(runs.files_of_models("predictions/{backbone}/{inputs}.tsv")) == 24


def test_cross_validation_runs_each_fold_with_each_seed(config):
    config["split"] |= {"design": "kfold", "folds": 2, "repeats": 2}
    config["models"] = {"backbones": ["vgg11"], "inputs": ["t1ce", "fused"], "seeds": [5, 3]}
    config["explain"] |= {"backbone": "vgg11"}
    runs = TrainingRuns.from_config(check_config(config))
    assert runs.explained == ("r0f0", 5)
    # As the jobs of a finished study recorded them: folds in order, seeds as configured.
    assert runs.files_of_model(
        "{backbone}/{inputs}/{fold}_seed{seed}", backbone="vgg11", inputs="fused"
    ) == [
        "vgg11/fused/r0f0_seed5",
        "vgg11/fused/r0f0_seed3",
        "vgg11/fused/r0f1_seed5",
        "vgg11/fused/r0f1_seed3",
        "vgg11/fused/r1f0_seed5",
        "vgg11/fused/r1f0_seed3",
        "vgg11/fused/r1f1_seed5",
        "vgg11/fused/r1f1_seed3",
    ]
    assert runs.files_of_models("{backbone}-{inputs}") == ["vgg11-t1ce", "vgg11-fused"]
    of_both = [
        name
        for inputs in runs.inputs
        for name in runs.files_of_model("{inputs}{fold}{seed}", backbone="vgg11", inputs=inputs)
    ]
    assert runs.files("{inputs}{fold}{seed}") == of_both


def test_comparators_run_on_the_same_folds_and_seeds(config):
    config["models"] |= {"backbones": ["vgg11"], "inputs": ["t1ce", "fused"], "seeds": [5, 3]}
    config["explain"] |= {"backbone": "vgg11"}
    config["comparators"] |= {"models": ["clinical", "radiomics"], "clinical": ["age"]}
    runs = TrainingRuns.from_config(check_config(config))
    assert runs.comparators == (
        ("clinical", "no-images"),
        ("radiomics", "t1ce"),
        ("radiomics", "fused"),
    )
    assert runs.files_of_models("{backbone}/{inputs}") == [
        *("vgg11/t1ce", "vgg11/fused"),
        *("clinical/no-images", "radiomics/t1ce", "radiomics/fused"),
    ]
    assert runs.files_of_all("{backbone}/{inputs}/{fold}/{seed}")[4:6] == [
        "clinical/no-images/holdout/5",
        "clinical/no-images/holdout/3",
    ]
    # What only networks leave is not asked of the others.
    assert all(name.startswith("vgg11") for name in runs.files("{backbone}/{inputs}"))


def test_comparators_can_read_fewer_inputs(config):
    config["comparators"] |= {"models": ["gao2d"], "inputs": ["fused"]}
    runs = TrainingRuns.from_config(check_config(config))
    assert runs.comparators == (("gao2d", "fused"),)
