"""Faults of a configuration that are known before anything runs: an overlay, and what is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import StratifiedShuffleSplit

from radnec.cohort.design import holdout_counts
from radnec.config.check import check_config
from radnec.config.load import merged
from radnec.config.model import StudyConfig
from radnec.core.errors import InputError
from radnec.study.check import check_study
from radnec.study.network_check import check_external_networks
from radnec.study.split_check import check_split


def table(positive: int = 5, negative: int = 15, **columns: list[str]) -> pd.DataFrame:
    names = [f"C{number}" for number in range(positive + negative)]
    labels = ["necrosis"] * positive + ["recurrence"] * negative
    rows = {"case": names, "patient": names, "label": labels, "dicom": names}
    return pd.DataFrame(rows | columns).set_index("case", drop=False)


def said_of(overlay: dict, cases: pd.DataFrame) -> str:
    """What is said of an overlay and a table; nothing where all is right."""
    # HD-BET's network is where no test looks.
    values = merged(StudyConfig().to_mapping(), {"skull_strip": {"backend": "none"}})
    try:
        config = check_config(merged(values, overlay))
        check_study(config, cases)
        check_split(config, cases)
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("overlay", "told"),
    [
        # Networks
        ({"models": {"backbones": ["resnet11", "densenet121"]}},
         "models.backbones: found 'resnet11', expected resnet10, resnet18, resnet50, densenet121"),
        ({"models": {"backbones": ["resnet:", "densenet121"]}},
         "models.backbones: found 'resnet:'"),
        ({"training": {"pretrained": {"resnet11": "w.pth"}}},
         "training.pretrained: found 'resnet11', expected resnet10,"),
        ({"training": {"pretrained": {"resnet10": "gone.pth"}}},
         "training.pretrained.resnet10: found 'gone.pth', expected the path of a file that exists"),
        ({"explain": {"layer": "features.denseblok3"}}, "(did you mean features.denseblock3?)"),
        ({"explain": {"layer": "layer3"}},
         "explain.layer: found 'layer3', expected last, or a module of densenet121 that gives"),
        ({"models": {"strides": "isotropic"}, "normalisation": {"size": [64, 64, 30]}},
         "normalisation.size: found [64, 64, 30], expected at least 32 voxels along each axis for "
         "vgg11, vgg16 with models.strides: isotropic"),
        # Comparators
        ({"input_sets": {"no-images": ["t1"]}},
         "input_sets: found 'no-images', expected another name: this one stands for no images"),
        ({"comparators": {"models": ["clinical"], "clinical": ["age"]}},
         "comparators.clinical: found 'age', expected columns that config/cases.tsv fills"),
        ({"comparators": {"models": ["gao2d"], "inputs": ["t9"]}},
         "comparators.inputs: found 't9', expected names of models.inputs: t1, t1ce, t2, fused"),
        ({"comparators": {"models": ["late_fusion"], "network": "resnet18"}},
         "comparators.network: found 'resnet18', expected one of models.backbones"),
        ({"comparators": {"models": ["frozen"]}},
         "comparators.encoder.weights: found '', expected the weights of resnet10: a frozen"),
        ({"comparators": {"models": ["frozen"], "encoder": {"weights": "gone.pth"}}},
         "comparators.encoder.weights: found 'gone.pth', expected the path of a file that exists"),
        ({"comparators": {"radiomics": {"perturbation": 1.0}}},
         "comparators.radiomics.perturbation: found 1.0, expected 0, or at least spacing (2 mm)"),
        # Training
        ({"training": {"grid": {"learning_rate": [1e-4, -1]}}},
         "training.grid.learning_rate.1: found -1, expected a number above 0"),
        ({"training": {"grid": {"learning_rate": ["low"]}}},
         "training.grid.learning_rate.0: found 'low', expected a number above 0"),
        ({"training": {"grid": {"optimiser": ["adamax"]}}},
         "training.grid.optimiser.0: found 'adamax', expected adam, adamw or sgd"),
        ({"training": {"grid": {"learning_rate": 1e-4}}},
         "training.grid.learning_rate: found 0.0001, expected a list of values"),
        ({"training": {"grid": {"patience": [3]}}},
         "training.grid.patience: unknown key, expected one of learning_rate"),
        ({"training": {"patience": 5}},
         "training.patience: found 5, expected 0 where training.validation_fraction is 0"),
        ({"training": {"validation_fraction": 0.2}},
         "training.validation_fraction: found 0.2, expected at least 5 patients of necrosis in the "
         "training set, to take 5 parts of it, and it has at most 4"),
        ({"training": {"grid": {"epochs": [5]}, "grid_folds": 5}},
         "training.grid_folds: found 5, expected at least 5 patients of necrosis"),
        # Images
        ({"normalisation": {"percentiles": [99.5, 0.5]}},
         "normalisation.percentiles: found [99.5, 0.5], expected the lower number first"),
        ({"normalisation": {"percentiles": [0.5, 101]}},
         "normalisation.percentiles: found [0.5, 101.0], expected a list of two numbers from 0 to"),
        ({"skull_strip": {"volume_ml": [2200, 800]}},
         "skull_strip.volume_ml: found [2200, 800], expected the lower number first"),
        ({"skull_strip": {"backend": "given"}},
         "skull_strip.backend: found 'given', expected a column mask in config/cases.tsv"),
        ({"skull_strip": {"backend": "atlas", "atlas_head": "h.nii"}},
         "skull_strip.atlas_mask: found '', expected a path, as atlas_head is 'h.nii'"),
        ({"skull_strip": {"backend": "atlas", "atlas_head": "h.nii", "atlas_mask": __file__}},
         "skull_strip.atlas_head: found 'h.nii', expected the path of a file that exists"),
        ({"skull_strip": {"backend": "hd-bet"}, "hd_bet_weights": {"url": "", "folder": "gone"}},
         "hd_bet_weights.folder: HD-BET's network is incomplete: gone/plans.json does not exist"),
        ({"skull_strip": {"backend": "hd-bet"},
          "hd_bet_weights": {"url": "https://mirror.org/hd-bet.zip", "folder": "gone"}},
         "hd_bet_weights.checksum: found '', expected sha256:... or md5:... for an archive that"),
        ({"qc": {"exclude": {"C99": "movement"}}},
         "qc.exclude: found 'C99', expected case ids of config/cases.tsv"),
        ({"input_sets": {1: ["t1"]}}, "input_sets: found 1, expected names that are of lower-case"),
        # Split
        ({"split": {"design": "given"}},
         "split.design: found 'given', expected a column set in config/cases.tsv: train or test"),
        ({"split": {"design": "kfold", "folds": 6}},
         "split.folds: found 6, expected at least 6 patients of necrosis for design kfold, and "
         "config/cases.tsv has 5 that are eligible"),
        ({"split": {"test_fraction": 0.05}},
         "split.test_fraction: found 0.05, expected a share that leaves patients of necrosis in "
         "both sets: of 5 none would be in the test set"),
    ],
)  # fmt: skip
def test_a_fault_is_said_before_anything_runs(overlay, told):
    said = said_of(overlay, table())
    assert told in said, said
    assert len(said.splitlines()) == 1 and said.startswith("config: ")


SETS = ["train"] * 4 + ["test"] + ["train"] * 10 + ["test"] * 5


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"set": ["train"] * 5 + SETS[5:]}, "set test of config/cases.tsv has no case of necrosis"),
        ({"set": ["", *SETS[1:]]}, "has no set for C0, expected train or test"),
        ({"set": SETS, "patient": ["P1"] * 5 + [f"Q{n}" for n in range(15)]},
         "has patients in both train and test: P1"),
        ({"set": SETS}, ""),
        ({"set": ["", *SETS[1:]], "pathology": ["no"] + [""] * 19}, ""),
    ],
)  # fmt: skip
def test_a_given_split_has_both_classes_in_both_sets_and_parts_no_patient(columns, told):
    said = said_of({"split": {"design": "given"}}, table(**columns))
    assert told in said if told else said == "", said


SITES = ["bern", "kyoto"] * 10


@pytest.mark.parametrize(
    ("columns", "sites", "told"),
    [
        ({"site": SITES}, ["bern", "kyoto"], ""),
        ({"site": SITES}, ["bern"], "split.sites: found ['bern'], expected two or more sites"),
        ({"site": SITES}, ["bern", "bern", "kyoto"], "expected each site once"),
        ({"site": ["leeds", *SITES[1:]]}, ["bern", "kyoto"], "whose case C0 has site 'leeds' (1"),
        ({}, ["bern", "kyoto"], "whose case C0 has none (20 such cases)"),
        ({"site": SITES}, ["bern", "kyoto", "leeds"], "found 'leeds', expected a site of an elig"),
        ({"site": SITES, "patient": ["P", "P", *(f"Q{n}" for n in range(18))]},
         ["bern", "kyoto"], "has patients at several sites: P;"),
        ({"site": ["bern"] * 5 + ["kyoto"] * 15}, ["bern", "kyoto"],
         "without site bern no eligible case of config/cases.tsv is left of necrosis"),
    ],
)  # fmt: skip
def test_sites_that_are_left_out_cover_the_cases(columns, sites, told):
    said = said_of({"split": {"design": "leave_one_site_out", "sites": sites}}, table(**columns))
    assert told in said if told else said == "", said


def test_positives_are_counted_by_patient_among_the_eligible():
    kfold = {"split": {"design": "kfold", "folds": 4}}
    one_patient = ["P", "P", "C2", "C3", "C4"] + [f"Q{n}" for n in range(15)]
    assert said_of(kfold, table()) == ""
    assert said_of(kfold, table(patient=one_patient)) == ""
    assert "has 3 that are eligible" in said_of(
        kfold, table(patient=one_patient, pathology=["", "", "no"] + [""] * 17)
    )


def test_subjects_of_a_bids_dataset_need_its_root(tmp_path):
    cases = table(bids_subject=["01"] * 20)
    assert "bids: found null, expected the root of the dataset" in said_of({}, cases)
    assert "bids: found 'gone', expected a folder that exists" in said_of({"bids": "gone"}, cases)
    assert said_of({"bids": str(tmp_path)}, cases) == ""


def test_a_table_without_rows_and_images_that_are_not_there_yet_are_no_fault():
    check_study(check_config({"qc": {"exclude": {"C1": "x"}}}), table(0, 0))
    assert said_of({}, table(dicom=["gone"] * 20)) == ""
    assert said_of({"cohort": "phantom"}, table()) == ""


def test_faults_of_table_and_files_are_said_at_once():
    overlay = {
        "qc": {"exclude": {"X1": "a", "X2": "b"}},
        "training": {"pretrained": {"vgg11": "gone.pth"}},
    }
    said = said_of(overlay, table()).splitlines()
    assert [line.split(": ")[1] for line in said] == [
        "training.pretrained.vgg11",
        "qc.exclude",
        "qc.exclude",
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no_such_module:make", "models.backbones: backbone 'no_such_module:make': cannot import"),
        ("json:no_such_function", "module json has no function 'no_such_function'"),
        ("json:loads", "making it failed"),
    ],
)
def test_a_backbone_from_outside_is_tried(name, told):
    overlay = {"models": {"backbones": [name]}, "explain": {"backbone": name}}
    config = check_config(merged(StudyConfig().to_mapping(), overlay))
    with pytest.raises(InputError) as caught:
        check_external_networks(config)
    assert told in str(caught.value)


@pytest.mark.parametrize("counts", [(5, 15), (9, 225), (2, 7), (4, 40), (3, 4), (10, 11)])
@pytest.mark.parametrize("fraction", [0.05, 0.1, 0.25, 0.33, 0.5, 0.75])
def test_the_test_set_is_counted_as_scikit_learn_draws_it(counts, fraction):
    labels = np.repeat([1, 0], counts)
    splitter = StratifiedShuffleSplit(1, test_size=fraction, random_state=0)
    try:
        _, test = next(splitter.split(labels, labels))
    except ValueError:  # fewer cases in a set than classes
        predicted = holdout_counts(counts, fraction)
        assert 0 in predicted or any(a == b for a, b in zip(predicted, counts, strict=True))
        return
    shares = [c * (sum(counts) - np.ceil(fraction * sum(counts))) / sum(counts) for c in counts]
    if shares[0] % 1 == 0.5:  # drawn by lot
        return
    assert holdout_counts(counts, fraction) == [
        int(labels[test].sum()),
        int((1 - labels[test]).sum()),
    ]
