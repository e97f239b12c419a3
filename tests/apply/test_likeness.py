"""What is said of a patient against the cases of a study, and which models can answer."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
from measured_cases import measured_case, write_measured
from trained_study import write_study

from radnec.apply.likeness import compare_with_study, models_that_read
from radnec.apply.text import as_markdown, as_text, warnings
from radnec.novelty.describe import describe_study
from radnec.novelty.distance import Gaussian
from radnec.novelty.finding import OUTSIDE, UNKNOWN

MODEL = "densenet121/fused"
SEQUENCES = ["t1", "t1ce", "t2"]
NETWORKS = ("r0f0_seed1", "r0f1_seed1")


def write_likeness(study, *, similar_cases):
    """A study of 24 cases in two folds, whose networks have three features a case."""
    rng = np.random.default_rng(7)
    cases = [measured_case(f"S{k:02d}", rng) for k in range(24)]
    features, names = rng.normal(size=(24, 3)), np.array([case["case"] for case in cases])
    rows, files = [], {}
    for fold in range(2):
        held = np.arange(24) % 2 == fold
        rows += [
            {"case": case["case"], "fold": f"r0f{fold}", "set": "test" if test else "train"}
            for case, test in zip(cases, held, strict=True)
        ]
        fitted = Gaussian.of(features[~held])
        arrays = {
            "mean": fitted.mean, "axes": fitted.axes, "variances": fitted.variances,
            "floor": np.array(fitted.floor),
            "held_out": np.array([fitted.distance(one) for one in features[held]]),
            "held_out_cases": names[held],
        }  # fmt: skip
        if similar_cases:
            arrays["cases"] = np.array(
                [c["case"] for c, h in zip(cases, held, strict=True) if not h]
            )
            arrays["labels"] = np.where(np.arange(12) < 6, "necrosis", "recurrence")
            arrays["coordinates"] = np.stack([fitted.coordinates(one) for one in features[~held]])
        path = study / "novelty" / MODEL / f"r0f{fold}_seed1.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **arrays)
        files[f"r0f{fold}", 1] = path
    pd.DataFrame(rows).to_csv(study / "split.tsv", sep="\t", index=False)
    describe_study(
        cases=write_measured(study / "novelty" / "cases", cases), split=study / "split.tsv",
        features=files, sequences=SEQUENCES, false_alarm_share=0.05, notice="phantom",
        output=study / "novelty" / f"{MODEL}.json",
    )  # fmt: skip
    return cases, features


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    study = tmp_path_factory.mktemp("likeness")
    return study, *write_likeness(study, similar_cases=True)


def patient(**changed):
    return measured_case("next", np.random.default_rng(8)) | {"remarks": []} | changed


def seen(feature):
    return dict.fromkeys(NETWORKS, np.asarray(feature))


def test_a_patient_like_the_others_is_within_every_check(known):
    found = compare_with_study(known[0], MODEL, patient(), seen([0.1, 0.0, -0.2]))
    assert found["unlike"] is False
    assert {check["verdict"] for check in found["checks"]} == {"within"}
    assert found["same_images"] == [] and found["learned"] == []
    assert found["false_alarms"]["held_out_cases"] == 24


def test_features_far_from_those_of_the_training_cases(known):
    found = compare_with_study(known[0], MODEL, patient(), seen([9.0, 9.0, 9.0]))
    assert [c["name"] for c in found["checks"] if c["verdict"] == OUTSIDE] == ["features"]
    assert found["unlike"] is True


def test_images_of_the_study_and_one_image_given_twice(known):
    study, cases, _ = known
    voxels = {**patient()["voxels"], "t1ce": cases[3]["voxels"]["t1ce"], "t1": "x", "t2": "x"}
    found = compare_with_study(study, MODEL, patient(voxels=voxels), seen([0.0, 0.0, 0.0]))
    assert found["same_images"] == [
        "t1 and t2 are the same image, voxel for voxel",
        "t1ce: voxel for voxel as in a training and test case of this study, so the answer is no "
        "test of the model",
    ]
    # Case 3 was held out by fold 3 mod 2 = 1.
    assert found["learned"] == ["r0f0_seed1"]


def test_an_image_of_the_study_under_another_name(known):
    study, cases, _ = known
    voxels = {**patient()["voxels"], "t1": cases[3]["voxels"]["t2"]}
    found = compare_with_study(study, MODEL, patient(voxels=voxels), seen([0.0, 0.0, 0.0]))
    assert found["same_images"][0].startswith("t1 (there t2): voxel for voxel as in a training")


def test_nearest_case_is_the_one_with_these_features(known):
    study, cases, features = known
    found = compare_with_study(study, MODEL, patient(), seen(features[5]))
    assert found["similar_cases"][0]["case"] == cases[5]["case"]
    assert found["similar_cases"][0]["relative_distance"] == pytest.approx(0, abs=1e-6)
    assert len(found["similar_cases"]) == 3


def test_no_case_is_named_where_the_study_does_not_allow_it(tmp_path):
    write_likeness(tmp_path, similar_cases=False)
    found = compare_with_study(tmp_path, MODEL, patient(), seen([0.0, 0.0, 0.0]))
    assert found["similar_cases"] == []


def test_without_headers_scanner_and_timing_are_not_compared(known):
    bare = patient(acquisition={name: {} for name in SEQUENCES})
    found = compare_with_study(known[0], MODEL, bare, seen([0.0, 0.0, 0.0]))
    verdicts = {check["name"]: check["verdict"] for check in found["checks"]}
    assert (verdicts["scanner"], verdicts["timing"]) == (UNKNOWN, UNKNOWN)


def test_a_study_without_description_says_so(tmp_path):
    found = compare_with_study(tmp_path, MODEL, patient(), seen([0.0, 0.0, 0.0]))
    assert found["unlike"] is None and found["checks"] == []
    assert "run the workflow of the study again" in found["note"]


def test_models_that_can_answer(tmp_path):
    study = write_study(tmp_path / "study")
    write_study(tmp_path / "other", inputs="t1ce")
    (tmp_path / "other/models/trained_study:tiny_classifier/t1ce").rename(
        study / "models/trained_study:tiny_classifier/t1ce"
    )
    name = "trained_study:tiny_classifier"
    assert models_that_read(study, ["t1ce", "t1"]) == [f"{name}/t1ce"]
    assert models_that_read(study, SEQUENCES) == [f"{name}/fused", f"{name}/t1ce"]
    assert models_that_read(study, ["t2"]) == []


def test_words_are_loudest_first_and_name_what_was_found():
    from answers import LIKENESS, answer

    likeness = copy.deepcopy(LIKENESS) | {"learned": ["r1f1_seed1"]}
    made = answer(likeness=likeness)
    said = warnings(made)
    assert said[0] == "SAME IMAGES: t1 and t2 are the same image, voxel for voxel."
    # The network that was not trained on these images gives 0.75.
    assert said[1] == (
        "1 of 2 networks were trained on these images; those that were not give a probability of "
        "necrosis of 0.750."
    )
    assert said[2] == (
        "UNLIKE THE STUDY, timing and thickness: t2 TE 300; training cases: 90 to 111 ms."
    )
    assert as_text(made).startswith(said[0]) and as_text(made).endswith(made["notice"])
    assert "| timing and thickness | **outside** | t2 TE 300 |" in as_markdown(made)
