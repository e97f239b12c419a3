"""The tables of an external cohort, against scikit-learn and formulas by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss, roc_auc_score

from radnec.core.errors import InputError
from radnec.evaluate.external import evaluate_external
from radnec.evaluate.settings import EvaluationSettings

N = 400
SHIFT = -1.5


@pytest.fixture(scope="module")
def truth():
    """Cases whose true logit is that of the network plus SHIFT: rarer than predicted."""
    rng = np.random.default_rng(11)
    score = expit(rng.normal(0, 1.5, N))
    positive = rng.random(N) < expit(logit(score) + SHIFT)
    return score, positive


def table_of(score, positive, same_images=""):
    return pd.DataFrame(
        {
            "case": [f"E{k:03d}" for k in range(len(score))],
            "patient": [f"P{k:03d}" for k in range(len(score))],
            "label": np.where(positive, "necrosis", "recurrence"),
            "p_necrosis": score,
            "p_recurrence": 1 - score,
            "networks": 5,
            "same_images": same_images,
        }
    )


def evaluate(folder, table):
    table.to_csv(folder / "predictions.tsv", sep="\t", index=False)
    evaluate_external(
        name="elsewhere",
        predictions={"resnet10/fused": folder / "predictions.tsv"},
        input_sets={"fused": ["t1", "t1ce"]},
        settings=EvaluationSettings(bootstrap_repeats=100),
        seed=1,
        notice="Simulated physics phantom",
        performance=folder / "performance.tsv",
        calibration=folder / "calibration.tsv",
    )
    performance = pd.read_csv(folder / "performance.tsv", sep="\t").iloc[0]
    calibration = pd.read_csv(folder / "calibration.tsv", sep="\t").set_index("method")
    return performance, calibration


def test_performance_is_that_of_scikit_learn(truth, tmp_path):
    score, positive = truth
    performance, _ = evaluate(tmp_path, table_of(score, positive))
    assert performance["auc"] == pytest.approx(roc_auc_score(positive, score), abs=1e-6)
    assert performance["auc_delong_lo"] < performance["auc"] < performance["auc_delong_hi"]
    assert performance["acc"] == pytest.approx(((score > 0.5) == positive).mean(), abs=1e-6)
    assert performance["pooling"] == "mean probability over 5 networks of the study"


def test_recalibration_in_the_large_finds_the_shift_and_mends_the_probabilities(truth, tmp_path):
    score, positive = truth
    _, calibration = evaluate(tmp_path, table_of(score, positive))
    before, after = calibration.loc["as predicted"], calibration.loc["shift"]
    assert list(calibration.index) == ["as predicted", "shift"]
    assert before["brier"] == pytest.approx(brier_score_loss(positive, score), abs=1e-6)
    # The truth lies in the interval; another prevalence is all that is wrong.
    assert before["calibration_in_the_large_lo"] < SHIFT < before["calibration_in_the_large_hi"]
    assert after["intercept"] == pytest.approx(before["calibration_in_the_large"], abs=1e-6)
    ideal = brier_score_loss(positive, expit(logit(score) + SHIFT))
    assert before["brier"] > ideal + 0.03 and after["brier"] == pytest.approx(ideal, abs=0.005)
    assert abs(after["calibration_in_the_large"]) < 0.05


def test_cases_with_an_image_of_the_study_count_in_no_figure(truth, tmp_path):
    score, positive = truth
    table = table_of(score, positive)
    # Right without exception, as where a network has learned them.
    known = table_of(positive.astype(float)[:50], positive[:50], "t1: as in a training case")
    known["case"] = "K" + known["case"]
    performance, _ = evaluate(tmp_path, pd.concat([table, known]))
    assert performance["auc"] == pytest.approx(roc_auc_score(positive, score), abs=1e-6)
    assert "without 50 of 450 cases" in performance["pooling"]
    with pytest.raises(InputError, match=r"each of the 50 cases.*external\.elsewhere"):
        evaluate(tmp_path, known)


def test_one_class_alone_gives_what_can_be_given(truth, tmp_path):
    score, _ = truth
    performance, calibration = evaluate(tmp_path, table_of(score[:20], np.zeros(20, dtype=bool)))
    assert performance["spec"] == pytest.approx((score[:20] <= 0.5).mean(), abs=1e-6)
    assert np.isnan(performance["auc"]) and "auc" in performance["notes"]
    assert "not defined" in calibration.loc["shift", "notes"]


def test_with_two_patients_of_a_class_nothing_is_called_recalibrated(truth, tmp_path):
    """Without one of them the constant cannot be found on the others."""
    score, positive = truth
    chosen = np.r_[np.flatnonzero(positive)[:2], np.flatnonzero(~positive)[:20]]
    _, calibration = evaluate(tmp_path, table_of(score[chosen], positive[chosen]))
    assert np.isnan(calibration.loc["shift", "brier"])
    assert calibration.loc["shift", "notes"] == "not defined: fewer than 3 patients of a class"
    assert not np.isnan(calibration.loc["as predicted", "brier"])
