"""Sample sizes of an evaluation: a published example, and the precision that they give."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import special

from radnec.evaluate.measures.auc import area
from radnec.evaluate.measures.evaluation_size import (
    evaluation_size_table,
    logit_of_binormal,
    needed_for_auc,
    needed_for_benefit,
    needed_for_oe,
    needed_for_slope,
)

Z = 1.959964


def outcomes(rng, n, mean, sd):
    x = rng.normal(mean, sd, n)
    return x, rng.random(n) < special.expit(x)


def test_published_example():
    """The authors' own package, pmvalsampsize, on the example of its help page and its tests.

    C statistic 0.8, prevalence 0.018, logit normal with mean -5 and standard deviation 2.5,
    intervals 0.1 (C statistic), 0.2 (slope) and 1.0 wide (O/E). The package prints 4252, 4544 and
    905; it draws a million logits where the integral is taken here (4501 with a thousand), and
    its standard error of O/E goes in steps of 0.0001.
    """
    assert needed_for_auc(0.8, 0.018, 0.1) == 4252
    assert needed_for_oe(0.018, 1.0) == pytest.approx(905, abs=1)
    assert needed_for_slope(-5, 2.5, 0.2) == pytest.approx(4544, rel=0.005)


def test_slope_has_the_precision_asked_for():
    n, rng = needed_for_slope(-1.5, 1.2, 0.5), np.random.default_rng(1)
    slopes = []
    for _ in range(200):
        x, y = outcomes(rng, n, -1.5, 1.2)
        model = sm.GLM(y.astype(float), sm.add_constant(x), family=sm.families.Binomial())
        slopes.append(model.fit().params[1])
    # Standard error of a standard deviation of 200 values: 5 %.
    assert 2 * Z * np.std(slopes) == pytest.approx(0.5, rel=0.15)


def test_ratio_and_benefit_have_the_precision_asked_for():
    rng, prevalence = np.random.default_rng(2), 0.2
    n = needed_for_oe(prevalence, 0.4)
    shares = rng.binomial(n, prevalence, 4000) / n / prevalence
    low, high = np.quantile(shares, [0.025, 0.975])
    assert high - low == pytest.approx(0.4, rel=0.05)
    n = needed_for_benefit(0.8, 0.9, prevalence, 0.4, 0.3)
    necroses = rng.binomial(n, prevalence, 4000)
    found = rng.binomial(necroses, 0.8) / necroses
    alarms = rng.binomial(n - necroses, 0.1) / (n - necroses)
    benefit = found - alarms * (n - necroses) / necroses * 0.4 / 0.6
    assert 2 * Z * benefit.std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize(("auc", "prevalence"), [(0.7, 0.05), (0.8, 0.18), (0.9, 0.4)])
def test_logit_has_the_auc_and_prevalence_asked_for(auc, prevalence):
    x, y = outcomes(np.random.default_rng(3), 200_000, *logit_of_binormal(auc, prevalence))
    assert y.mean() == pytest.approx(prevalence, abs=0.003)
    assert area(y, x) == pytest.approx(auc, abs=0.006)


def test_table_names_the_largest():
    table = evaluation_size_table(
        (0.1, 0.4), auc=0.8, sens=0.8, spec=0.95, act_from=0.5, confidence=0.95
    )
    needed = table[["n_oe", "n_slope", "n_auc", "n_benefit"]]
    assert (table["n"] == needed.max(axis=1)).all()
    assert (table["n_necrosis"] >= table["n"] * table["prevalence"]).all()
