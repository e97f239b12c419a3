"""ROC, precision-recall and decision curves against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_score, recall_score

from radnec.evaluate.measures.decision import decision_curve, net_benefit
from radnec.evaluate.measures.precision_recall import average_precision, precision_recall_with_band
from radnec.evaluate.measures.roc import roc_with_band, sensitivity_at

OPTIONS = {"confidence": 0.95, "repeats": 300, "seed": 1}


def alone(curve, positive, score, **options):
    """A curve of cases that are each a patient of its own."""
    return curve(positive, score, np.arange(len(score)), **options)


def random_case(seed, decimals=2):
    rng = np.random.default_rng(seed)
    positive = rng.permutation(np.r_[np.ones(9, bool), np.zeros(49, bool)])
    return positive, np.clip(rng.normal(0.3 + 0.3 * positive, 0.2), 0, 1).round(decimals)


def test_average_precision_is_scikit_learns_with_ties():
    for seed in range(30):
        positive, score = random_case(seed, decimals=1)
        found = average_precision(np.ones((1, 58)), positive, score)[0]
        assert found == pytest.approx(average_precision_score(positive, score))


def test_average_precision_of_many_resamples_at_once():
    positive, score = random_case(0, decimals=1)
    times = np.random.default_rng(0).integers(0, 4, (5, 58))
    expected = [average_precision_score(positive, score, sample_weight=row) for row in times]
    np.testing.assert_allclose(average_precision(times, positive, score), expected)


def test_precision_of_the_band_is_scikit_learns():
    positive, score = random_case(3)
    found = alone(precision_recall_with_band, positive, score, **OPTIONS)
    band = found[found["kind"] == "band"]
    thresholds = np.sort(score[positive])[::-1]
    for k, threshold in enumerate(thresholds):
        called = score >= threshold
        assert band["precision"].iloc[k] == pytest.approx(precision_score(positive, called))
        assert recall_score(positive, called) >= band["recall"].iloc[k] - 1e-12
    assert (band["low"] <= band["precision"] + 1e-12).mean() > 0.8


def test_sensitivity_at_a_rate_by_hand():
    # Negatives 0.2, 0.4, 0.6, 0.8. No false alarm: only 0.9. One of four allowed: above 0.6.
    score = np.array([0.9, 0.7, 0.5, 0.1, 0.2, 0.4, 0.6, 0.8])
    rates = np.array([0, 0.24, 0.25, 0.5, 1])
    # In the second resample 0.7 counts twice, 0.9 not at all, and 0.8 twice.
    times = np.array([[1, 1, 1, 1, 1, 1, 1, 1], [0, 2, 1, 1, 1, 0, 1, 2]])
    found = sensitivity_at(times, np.arange(8) < 4, score, rates)
    np.testing.assert_allclose(found[0], [0.25, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(found[1], [0, 0, 0, 0.5, 1])


def test_roc_band_holds_the_curve_and_narrows_with_cases():
    positive, score = random_case(5)
    small = alone(roc_with_band, positive, score, **OPTIONS)
    large = alone(roc_with_band, np.tile(positive, 20), np.tile(score, 20), **OPTIONS)
    widths = []
    for found in (small, large):
        band = found[found["kind"] == "band"]
        assert (band["low"] <= band["sensitivity"] + 1e-9).all()
        assert (band["sensitivity"] <= band["high"] + 1e-9).all()
        widths.append((band["high"] - band["low"]).mean())
    assert widths[1] < 0.4 * widths[0]


@pytest.mark.parametrize("curve", [roc_with_band, precision_recall_with_band])
def test_bands_of_copied_patients_stay_as_wide(curve):
    positive, score = random_case(5)
    once = alone(curve, positive, score, **OPTIONS)
    patients = np.tile(np.arange(58), 2)
    twice = curve(np.tile(positive, 2), np.tile(score, 2), patients, **OPTIONS)
    width = [(t["high"] - t["low"])[t["kind"] == "band"].mean() for t in (once, twice)]
    assert width[1] == pytest.approx(width[0], rel=0.02)


def test_net_benefit_by_hand():
    # 100 cases, 8 right and 10 wrong at a threshold of 20 %: 0.08 - 0.10 * 0.25 = 0.055.
    found = net_benefit(np.array([8]), np.array([10]), 100, np.array([0.2]))
    assert found[0] == pytest.approx(0.055)


def test_decision_curve_at_its_ends():
    positive, score = random_case(7)
    found = alone(decision_curve, positive, score, **OPTIONS).set_index("threshold")
    # At 1 % nearly everyone is called, and the harm of a false alarm is small.
    assert found.loc[0.01, "net_benefit"] == pytest.approx(found.loc[0.01, "act_always"], abs=0.01)
    share = positive.mean()
    assert found.loc[0.5, "act_always"] == pytest.approx(2 * share - 1)
    called = score >= 0.5
    by_hand = (called & positive).mean() - (called & ~positive).mean()
    assert found.loc[0.5, "net_benefit"] == pytest.approx(by_hand)
    assert (found["act_never"] == 0).all()


def test_a_perfect_model_has_the_prevalence_as_benefit():
    positive = np.arange(20) < 5
    found = alone(decision_curve, positive, np.where(positive, 0.995, 0.001), **OPTIONS)
    np.testing.assert_allclose(found["net_benefit"], 0.25)


@pytest.mark.parametrize(
    "curve",
    [roc_with_band, precision_recall_with_band, decision_curve],
    ids=lambda f: f.__name__,
)
def test_one_class_gives_an_empty_table_with_its_columns(curve):
    found = alone(curve, np.ones(6, bool), np.linspace(0, 1, 6), **OPTIONS)
    assert found.empty
    assert list(found.columns) == list(alone(curve, *random_case(1), **OPTIONS).columns)


@pytest.mark.parametrize("curve", [roc_with_band, precision_recall_with_band, decision_curve])
def test_constant_scores_do_not_break_it(curve):
    positive, _ = random_case(1)
    found = alone(curve, positive, np.full(58, 0.5), **OPTIONS)
    assert len(found)
