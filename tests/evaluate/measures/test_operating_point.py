"""Decisions, thresholds and what is made of them, by hand and against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from evaluate_helpers import rows
from sklearn.metrics import balanced_accuracy_score, matthews_corrcoef, roc_curve

from radnec.evaluate.measures.operating_point import (
    Counts,
    choose_threshold,
    count,
    matthews,
    measures,
    predictive,
)
from radnec.evaluate.models.predictions import pool
from radnec.evaluate.models.thresholds import thresholds_of


def random_case(seed):
    rng = np.random.default_rng(seed)
    positive = rng.permutation(np.r_[np.ones(12, bool), np.zeros(30, bool)])
    return positive, (rng.normal(size=42) + positive).round(1)


def test_counts_by_hand():
    positive = np.array([True, True, True, False, False])
    called = np.array([True, False, True, True, False])
    assert count(positive, called) == Counts(tp=2, fn=1, tn=1, fp=1)


def test_measures_by_hand():
    found = measures(Counts(tp=7, fn=2, tn=46, fp=3), 0.95)
    assert found["acc"][0].value == pytest.approx(53 / 58)
    assert found["sens"][0].value == pytest.approx(7 / 9)
    assert found["spec"][0].value == pytest.approx(46 / 49)
    assert found["ppv_observed"][0].value == pytest.approx(7 / 10)
    assert found["npv_observed"][0].value == pytest.approx(46 / 48)
    assert [e.method.split()[0] for e in found["sens"]] == [
        "Wald",
        "Wilson",
        "Wilson",
        "Clopper-Pearson",
    ]


def test_balanced_accuracy_and_mcc_are_scikit_learns():
    for seed in range(10):
        positive, score = random_case(seed)
        called = score > 0.6
        found = measures(count(positive, called), 0.95)["balanced_accuracy"][0]
        assert found.value == pytest.approx(balanced_accuracy_score(positive, called))
        correlation = matthews(
            positive, called, np.arange(len(called)), confidence=0.95, repeats=200, seed=1
        )
        assert correlation.value == pytest.approx(matthews_corrcoef(positive, called))
        assert correlation.low < correlation.value < correlation.high


@pytest.mark.parametrize(("called", "name"), [(True, "necrosis"), (False, "recurrence")])
def test_mcc_of_a_single_decision_is_stated(called, name):
    positive, _ = random_case(1)
    found = matthews(
        positive, np.full(42, called), np.arange(42), confidence=0.95, repeats=200, seed=1
    )
    assert found.note == f"not defined: every case is called {name}"


def test_one_class_only_is_stated():
    found = measures(Counts(tp=0, fn=0, tn=5, fp=1), 0.95)
    assert found["sens"][0].note == "not defined: no case"
    assert "not defined" in found["balanced_accuracy"][0].note
    ppv, _ = predictive(Counts(tp=0, fn=0, tn=5, fp=1), (0.2,), 0.95)[0.2]
    assert ppv.note == "not defined: one class only"


def test_threshold_reaches_the_best_youden_index():
    for seed in range(20):
        positive, score = random_case(seed)
        threshold = choose_threshold(positive, score)
        fpr, tpr, _ = roc_curve(positive, score)
        called = score > threshold
        reached = called[positive].mean() - called[~positive].mean()
        assert reached == pytest.approx((tpr - fpr).max())


def test_threshold_lies_halfway_in_the_gap():
    positive = np.array([False, False, True, True])
    assert choose_threshold(positive, np.array([0.1, 0.2, 0.6, 0.9])) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("positive", "score"),
    [([True, True], [0.1, 0.9]), ([True, False], [0.5, 0.5])],
)
def test_no_threshold_where_nothing_can_be_distinguished(positive, score):
    assert math.isnan(choose_threshold(np.array(positive), np.array(score)))


def runs_and_pooled():
    test = rows(["necrosis", "recurrence"], [0.6, 0.3])
    validation = rows(["necrosis", "recurrence"], [0.5, 0.3], which="validation", first=10)
    train = rows(["necrosis", "recurrence"], [0.99, 0.01], which="train", first=20)
    return test, pd.concat([test, validation, train])


def test_validation_cases_decide_and_test_cases_never():
    test, run = runs_and_pooled()
    found = thresholds_of(pool(test), [run])
    np.testing.assert_allclose(found.per_case, 0.4)
    assert found.source == "Youden index on the validation cases"
    # Other test probabilities, same threshold.
    other = run.copy()
    other.loc[other["set"] == "test", "p_necrosis"] = [0.01, 0.99]
    np.testing.assert_allclose(thresholds_of(pool(test), [other]).per_case, 0.4)


def test_without_validation_the_training_cases_decide():
    test, run = runs_and_pooled()
    found = thresholds_of(pool(test), [run[run["set"] != "validation"]])
    np.testing.assert_allclose(found.per_case, 0.5)
    assert found.source == "Youden index on the training cases"


def test_each_fold_has_its_own_threshold():
    runs = [
        pd.concat(
            [
                rows(["necrosis", "recurrence"], [0.6, 0.3], fold=f"r0f{k}", first=2 * k),
                rows(
                    ["necrosis", "recurrence"],
                    [high, 0.2],
                    fold=f"r0f{k}",
                    first=2 - 2 * k,
                    which="train",
                ),
            ]
        )
        for k, high in enumerate((0.4, 0.8))
    ]
    tests = pd.concat([run[run["set"] == "test"] for run in runs])
    np.testing.assert_allclose(thresholds_of(pool(tests), runs).per_case, [0.3, 0.3, 0.5, 0.5])


def test_no_development_cases_is_stated():
    test, run = runs_and_pooled()
    assert thresholds_of(pool(test), []).source.startswith("not defined: no predictions")
    one_class = run[(run["set"] == "test") | (run["label"] == "necrosis")]
    found = thresholds_of(pool(test), [one_class])
    assert not found.defined
    assert found.source.startswith("not defined: development cases of one class")
