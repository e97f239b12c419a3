"""Which files a study consists of, for a study small enough to list them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from radnec.config.check import check_config
from radnec.study.plan import StudyPlan

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config():
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    config["study"] = "small"
    config["models"] = {"backbones": ["vgg11"], "inputs": ["t2"], "seeds": [2]}
    config["explain"] |= {"backbone": "vgg11", "inputs": "t2"}
    return config


def table(cases: int = 3, **columns: list[str]) -> pd.DataFrame:
    names = [f"C{number}" for number in range(cases)]
    rows = {"case": names, "patient": names, "label": ["necrosis"] * cases, "dicom": names}
    return pd.DataFrame(rows | columns).set_index("case", drop=False)


def below(paths: list[str]) -> list[str]:
    """The paths without the folder that all share."""
    assert all(path.startswith("results/small/") for path in paths)
    return [path.removeprefix("results/small/") for path in paths]


def test_preprocessing_of_patients_stripped_by_hdbet(config):
    plan = StudyPlan(check_config(config), table(mask=["", "", "own.nii.gz"]))
    assert below(plan.preprocessing_results(["C0", "C2"])) == [
        "records/index/C0.json",
        "records/index/C1.json",
        "records/index/C2.json",
        "records/convert/C0.json",
        "records/convert/C1.json",
        "records/convert/C2.json",
        "cohort/images.tsv",
        "cohort/selected.tsv",
        "records/register/C0.json",
        "records/register/C2.json",
        "hd_bet_network.json",
        "hd_bet/batch0.json",
        "records/strip/C0.json",
        "records/strip/C2.json",
        "records/normalise/C0.json",
        "records/normalise/C2.json",
        "quality/C0.json",
        "quality/C2.json",
        "novelty/cases/C0.json",
        "novelty/cases/C2.json",
    ]


def test_preprocessing_of_a_phantom_begins_with_its_truth_and_another_backend_has_no_batch(config):
    config["cohort"] = "phantom"
    config["skull_strip"]["backend"] = "atlas"
    plan = StudyPlan(check_config(config), table(2))
    files = below(plan.preprocessing_results(["C1"]))
    assert files[4:8] == [
        "phantom/truth/C0",
        "phantom/truth/C1",
        "cohort/images.tsv",
        "cohort/selected.tsv",
    ]
    assert not [path for path in files if path.startswith("hd_bet")]
    assert plan.hdbet_network() == plan.hdbet_masks("C0") == []


def test_no_network_is_asked_for_where_every_selected_case_has_a_mask(config):
    plan = StudyPlan(check_config(config), table(2, mask=["m.nii.gz", ""]))
    files = below(plan.preprocessing_results(["C0"]))
    assert not [path for path in files if path.startswith("hd_bet")]


def test_a_batch_is_ten_of_the_eligible_cases_those_that_need_a_mask(config):
    masks = [""] * 23
    masks[11] = "own.nii.gz"
    pathology = [""] * 23
    pathology[0] = "no"
    plan = StudyPlan(check_config(config), table(23, mask=masks, pathology=pathology))
    selected = [f"C{number}" for number in range(1, 23) if number != 12]
    # C0 is not eligible: the second batch begins with C11, which has a mask; C12 was not selected.
    assert plan.cases_of_batch(1, selected) == [f"C{number}" for number in range(13, 21)]
    assert below(plan.hdbet_masks("C13")) == ["hd_bet/batch1.json"]
    assert plan.hdbet_masks("C11") == []


def test_every_result_of_the_models(config):
    assert below(StudyPlan(check_config(config), table()).model_results()) == [
        "packed/cases.tsv",
        "packed/t2.sha256",
        "models/vgg11/t2/holdout_seed2/weights.safetensors",
        "models/vgg11/t2/holdout_seed2/predictions.tsv",
        "predictions/vgg11/t2.tsv",
        "novelty/vgg11/t2/holdout_seed2.npz",
        "novelty/vgg11/t2.json",
        "evaluation/models",
        "evaluation/subgroups.tsv",
        "evaluation/confounding.tsv",
        "evaluation/scanner_use.tsv",
        "evaluation/published",
        "explain/vgg11/t2/maps",
        "explain/vgg11/t2/tests",
    ]


def test_the_run_whose_maps_are_drawn_is_the_first_of_each_model(config):
    config["models"]["seeds"] = [4, 2]
    plan = StudyPlan(check_config(config), table())
    assert plan.of_explained_run("card.json") == (
        "results/small/models/{backbone}/{inputs}/holdout_seed4/card.json"
    )
