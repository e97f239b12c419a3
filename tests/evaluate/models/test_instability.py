"""Instability over runs, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from evaluate_helpers import SETTINGS, rows

from radnec.evaluate.models.instability import instability_of_cases, instability_rows
from radnec.evaluate.models.model import measure_model
from radnec.evaluate.models.predictions import pool

LABELS = ["necrosis", "necrosis", "recurrence", "recurrence"]


def instability(*runs):
    frame = pd.concat(
        [rows(LABELS, p, seed=seed) for seed, p in enumerate(runs)], ignore_index=True
    )
    model = measure_model("resnet10", "fused", ("t1", "t2"), pool(frame), SETTINGS, 1)
    cases = instability_of_cases(model, frame)
    return cases, pd.DataFrame(instability_rows(model, cases)).set_index("cases")


def test_deviation_and_changed_decisions_by_hand():
    cases, summary = instability([0.9, 0.4, 0.2, 0.1], [0.7, 0.8, 0.2, 0.3], [0.8, 0.6, 0.2, 0.2])
    # Means 0.8, 0.6, 0.2, 0.2; the second necrosis is decided otherwise once in three.
    np.testing.assert_allclose(
        cases["absolute_deviation"], [0.2 / 3, 0.4 / 3, 0, 0.2 / 3], atol=1e-9
    )
    np.testing.assert_allclose(cases["changed"], [0, 1 / 3, 0, 0])
    np.testing.assert_allclose(cases["lowest"], [0.7, 0.4, 0.2, 0.1])
    np.testing.assert_allclose(cases["highest"], [0.9, 0.8, 0.2, 0.3])
    assert summary.loc["all", "mape"] == pytest.approx((0.2 + 0.4 + 0.2) / 12)
    assert summary.loc["necrosis", "instability_index"] == pytest.approx(1 / 6)
    assert summary.loc["necrosis", "mape_largest"] == pytest.approx(0.4 / 3)
    assert summary["unstable"].to_dict() == {"all": 1, "recurrence": 0, "necrosis": 1}


def test_one_run_shows_no_instability():
    cases, summary = instability([0.9, 0.4, 0.2, 0.1])
    assert cases["absolute_deviation"].isna().all()
    assert summary["mape"].isna().all()
    assert summary.loc["all", "notes"].startswith("not defined")
