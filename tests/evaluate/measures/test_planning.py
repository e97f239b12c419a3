"""The planning table against brute force and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from radnec.evaluate.measures.auc import hanley_mcneil_variance
from radnec.evaluate.measures.planning import (
    expected_width,
    planning_table,
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
    for name in ("sens_width", "spec_width", "auc_width", "smallest_auc", "smallest_difference"):
        assert planned[name].dropna().is_monotonic_decreasing
    tested = table.iloc[0]
    assert (tested["n"], tested["n_necrosis"], tested["source"]) == (58, 9, "tested")
    # Nine positives: a sensitivity is known to within half of everything.
    assert tested["sens_width"] > 0.4


def test_difference_that_nine_positives_cannot_show():
    assert math.isnan(smallest_difference(9, 49, 0.95))
    assert smallest_difference(180, 820, 0.95) == pytest.approx(0.055, abs=0.01)


def test_one_class_only():
    row = planning_table([0.5], (0, 20), 0.95).iloc[0]
    assert math.isnan(row["auc_width"])
    assert math.isnan(row["sens_width"])
    assert row["spec_width"] > 0
