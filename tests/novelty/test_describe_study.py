"""The description of a study's cases, and what it says of cases made to differ."""

from __future__ import annotations

import copy
import json
import math

import numpy as np
import pandas as pd
import pytest
from measured_cases import measured_case, write_measured

from radnec.novelty.describe import compare, describe_cases, describe_study

SEQUENCES = ["t1", "t1ce", "t2"]
FOLDS = 3


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Thirty cases in three folds; the distances in one network's features are normal."""
    folder = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(5)
    cases = [measured_case(f"UPENN-{k:03d}", rng) for k in range(30)]
    rows = [
        {
            "case": case["case"],
            "fold": f"r0f{fold}",
            "set": "test" if k % FOLDS == fold else "train",
        }
        for fold in range(FOLDS)
        for k, case in enumerate(cases)
    ]
    pd.DataFrame(rows).to_csv(folder / "split.tsv", sep="\t", index=False)
    features = {}
    for fold in range(FOLDS):
        held = [case["case"] for k, case in enumerate(cases) if k % FOLDS == fold]
        features[f"r0f{fold}", 1] = folder / f"r0f{fold}_seed1.npz"
        np.savez(
            features[f"r0f{fold}", 1],
            held_out=rng.normal(fold, 0.3, len(held)),
            held_out_cases=np.array(held),
        )
    describe_study(
        cases=write_measured(folder / "cases", cases),
        split=folder / "split.tsv",
        features=features,
        sequences=SEQUENCES,
        false_alarm_share=0.05,
        notice="phantom",
        output=folder / "study.json",
    )
    text = (folder / "study.json").read_text()
    return text, json.loads(text), rng


def test_no_case_is_named(study):
    text, content, _ = study
    # The made-up hashes of voxels hold the ids; nothing else does.
    rest = {key: value for key, value in content.items() if key != "voxels"}
    assert "UPENN" not in json.dumps(rest) and "UPENN" in text


def test_each_image_is_known_with_the_folds_that_learned_from_it(study):
    about = study[1]["voxels"]["UPENN-004-t2"]
    # Case 4 is tested in fold 4 mod 3 = 1.
    assert about == {"sequence": "t2", "folds": ["r0f0", "r0f2"], "test": True}


def test_networks_are_centred_on_their_own_held_out_cases(study):
    content = study[1]
    assert [round(content["features"][f"r0f{k}_seed1"]) for k in range(FOLDS)] == [0, 1, 2]
    # Standard deviation 0.3, t of 29 degrees of freedom at 1 - 0.05 / 5: 2.46.
    assert content["limits"]["features"] == pytest.approx(2.46 * 0.3, rel=0.35)
    assert content["false_alarms"]["held_out_cases"] == 30
    assert content["false_alarms"]["any"] <= 5


def changed(case, what):
    """A case that differs in one respect, and the check that has to say so."""
    case = copy.deepcopy(case)
    if what == "scanner":
        case["acquisition"]["t1"]["Manufacturer"] = "GE"
    elif what == "timing":
        case["acquisition"]["t2"]["EchoTime"] = 180.0
    elif what == "quality":
        case["quality"]["t1ce sharpness"] = 0.2
    elif what == "intensity":
        case["intensity"]["t1"] = [value * 1.5 for value in case["intensity"]["t1"]]
    else:
        case["intensity"]["t1"] = case["intensity"]["t2"]
    return case


@pytest.mark.parametrize("what", ["scanner", "timing", "quality", "intensity", "order"])
def test_what_differs_is_found_and_the_rest_is_not(study, what):
    content, rng = study[1], np.random.default_rng(6)
    plain = measured_case("next", rng)
    limits = content["limits"]
    before = compare(content["reference"], plain, SEQUENCES)
    assert not [name for name, found in before.items() if found.score > limits[name]]
    after = compare(content["reference"], changed(plain, what), SEQUENCES)
    outside = {name for name, found in after.items() if found.score > limits[name]}
    assert what in outside
    assert outside <= {what, "intensity"}


def test_timing_is_measured_from_the_nearer_end():
    cases = [measured_case(str(k), np.random.default_rng(k)) for k in range(8)]
    case = changed(cases[0], "timing")
    found = compare(describe_cases(cases), case, SEQUENCES)["timing"]
    # Echo times of 100 and 110 ms were seen.
    assert found.score == pytest.approx(math.log(180 / 110))
    assert (found.found, found.seen) == ("t2 TE 180", "100 to 110 ms")


def test_without_headers_nothing_is_said_of_them():
    cases = [measured_case(str(k), np.random.default_rng(k)) for k in range(8)]
    for case in cases:
        case["acquisition"] = {name: {} for name in case["acquisition"]}
    found = compare(describe_cases(cases), cases[0], SEQUENCES)
    assert found["scanner"] is None and found["timing"] is None
    assert found["quality"] is not None
