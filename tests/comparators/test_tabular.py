from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from radnec.comparators.settings import ComparatorsSettings
from radnec.comparators.tabular import Table, fit_tabular

ONE_PENALTY = ComparatorsSettings.from_mapping({"penalties": [0.5]})


def cohort(n=40, seed=0):
    rng = np.random.default_rng(seed)
    target = np.arange(n) % 2
    cases = [f"C{k}" for k in range(n)]
    fields = pd.DataFrame({"age": 50 + 8 * target + rng.normal(0, 8, n)}, index=cases)
    fields["sex"] = np.array(["male", "female"], dtype=object)[rng.integers(0, 2, n)]
    return Table(fields, pd.DataFrame(index=cases)), target, cases


def test_against_the_penalised_likelihood_minimised_directly():
    table, target, cases = cohort()
    fitted = fit_tabular(table, target, cases, ONE_PENALTY, seed=1)
    age = table.fields["age"].to_numpy()
    columns = [(age - age.mean()) / age.std()]
    columns += [(table.fields["sex"] == word).to_numpy(float) for word in ("female", "male")]
    design, sign = np.stack(columns, axis=1), 2 * target - 1

    def loss(weights):
        margin = sign * (weights[0] + design @ weights[1:])
        return 0.5 * (weights[1:] ** 2).sum() + 0.5 * np.logaddexp(0, -margin).sum()

    best = minimize(loss, np.zeros(4), tol=1e-12).x
    told = fitted.describe()
    assert told["intercept"] == pytest.approx(best[0], abs=1e-3)
    assert list(told["coefficients"].values()) == pytest.approx(list(best[1:]), abs=1e-3)
    expected = 1 / (1 + np.exp(-(best[0] + design @ best[1:])))
    assert fitted.probability(table) == pytest.approx(expected, abs=1e-3)


def test_gaps_are_filled_with_the_median_of_the_training_set():
    table, target, cases = cohort()
    table.fields.loc["C3", "age"] = np.nan
    table.fields.loc["C5", "sex"] = np.nan
    fitted = fit_tabular(table, target, cases, ONE_PENALTY, seed=1)
    asked = pd.DataFrame({"age": [np.nan, table.fields["age"].median()], "sex": ["male"] * 2})
    p = fitted.probability(Table(asked, pd.DataFrame(index=asked.index)))
    assert p[0] == p[1]


def test_a_word_that_training_never_saw_says_nothing():
    table, target, cases = cohort()
    fitted = fit_tabular(table, target, cases, ONE_PENALTY, seed=1)
    told = fitted.describe()
    asked = pd.DataFrame({"age": [table.fields["age"].mean()], "sex": ["unknown"]})
    p = fitted.probability(Table(asked, pd.DataFrame(index=asked.index)))[0]
    assert np.log(p / (1 - p)) == pytest.approx(told["intercept"])


def test_noise_gets_the_stronger_penalty_and_signal_the_weaker():
    rng = np.random.default_rng(4)
    target = np.arange(60) % 2
    cases = [f"C{k}" for k in range(60)]
    settings = ComparatorsSettings.from_mapping({"penalties": [0.0001, 10.0]})
    chosen = {}
    for name, signal in (("noise", 0.0), ("signal", 4.0)):
        values = rng.normal(size=(60, 12))
        values[:, 0] += signal * target
        fields = pd.DataFrame(values, index=cases, columns=[f"x{k}" for k in range(12)])
        table = Table(fields, pd.DataFrame(index=cases))
        chosen[name] = fit_tabular(table, target, cases, settings, seed=1).chosen["penalty"]
    assert chosen == {"noise": 0.0001, "signal": 10.0}


def test_with_one_patient_of_a_class_nothing_is_chosen():
    table, target, _ = cohort(8)
    patients = ["A", "B"] * 4  # each class is one patient
    fitted = fit_tabular(table, target, patients, ComparatorsSettings(), seed=1)
    assert fitted.tried == []
    assert fitted.chosen == {"penalty": 1.0, "features": 1}
