"""The published tables from their counts, with formulas written out here on their own."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from radnec.core.errors import InputError
from radnec.core.tables import read_tsv
from radnec.evaluate.audit.published import audit_published, recompute
from radnec.evaluate.audit.ttests import fitting_n, largest_t
from radnec.evaluate.comparisons.ttests import against_chance

PUBLISHED = Path(__file__).parents[3] / "config/published"
Z = 1.959963984540054


def wilson_corrected(k, n):
    """Newcombe 1998, method 4, from the printed formula."""
    p, q = k / n, 1 - k / n
    below = 2 * (n + Z**2)
    low = (2 * n * p + Z**2 - 1 - Z * math.sqrt(Z**2 - 2 - 1 / n + 4 * p * (n * q + 1))) / below
    high = (2 * n * p + Z**2 + 1 + Z * math.sqrt(Z**2 + 2 - 1 / n + 4 * p * (n * q - 1))) / below
    return (0.0 if k == 0 else low), (1.0 if k == n else high)


def simple_wald(p, n):
    half = Z * math.sqrt(p * (1 - p) / n)
    return p - half, p + half


def printed_rows():
    return pd.concat(
        [read_tsv(PUBLISHED / f"table{k}.tsv").assign(table=k) for k in (3, 4)], ignore_index=True
    ).to_dict("records")


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    outdir = tmp_path_factory.mktemp("audit")
    audit_published(published=PUBLISHED, outdir=outdir)
    return outdir


@pytest.mark.parametrize("row", printed_rows(), ids=lambda r: f"{r['backbone']}-{r['inputs']}")
def test_every_row_comes_out_from_its_counts(row):
    fits = [
        (tp, tn)
        for tp in range(10)
        for tn in range(50)
        if abs(tp / 9 - row["sens"]) <= 0.01
        and abs(tn / 49 - row["spec"]) <= 0.01
        and abs((tp + tn) / 58 - row["acc"]) <= 0.01
    ]
    assert len(fits) == 1
    tp, tn = fits[0]
    expected = {
        "acc": simple_wald((tp + tn) / 58, 58),
        "sens": wilson_corrected(tp, 9),
        "spec": wilson_corrected(tn, 49),
        "auc": simple_wald(row["auc"], 58),
    }
    off = {
        f"{name}_{side}"
        for name, limits in expected.items()
        for side, value in zip(("lo", "hi"), limits, strict=True)
        if abs(value - row[f"{name}_{side}"]) > 0.01
    }
    known = {"auc_lo"} if (row["backbone"], row["inputs"]) == ("resnet50", "t1") else set()
    assert off == known


def test_the_audit_says_the_same(audited):
    bounds = read_tsv(audited / "bounds.tsv")
    assert len(bounds) == 24 * 8
    off = bounds[bounds["agrees"] == "no"]
    assert off[["backbone", "inputs", "bound"]].to_numpy().tolist() == [
        ["resnet50", "t1", "auc_lo"]
    ]
    assert off["recomputed"].item() == pytest.approx(0.6386, abs=1e-4)
    text = (audited / "audit.md").read_text()
    assert "191 of 192 printed bounds in 24 rows agree" in text
    assert "resnet50 t1 auc_lo is printed 0.69, the formula gives 0.64" in text


def test_figures_of_the_text_are_its_counts(audited):
    # The discussion prints 0.914 and 0.778 for ResNet10 on all three sequences.
    performance = read_tsv(audited / "performance.tsv")
    row = performance[(performance["backbone"] == "resnet10") & (performance["table"] == 4)].iloc[0]
    assert (row["true_necrosis"], row["true_recurrence"]) == (7, 46)
    assert round(row["acc"], 3) == 0.914
    assert round(row["sens"], 3) == 0.778


def test_recommended_intervals_are_wider_for_the_auc(audited):
    performance = read_tsv(audited / "performance.tsv")
    printed = performance["auc_hi"] - performance["auc_lo"]
    recommended = performance["auc_recommended_hi"] - performance["auc_recommended_lo"]
    assert (recommended > printed).all()


def test_table_5_fits_58_cases_for_densenet_only(audited):
    tests = read_tsv(audited / "tests.tsv")
    fifth = tests[tests["table"] == 5].set_index("backbone")
    assert list(fifth.index[fifth["possible"] == "yes"]) == ["densenet121"]
    assert fifth.loc["densenet121", "recomputed_p"] == pytest.approx(3.4e-6, rel=0.02)


def test_table_6_cannot_be_true_for_nine_necrosis_cases(audited):
    tests = read_tsv(audited / "tests.tsv")
    sixth = tests[tests["table"] == 6]
    assert set(sixth.loc[sixth["test"] == "necrosis", "possible"]) == {"no"}
    assert set(sixth.loc[sixth["test"] == "recurrence", "possible"]) == {"yes"}


def test_largest_t_is_reached_and_never_passed():
    # Reached in the limit: right ones all alike, wrong ones at one half.
    reached = against_chance(pd.Series([0.9] * 7 + [0.5] * 2).to_numpy(), 0.95).t
    assert reached == pytest.approx(largest_t(7, 9))
    draws = stats.qmc.Sobol(9, seed=1).random(4096)
    values = np.hstack([0.5 + draws[:, :7] / 2, 0.5 - draws[:, 7:] / 2])
    assert stats.ttest_1samp(values, 0.5, axis=1).statistic.max() <= largest_t(7, 9)
    assert math.isinf(largest_t(9, 9))


def test_fitting_n_finds_the_n_of_a_test():
    for n in (9, 23, 58):
        assert fitting_n(4.2, 2 * stats.t.sf(4.2, n - 1)) == pytest.approx(n)
    assert math.isnan(fitting_n(1.0, 1e-9))


def test_table_1(audited):
    table = read_tsv(audited / "table1.tsv").set_index("characteristic")
    assert round(table.loc["sex", "pearson_p"], 3) == 0.290
    assert round(table.loc["sex", "corrected_p"], 3) == 0.365
    assert round(table.loc["primary_diagnosis", "pearson_p"], 3) == 0.969
    assert round(table.loc["recurrent_diagnosis", "pearson_p"], 3) == 0.191
    assert list(table.index[table["agrees"] == "yes"]) == ["sex"]
    # (176 x 46.55 + 58 x 46.98) / 234, and with the two means exchanged.
    assert table.loc["age_years_mean", "weighted_mean"] == pytest.approx(46.657, abs=1e-3)
    assert table.loc["age_years_mean", "exchanged_mean"] == pytest.approx(46.873, abs=1e-3)


def test_summary_holds_the_counts(audited):
    summary = json.loads((audited / "summary.json").read_text())
    assert (summary["rows"], summary["bounds"], summary["bounds_agreeing"]) == (24, 192, 191)
    assert summary["tests_possible"] == {"5": 1, "6": 6}


def test_a_row_without_counts_is_refused():
    rows = read_tsv(PUBLISHED / "table4.tsv").assign(table=4)
    rows.loc[0, "sens"] = 0.72
    with pytest.raises(InputError, match="table 4, resnet10 t1,t1ce,t2: found 0 pairs of counts"):
        recompute(rows)
