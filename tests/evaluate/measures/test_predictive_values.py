"""Predictive values: Bayes' theorem by hand, and coverage by enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from radnec.evaluate.measures.predictive_values import likelihood_ratios, predictive_values


def predictive_truth(sens, spec, prevalence):
    ppv = sens * prevalence / (sens * prevalence + (1 - spec) * (1 - prevalence))
    npv = spec * (1 - prevalence) / (spec * (1 - prevalence) + (1 - sens) * prevalence)
    return ppv, npv


def test_likelihood_ratios_by_hand():
    found = likelihood_ratios((8, 10), (45, 50), 0.95)
    assert found.positive.value == pytest.approx(8.0)
    assert found.negative.value == pytest.approx(0.2 / 0.9)


def test_ratio_of_one_with_equal_shares_is_symmetric_on_the_log():
    found = likelihood_ratios((10, 40), (30, 40), 0.95).positive
    assert found.value == pytest.approx(1)
    assert found.low * found.high == pytest.approx(1)


def test_no_false_alarm_gives_an_infinite_ratio_with_a_finite_lower_limit():
    found = likelihood_ratios((7, 9), (49, 49), 0.95).positive
    assert math.isinf(found.value)
    assert math.isinf(found.high)
    assert 5 < found.low < 20


def test_predictive_values_are_bayes_theorem():
    ppv, npv = predictive_values((90, 100), (80, 100), 0.1, 0.95)
    assert ppv.value == pytest.approx(0.09 / (0.09 + 0.18))
    assert npv.value == pytest.approx(0.72 / (0.72 + 0.01))


def test_predictive_values_at_the_sample_prevalence_are_the_plain_shares():
    # 30 of 40 and 50 of 60, prevalence 40 %: PPV = 30 / (30 + 10), NPV = 50 / (50 + 10).
    ppv, npv = predictive_values((30, 40), (50, 60), 0.4, 0.95)
    assert ppv.value == pytest.approx(30 / 40)
    assert npv.value == pytest.approx(50 / 60)


@pytest.mark.parametrize(
    ("m", "n", "sens", "spec", "least"), [(30, 60, 0.8, 0.9, 0.94), (9, 49, 0.56, 0.98, 0.91)]
)
def test_exact_coverage(m, n, sens, spec, least):
    # All outcomes with their probabilities: no simulation noise.
    truth = predictive_truth(sens, spec, 0.18)
    covered = np.zeros(2)
    for tp, tn in itertools.product(range(m + 1), range(n + 1)):
        p = stats.binom.pmf(tp, m, sens) * stats.binom.pmf(tn, n, spec)
        if p < 1e-9:
            continue
        found = predictive_values((tp, m), (tn, n), 0.18, 0.95)
        covered += [p * (one.low <= t <= one.high) for one, t in zip(found, truth, strict=True)]
    assert (covered > least).all()
    assert (covered < 0.985).all()


def test_predictive_values_without_a_called_case():
    ppv, npv = predictive_values((0, 9), (49, 49), 0.18, 0.95)
    assert ppv.note == "not defined: no case is called necrosis"
    assert npv.value == pytest.approx(0.82)
    nothing, _ = predictive_values((0, 0), (49, 49), 0.18, 0.95)
    assert nothing.note == "not defined: one class only"


def test_no_false_alarm_has_ppv_one_and_a_lower_limit():
    ppv, npv = predictive_values((7, 9), (49, 49), 0.18, 0.95)
    assert ppv.value == ppv.high == 1
    assert 0.5 < ppv.low < 0.9
    assert npv.low < npv.value < npv.high
