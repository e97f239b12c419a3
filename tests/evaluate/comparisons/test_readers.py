"""Readers: the published Van Dyke analysis, by hand, by simulation, and the table's faults."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from evaluate_helpers import SETTINGS, rows
from scipy import stats

from radnec.core.errors import InputError
from radnec.evaluate.comparisons.readers import mean_of_readers, readers_table
from radnec.evaluate.models.model import measure_model
from radnec.evaluate.models.predictions import pool
from radnec.evaluate.models.readers import read_readers

LABELS = ["necrosis"] * 4 + ["recurrence"] * 6


@pytest.mark.parametrize(
    ("areas", "cov2", "expected"),
    [
        (
            (0.91964573, 0.85877617, 0.90386473, 0.97310789, 0.82979066),
            0.0004839618,
            (0.8970370, 0.03317360, 12.74465, 0.8252236, 0.9688505),
        ),
        (
            (0.94782609, 0.90531401, 0.92173913, 0.99935588, 0.92995169),
            0.0002041879,
            (0.9408374, 0.02156637, 12.71019, 0.8941378, 0.9875369),
        ),
    ],
)
def test_van_dyke_as_published(areas, cov2, expected):
    """Five readers, 114 patients (Van Dyke et al. 1993), each modality analysed alone.

    Figures: the R package MRMCaov, ``mrmc(empirical_auc(...), data = VanDyke)``; its variances
    play no part.
    """
    covariance = np.full((5, 5), cov2) + np.diag([0.01] * 5)
    found = mean_of_readers(np.array(areas), covariance, 0.95)
    shown = (found.value, found.error, found.df, found.low, found.high)
    np.testing.assert_allclose(shown, expected, rtol=2e-5)


def test_error_of_the_test_with_readers_and_cases_drawn_anew():
    """A network as good as the mean reader: differences with a shared and an own part."""
    rng = np.random.default_rng(4)
    readers, sets, reached = 5, 2000, 0
    covariance = 0.03**2 * (0.4 * np.ones((readers, readers)) + 0.6 * np.eye(readers))
    root = np.linalg.cholesky(covariance)
    for _ in range(sets):
        values = rng.normal(0, 0.04, readers) + root @ rng.normal(size=readers)
        reached += mean_of_readers(values, covariance, 0.95).p < 0.05
    assert 0.03 < reached / sets < 0.065


def model_of(p):
    return measure_model("resnet10", "fused", ("t1", "t2"), pool(rows(LABELS, p)), SETTINGS, 1)


def said(tmp_path, text):
    path = tmp_path / "readers.tsv"
    path.write_text(text)
    return path


def calls(**by_reader):
    return "case\treader\tcall\n" + "".join(
        f"P{k:03d}\t{reader}\t{'necrosis' if one == 'n' else 'recurrence'}\n"
        for reader, letters in by_reader.items()
        for k, one in enumerate(letters)
    )


def test_calls_by_hand(tmp_path):
    # The network finds 3 of 4 and has no false alarm; A finds 2 and has 1, B finds 4 and has 3.
    model = model_of([0.9, 0.8, 0.7, 0.2, 0.1, 0.2, 0.3, 0.4, 0.1, 0.2])
    path = said(tmp_path, calls(A="nnrrrrrrrn", B="nnnnnnnrrr"))
    found = read_readers(path, {f"P{k:03d}" for k in range(10)})
    table = readers_table([model], found, 0.95)
    alone = table[table["kind"] == "reader"].set_index("reader")
    np.testing.assert_allclose(alone.loc["A", ["sens", "spec"]].astype(float), [0.5, 5 / 6])
    np.testing.assert_allclose(alone.loc["B", ["sens", "spec"]].astype(float), [1.0, 0.5])
    pair = table[table["kind"] == "pair"].set_index("reader")
    np.testing.assert_allclose(pair.loc["A", ["sens", "spec"]].astype(float), [1 / 4, 1 / 6])
    np.testing.assert_allclose(pair.loc["B", ["sens", "spec"]].astype(float), [-1 / 4, 3 / 6])
    # A: two cases that only the network decides rightly, none the other way round.
    assert pair.loc["A", "mcnemar_exact_p"] == pytest.approx(2 * stats.binom.cdf(0, 2, 0.5))
    together = table[table["kind"] == "together"].iloc[0]
    assert together["measure"] == "balanced accuracy"
    balanced = np.array([0.5 + 5 / 6, 1.0 + 0.5]) / 2
    assert together["value"] == pytest.approx((0.75 + 1.0) / 2 - balanced.mean())


def test_scores_are_compared_by_their_areas(tmp_path):
    rng = np.random.default_rng(2)
    p, a, b = (rng.random(10) * 0.6 + 0.4 * (np.arange(10) < 4) for _ in range(3))
    lines = [f"P{k:03d}\t{name}\t{s[k]}" for name, s in (("A", a), ("B", b)) for k in range(10)]
    path = said(tmp_path, "case\treader\tscore\n" + "\n".join(lines) + "\n")
    table = readers_table([model_of(p)], read_readers(path, {f"P{k:03d}" for k in range(10)}), 0.95)

    def area(s):
        return (s[:4, None] > s[None, 4:]).mean()

    together = table[table["kind"] == "together"].iloc[0]
    assert together["value"] == pytest.approx(area(p) - (area(a) + area(b)) / 2)
    pair = table[table["kind"] == "pair"].set_index("reader")
    assert pair.loc["A", "auc"] == pytest.approx(area(p) - area(a))
    assert pair["sens"].isna().all() if "sens" in pair else True


def test_networks_of_a_cross_validation_would_be_trained_anew(tmp_path):
    rng = np.random.default_rng(2)
    p, a, b = (rng.random(10) * 0.6 + 0.4 * (np.arange(10) < 4) for _ in range(3))
    lines = [
        f"P{k:03d}\t{name}\t{s[k]:.6f}\t{'necrosis' if s[k] > 0.5 else 'recurrence'}"
        for name, s in (("A", a), ("B", b))
        for k in range(10)
    ]
    path = said(tmp_path, "case\treader\tscore\tcall\n" + "\n".join(lines) + "\n")
    readers = read_readers(path, {f"P{k:03d}" for k in range(10)})
    model = model_of(p)
    pooled = dataclasses.replace(model.pooled, inflation=2.5)
    fixed = readers_table([model], readers, 0.95)
    anew = readers_table([dataclasses.replace(model, pooled=pooled)], readers, 0.95)

    def width(table, kind, of):
        return (table[f"{of}_hi"] - table[f"{of}_lo"])[table["kind"] == kind].to_numpy(float)

    narrow = width(fixed, "pair", "auc") < 2 / np.sqrt(2.5)
    assert narrow.any()
    wide = width(anew, "pair", "auc")[narrow]
    np.testing.assert_allclose(wide, np.sqrt(2.5) * width(fixed, "pair", "auc")[narrow])
    pair = anew[anew["kind"] == "pair"]
    assert pair["mcnemar_exact_p"].isna().all() and pair["sens_lo"].isna().all()
    assert pair["notes"].str.contains("2.50").all()
    together = [table[table["kind"] == "together"].iloc[0] for table in (fixed, anew)]
    assert together[0]["value"] == together[1]["value"] and together[0]["p"] <= together[1]["p"]
    assert -1 <= together[1]["value_lo"] <= together[1]["value_hi"] <= 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("case\treader\nP000\tA\n", "expected case, reader, and score or call"),
        ("case\treader\tcall\nP000\tA\tmaybe\n", "row 2 .case 'P000'.: call: found 'maybe'"),
        ("case\treader\tscore\nP000\tA\thigh\n", "score: found 'high', expected a number"),
        ("case\treader\tscore\nP000\tA\t1\nP000\tA\t2\n", "row 3 .*one row a case and reader"),
        ("case\treader\tscore\nX\tA\t1\n", "no test case of the study among 1 rows"),
    ],
)
def test_faults_of_the_table_are_named(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        read_readers(said(tmp_path, text), {"P000"})


def test_untested_cases_are_passed_over(tmp_path):
    path = said(tmp_path, calls(A="nr"))
    assert list(read_readers(path, {"P001"})["case"]) == ["P001"]
    assert isinstance(read_readers(path, {"P001"}), pd.DataFrame)
