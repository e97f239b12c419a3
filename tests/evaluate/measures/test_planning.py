"""The planning table against brute force and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from radnec.evaluate.comparisons.compare import compare_aucs
from radnec.evaluate.measures.auc import hanley_mcneil_variance
from radnec.evaluate.measures.planning import (
    binormal_covariance,
    expected_width,
    planning_table,
    simulated_power,
    smallest_auc,
    smallest_difference,
)


def test_expected_width_by_simulation():
    z = stats.norm.ppf(0.975)
    rng = np.random.default_rng(1)
    p = rng.binomial(9, 0.8, 200_000) / 9
    # Wilson's width written out: 2 z sqrt(p (1 - p) / n + z^2 / 4 n^2) / (1 + z^2 / n).
    widths = 2 * z * np.sqrt(p * (1 - p) / 9 + z**2 / (4 * 81)) / (1 + z**2 / 9)
    assert expected_width(9, 0.8, 0.95) == pytest.approx(widths.mean(), abs=1e-3)
    assert math.isnan(expected_width(0, 0.8, 0.95))


def test_smallest_auc_has_power_of_80_per_cent():
    truth = smallest_auc(9, 49, 0.95)
    assert 0.7 < truth < 0.85
    # Exponential scores with this AUC; the test is the permutation test's normal limit.
    rng = np.random.default_rng(2)
    ratio = truth / (1 - truth)
    first = rng.exponential(ratio, (4000, 9))
    second = rng.exponential(1, (4000, 49))
    areas = (first[:, :, None] > second[:, None, :]).mean((1, 2))
    critical = 0.5 + stats.norm.ppf(0.975) * math.sqrt(hanley_mcneil_variance(0.5, 9, 49))
    assert (areas > critical).mean() == pytest.approx(0.8, abs=0.05)


def test_more_cases_show_more():
    table = planning_table([0.18], (9, 49), 0.95)
    planned = table[table["source"] == "planned"]
    for name in ("sens_width", "spec_width", "auc_width", "smallest_auc", "smallest_difference_50"):
        assert planned[name].dropna().is_monotonic_decreasing
    tested = table.iloc[0]
    assert (tested["n"], tested["n_necrosis"], tested["source"]) == (58, 9, "tested")
    # Nine positives: a sensitivity is known to within half of everything.
    assert tested["sens_width"] > 0.4


def test_difference_by_the_test_itself():
    """DeLong's test through the code that compares models: its power at what is called shown."""
    m, n = 25, 90
    positive = np.r_[np.ones(m, bool), np.zeros(n, bool)]
    for correlation in (0.5, 0.9):
        difference, _ = smallest_difference(m, n, 0.95, correlation)
        rng = np.random.default_rng(4)
        shown = []
        for _ in range(400):
            one, other = rng.standard_normal((2, m + n))
            other = correlation * one + math.sqrt(1 - correlation**2) * other
            first = one + math.sqrt(2) * stats.norm.ppf(0.8) * positive
            second = other + math.sqrt(2) * stats.norm.ppf(0.8 + difference) * positive
            shown.append(compare_aucs(positive, first, second, 0.95).p < 0.05)
        # Three binomial standard errors, and the formula's own error of some 0.03.
        assert np.mean(shown) == pytest.approx(0.8, abs=0.09)


def test_nine_positives_against_simulated_powers():
    # Two independent simulations of the paired test at 9 + 49: 0.84 for 0.80 against an AUC of
    # almost 1 at correlation 0.5, 0.87 for 0.80 against 0.90 at 0.97.
    near_one = simulated_power(9, 49, 0.95, 0.5, np.array([0.999]))
    assert near_one[0] == pytest.approx(0.84, abs=0.03)
    assert simulated_power(9, 49, 0.95, 0.97, np.array([0.90]))[0] == pytest.approx(0.87, abs=0.03)


def test_binormal_variance_by_simulation():
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=(6000, 2, 12)), rng.normal(size=(6000, 2, 30))
    x[:, 1] = 0.7 * x[:, 0] + math.sqrt(0.51) * x[:, 1]
    y[:, 1] = 0.7 * y[:, 0] + math.sqrt(0.51) * y[:, 1]
    shift = math.sqrt(2) * stats.norm.ppf([0.8, 0.9])[None, :, None]
    areas = ((x + shift)[..., :, None] > y[..., None, :]).mean((-1, -2))
    found = binormal_covariance(np.array([0.8]), np.array([0.9]), 0.7, 12, 30)[0]
    assert found == pytest.approx(np.cov(areas.T)[0, 1], rel=0.06)
    alone = binormal_covariance(np.array([0.8]), np.array([0.8]), 1.0, 12, 30)[0]
    assert alone == pytest.approx(areas[:, 0].var(), rel=0.06)


def test_an_empty_cell_says_why():
    row = planning_table([0.1], None, 0.95).iloc[0]
    assert (row["n_necrosis"], row["n_recurrence"]) == (6, 52)
    assert math.isnan(row["smallest_difference_50"])
    assert (
        "no difference has power 0.8 at correlation 0.5, the largest power is 0.5" in row["notes"]
    )


def test_one_class_only():
    row = planning_table([0.5], (0, 20), 0.95).iloc[0]
    assert math.isnan(row["auc_width"])
    assert math.isnan(row["sens_width"])
    assert row["spec_width"] > 0
