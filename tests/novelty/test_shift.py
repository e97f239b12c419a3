"""What is said of the images of an external cohort against those of the study."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
from measured_cases import measured_case
from statsmodels.stats.proportion import proportion_confint

from radnec.novelty.describe import describe_cases
from radnec.novelty.shift import check_rows, image_rows


def rows_of(study, external):
    found = pd.DataFrame(image_rows(describe_cases(study), describe_cases(external)))
    return found.set_index(["group", "sequence", "property"])


@pytest.fixture(scope="module")
def cases():
    rng = np.random.default_rng(3)
    return [measured_case(f"C{k}", rng) for k in range(40)]


def test_a_cohort_against_itself_has_no_difference(cases):
    assert set(rows_of(cases, cases)["difference"]) == {0.0}


def test_another_scanner_timing_and_contrast_are_seen_where_they_were_put(cases):
    moved = copy.deepcopy(cases)
    for number, case in enumerate(moved):
        if number < 10:
            case["acquisition"]["t1"]["Manufacturer"] = "GE"
        case["acquisition"]["t2"]["EchoTime"] = 105.0 + 10 * (number % 2)  # seen: 100 to 110
        case["acquisition"]["t1ce"]["SliceThickness"] = 3.0
        case["intensity"]["t1"][0] += 0.2
    found = rows_of(cases, moved)
    assert found.loc[("scanner", "t1", "Manufacturer"), "difference"] == pytest.approx(0.25)
    assert found.loc[("scanner", "t1", "Manufacturer"), "external"] == "GE (10), Siemens (30)"
    assert found.loc[("timing", "t2", "EchoTime"), "difference"] == pytest.approx(0.5)
    assert found.loc[("timing", "t1ce", "SliceThickness"), "difference"] == 1.0
    # Cohen's d of the profiles themselves, which have the same spread.
    values = np.array([case["intensity"]["t1"][0] for case in cases])
    expected = 0.2 / values.std()
    assert found.loc[("intensity", "t1", "1 % quantile"), "difference"] == pytest.approx(
        expected, rel=1e-3
    )
    touched = [
        ("scanner", "t1", "Manufacturer"),
        ("timing", "t2", "EchoTime"),
        ("timing", "t1ce", "SliceThickness"),
        ("intensity", "t1", "1 % quantile"),
    ]
    assert set(found.drop(index=touched)["difference"]) == {0.0}


def test_cases_outside_are_counted_by_check_and_together():
    verdicts = {"scanner": "wwwo", "timing": "owww", "features": "nnnn"}
    words = {"w": "within", "o": "outside", "n": "not compared"}
    likeness = pd.DataFrame(
        [
            {"case": f"E{k}", "check": check, "verdict": words[letter]}
            for check, letters in verdicts.items()
            for k, letter in enumerate(letters)
        ]
    )
    found = {row["check"]: row for row in check_rows("resnet10/fused", likeness)}
    assert {name: (row["outside"], row["cases"]) for name, row in found.items()} == {
        "scanner": (1, 4),
        "timing": (1, 4),
        "any of them": (2, 4),
    }
    expected = proportion_confint(2, 4, method="wilson")
    together = found["any of them"]
    assert (together["share_lo"], together["share_hi"]) == pytest.approx(expected)
