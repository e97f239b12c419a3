"""The doubt beside an answer: against Bayes' theorem and the study's own files."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from radnec.apply.doubt import doubt_of
from radnec.evaluate.next_patient.store import (
    fit_next_patient,
    next_patient_path,
    write_next_patient,
)
from radnec.evaluate.tables.performance_tables import write_performance_table

MODEL = "resnet10/fused"
EACH = {"r0f0_seed1": 0.2, "r0f1_seed1": 0.6}


# What `write_next_patient` asks of a model.
NAMED = SimpleNamespace(key={"backbone": "resnet10", "input_set": "fused"})


@pytest.fixture
def study(tmp_path):
    """20 necroses and 40 recurrences, well apart; table 4 with 18 and 36 of them right."""
    positive = np.arange(60) < 20
    score = np.concatenate([np.linspace(0.3, 0.99, 20), np.linspace(0.01, 0.7, 40)])
    known = fit_next_patient(positive, score, source="one split", method="logistic", confidence=0.9)
    write_next_patient(
        known, NAMED, next_patient_path(tmp_path / "evaluation" / "models", MODEL), "phantom"
    )
    row = {
        "backbone": "resnet10", "input_set": "fused", "acc": 0.9, "sens": 0.9, "spec": 0.9,
        "auc": 0.95, "sens_wilson_lo": 0.7, "sens_wilson_hi": 0.97, "n_necrosis": 20,
        "n_recurrence": 40, "true_necrosis": 18, "true_recurrence": 36, "pooling": "one split",
        "cohort": "physics phantom",
    }  # fmt: skip
    (tmp_path / "tables").mkdir()
    pd.DataFrame([row]).to_csv(tmp_path / "tables" / "table4.tsv", sep="\t", index=False)
    return tmp_path


def doubt(study, p=0.4, prevalence=None):
    return doubt_of(study, MODEL, p, EACH, prevalence=prevalence, confidence=0.95)


def test_spread_of_the_networks(study):
    spread = doubt(study)["spread"]
    # Standard deviation of two values with n - 1: their distance over sqrt(2).
    assert spread["sd"] == pytest.approx(0.4 / math.sqrt(2))
    assert (spread["lowest"], spread["highest"], spread["networks"]) == (0.2, 0.6, 2)


def test_predictive_values_are_those_of_bayes(study):
    values = doubt(study, prevalence=0.1)["predictive_values"]
    assert values["ppv"]["value"] == pytest.approx(0.9 * 0.1 / (0.9 * 0.1 + 0.1 * 0.9))
    assert values["npv"]["value"] == pytest.approx(0.9 * 0.9 / (0.9 * 0.9 + 0.1 * 0.1))
    assert values["ppv"]["low"] < 0.5 < values["ppv"]["high"]
    assert doubt(study)["predictive_values"] is None


def test_recalibrated_odds_follow_the_prevalence(study):
    own, other = doubt(study)["recalibrated"], doubt(study, prevalence=0.1)["recalibrated"]
    assert own["share"] == pytest.approx(1 / 3) and own["share_is"] == "the study's"
    odds = [p / (1 - p) for p in (own["p_necrosis"], other["p_necrosis"])]
    # Odds of 1/9 in place of 1/2.
    assert odds[1] / odds[0] == pytest.approx((1 / 9) / (1 / 2))


@pytest.mark.parametrize(
    ("p", "call"), [(0.999, "necrosis"), (0.001, "recurrence"), (0.6, "undecided")]
)
def test_call_of_the_prediction_set(study, p, call):
    found = doubt(study, p)["set"]
    assert found["call"] == call and found["confidence"] == 0.9


def test_performance_is_the_row_of_the_table(study):
    known = doubt(study)["performance"]
    assert known["sensitivity"] == {"value": 0.9, "low": 0.7, "high": 0.97}
    assert (known["n_necrosis"], known["prevalence"]) == (20, pytest.approx(1 / 3))


def test_a_study_of_fused_inputs_alone_has_no_model_in_table_3(study):
    write_performance_table(
        [], study / "tables" / "table3.tsv", title="Table 3", confidence=0.95, notice="phantom"
    )
    assert doubt(study)["performance"]["sensitivity"]["value"] == 0.9


def test_what_a_study_does_not_tell_is_said(tmp_path):
    found = doubt_of(tmp_path, MODEL, 0.4, EACH, prevalence=0.1, confidence=0.95)
    assert found["set"] is None and found["performance"] is None
    assert len(found["notes"]) == 2 and "run its workflow again" in found["notes"][0]
