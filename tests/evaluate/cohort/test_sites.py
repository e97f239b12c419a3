"""The models across sites: against the formulas solved another way, and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from evaluate_helpers import rows
from scipy import optimize, special, stats

from radnec.evaluate.cohort.sites import SUMMARY, across_sites, random_effects
from radnec.evaluate.models.predictions import pool

# Logits and variances of six sites, further apart than chance.
EFFECTS = np.array([0.2, 1.1, 1.9, 0.7, 2.6, 1.4])
VARIANCES = np.array([0.12, 0.20, 0.09, 0.30, 0.25, 0.15])


def by_hand(effects, variances, level):
    """Paule and Mandel's equation by bisection, the intervals from their printed formulas."""
    k = len(effects)

    def excess(tau2):
        w = 1 / (variances + tau2)
        mean = (w * effects).sum() / w.sum()
        return (w * (effects - mean) ** 2).sum() - (k - 1)

    tau2 = optimize.brentq(excess, 0, 100) if excess(0) > 0 else 0.0
    w = 1 / (variances + tau2)
    mean = (w * effects).sum() / w.sum()
    q = (w * (effects - mean) ** 2).sum() / (k - 1)
    se2 = max(q, 1) / w.sum()
    half = stats.t.ppf(0.5 + level / 2, k - 1) * math.sqrt(se2)
    new = stats.t.ppf(0.5 + level / 2, k - 2) * math.sqrt(tau2 + se2)
    fixed = 1 / variances
    common = (fixed * effects).sum() / fixed.sum()
    cochran = (fixed * (effects - common) ** 2).sum()
    return mean, half, new, tau2, cochran


@pytest.mark.parametrize("spread", [1.0, 0.2])
def test_random_effects_are_those_of_the_formulas(spread):
    effects = 1.3 + spread * (EFFECTS - 1.3)
    mean, half, new, tau2, cochran = by_hand(effects, VARIANCES, 0.95)
    found = random_effects(effects, VARIANCES, 0.95)
    assert found["tau"] == pytest.approx(math.sqrt(tau2), abs=1e-4)
    assert found["value"] == pytest.approx(special.expit(mean), abs=1e-5)
    ends = [found[name] for name in ("low", "high", "new_low", "new_high")]
    expected = special.expit([mean - half, mean + half, mean - new, mean + new])
    np.testing.assert_allclose(ends, expected, atol=1e-4)
    assert found["i2"] == pytest.approx(max(0, 1 - 5 / cochran))
    assert found["q_p"] == pytest.approx(stats.chi2.sf(cochran, 5))


def test_the_interval_for_a_new_site_holds_it():
    rng = np.random.default_rng(4)
    held = []
    for _ in range(600):
        truth = rng.normal(1.2, 0.6, 11)
        variances = rng.uniform(0.05, 0.2, 10)
        found = random_effects(rng.normal(truth[:10], np.sqrt(variances)), variances, 0.9)
        held.append(found["new_low"] <= special.expit(truth[10]) <= found["new_high"])
    # Standard error of a share of 0.9 in 600: 0.012.
    assert 0.86 < np.mean(held) < 0.95


def test_two_sites_give_a_mean_and_promise_nothing_for_a_third():
    labels = ["necrosis"] * 20 + ["recurrence"] * 20
    score = np.random.default_rng(1).normal(size=40) + np.repeat([1.5, 0], 20)
    pooled = pool(rows(labels, special.expit(score - 0.75)))
    sites = pd.Series(["north", "south"] * 20)
    found = pd.DataFrame(across_sites(pooled, sites, 0.95)).set_index("measure")
    assert list(found["sites"]) == [2, 2, 2]
    assert found["value"].between(0.5, 1).all() and found["new_low"].isna().all()
    assert found["notes"].str.contains("fewer than three sites").all()


def test_a_site_without_a_class_is_named():
    labels = ["necrosis"] * 6 + ["recurrence"] * 6
    score = np.random.default_rng(2).random(12)
    pooled = pool(rows(labels, score))
    # The south has no necrosis.
    sites = pd.Series(["north"] * 9 + ["south"] * 3)
    found = pd.DataFrame(across_sites(pooled, sites, 0.95)).set_index("measure")
    assert "south" in found.loc["sens", "notes"] and found.loc["sens", "sites"] == 1
    assert "fewer than two sites" in found.loc["auc", "notes"]
    assert np.isnan(found.loc["auc", list(SUMMARY)].to_numpy(float)).all()
    assert found.loc["spec", "sites"] == 2
