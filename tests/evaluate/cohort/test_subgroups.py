"""Subgroups and confounding: Cochran's Q by hand, ridge against scikit-learn, planted fields."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from evaluate_helpers import NOTICE, SETTINGS, rows, write
from scipy import stats
from sklearn.linear_model import Ridge
from sklearn.model_selection import StratifiedKFold

from radnec.core.tables import read_tsv, write_tsv
from radnec.evaluate.cohort.confounding import check_confounding, encode, out_of_fold, predict_label
from radnec.evaluate.cohort.covariates import case_covariates
from radnec.evaluate.cohort.subgroups import evaluate_subgroups, heterogeneity

LEVEL = {"confidence": SETTINGS.confidence, "repeats": SETTINGS.permutation_repeats}
OPTIONS = {**LEVEL, "seed": 1, "notice": NOTICE}


def study(tmp_path, confounded=False, n=80):
    rng = np.random.default_rng(5)
    labels = np.array(["necrosis", "recurrence", "recurrence", "recurrence"] * (n // 4))
    cases = pd.DataFrame({"case": [f"P{k:03d}" for k in range(n)], "label": labels})
    cases["age"] = rng.integers(30, 70, n).astype(str)
    cases["sex"] = rng.choice(["male", "female"], n)
    cases["primary_diagnosis"] = rng.choice(["glioma_grade_2", "glioma_grade_4"], n)
    cases.to_csv(tmp_path / "given.tsv", sep="\t", index=False)
    status = cases[["case", "label"]].assign(patient=cases["case"], status="included")
    status.to_csv(tmp_path / "cohort.tsv", sep="\t", index=False)
    for case, label in zip(cases["case"], labels, strict=True):
        ge = label == "necrosis" if confounded else rng.random() < 0.5
        fields = {
            "Manufacturer": "GE" if ge else "SIEMENS",
            "SliceThickness": 5.5 if ge else 5.0,
            "EchoTime": 8.6,
        }
        folder = tmp_path / "nifti" / case
        folder.mkdir(parents=True)
        for sequence in ("t1", "t1ce"):
            (folder / f"{sequence}.json").write_text(json.dumps(fields))
    return {
        "cases_table": tmp_path / "given.tsv",
        "cohort": tmp_path / "cohort.tsv",
        "nifti": tmp_path / "nifti",
    }


def test_heterogeneity_by_hand():
    # Two AUCs 0.9 and 0.7, variances 0.0025 each: Q = 0.1^2 / 0.0025 * 2 = 8, one degree.
    p, df = heterogeneity(np.array([0.9, 0.7]), np.array([0.0025, 0.0025]))
    assert df == 1
    assert p == pytest.approx(stats.chi2.sf(8, 1))


def test_covariates(tmp_path):
    found = case_covariates(**study(tmp_path))
    assert set(found["manufacturer"]) == {"GE", "SIEMENS"}
    assert {"t1_slice_thickness_mm", "t1ce_echo_time", "t1_matrix"} <= set(found.columns)
    assert found["age_group"].str.startswith(("below", "from")).all()
    older = found["age_group"].str.startswith("from")
    assert found.loc[older, "age"].min() >= found["age"].median()


def test_a_model_that_fails_on_one_scanner_is_found(tmp_path):
    paths = study(tmp_path)
    covariates = case_covariates(**paths)
    rng = np.random.default_rng(2)
    shift = 2.5 * (covariates["label"] == "necrosis") * (covariates["manufacturer"] == "GE")
    score = 1 / (1 + np.exp(-(rng.normal(size=len(covariates)) + shift - 1)))
    predictions = write(rows(covariates["label"], score), tmp_path / "p.tsv")
    evaluate_subgroups(
        predictions={"resnet10/fused": predictions},
        **paths,
        confidence=SETTINGS.confidence,
        notice=NOTICE,
        output=tmp_path / "subgroups.tsv",
        across=tmp_path / "sites.tsv",
    )
    table = read_tsv(tmp_path / "subgroups.tsv")
    assert set(table["grouping"]) == {"sex", "age_group", "primary_diagnosis", "manufacturer"}
    scanners = table[table["grouping"] == "manufacturer"].set_index("level")
    assert scanners.loc["GE", "auc_lo"] > scanners.loc["SIEMENS", "auc"]
    assert scanners.loc["GE", "holm_p"] < 0.01
    assert scanners.loc["GE", "n_necrosis"] + scanners.loc["SIEMENS", "n_necrosis"] == 20
    sexes = table[table["grouping"] == "sex"]
    assert sexes["holm_p"].iloc[0] > 0.05
    assert read_tsv(tmp_path / "sites.tsv").empty


def test_sites_are_a_grouping_where_they_are_named(tmp_path):
    paths = study(tmp_path)
    table = read_tsv(paths["cases_table"], dtype=str)
    table["site"] = ["north", "south", "west"] * (len(table) // 3) + ["north"] * (len(table) % 3)
    write_tsv(table, paths["cases_table"])
    covariates = case_covariates(**paths)
    rng = np.random.default_rng(2)
    shift = 1.5 * (covariates["label"] == "necrosis")
    score = 1 / (1 + np.exp(-(rng.normal(size=len(covariates)) + shift - 0.75)))
    evaluate_subgroups(
        predictions={"resnet10/fused": write(rows(covariates["label"], score), tmp_path / "p.tsv")},
        **paths,
        confidence=SETTINGS.confidence,
        notice=NOTICE,
        output=tmp_path / "subgroups.tsv",
        across=tmp_path / "sites.tsv",
    )
    found = read_tsv(tmp_path / "subgroups.tsv")
    levels = found[found["grouping"] == "site"].set_index("level")
    assert list(levels.index) == ["north", "south", "west"]
    assert levels["n_necrosis"].sum() == (covariates["label"] == "necrosis").sum()
    across = read_tsv(tmp_path / "sites.tsv").set_index("measure")
    low, high = levels["auc"].min(), levels["auc"].max()
    assert low <= across.loc["auc", "value"] <= high and across.loc["auc", "sites"] == 3


def test_groups_too_small_are_stated(tmp_path):
    paths = study(tmp_path)
    labels = ["recurrence"] * 8 + ["necrosis"]
    table = rows(labels, np.linspace(0.1, 0.9, 9))
    predictions = write(table, tmp_path / "p.tsv")
    evaluate_subgroups(
        predictions={"resnet10/t1": predictions},
        **paths,
        confidence=SETTINGS.confidence,
        notice=NOTICE,
        output=tmp_path / "subgroups.tsv",
        across=tmp_path / "sites.tsv",
    )
    found = read_tsv(tmp_path / "subgroups.tsv")
    one_class = (found["n_necrosis"] == 0) | (found["n_recurrence"] == 0)
    assert found.loc[one_class, "notes"].notna().all()
    # Without an interval of its own, each AUC has Newcombe's from the counts.
    assert found.loc[~one_class, "auc_lo"].notna().all()
    empty = found[found["n_necrosis"] == 0]
    assert empty["notes"].str.contains("not defined: 0 necrosis cases").all()
    assert empty["auc"].isna().all()


def test_out_of_fold_is_scikit_learns_ridge():
    rng = np.random.default_rng(3)
    features, positive = rng.normal(size=(60, 4)), rng.random(60) < 0.3
    tests = [t for _, t in StratifiedKFold(5).split(features, positive)]
    expected = np.empty(60)
    for test in tests:
        train = np.setdiff1d(np.arange(60), test)
        peer = Ridge(alpha=1.0).fit(features[train], positive[train].astype(float))
        expected[test] = peer.predict(features[test])
    np.testing.assert_allclose(out_of_fold(features, positive, tests), expected)


def test_encode_keeps_what_varies():
    table = pd.DataFrame(
        {"same": ["a"] * 4, "kind": ["a", "b", "a", "b"], "x": [1.0, 2.0, np.nan, 3.0]}
    )
    features, used = encode(table)
    assert used == ["kind", "x"]
    # Two levels, a number, and that it was missing; all standardised.
    assert features.shape == (4, 4)
    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(features.std(axis=0), 1)


def test_a_scanner_that_gives_the_label_away_is_found(tmp_path):
    paths = study(tmp_path, confounded=True)
    output = tmp_path / "confounding.tsv"
    check_confounding(**paths, **OPTIONS, output=output)
    table = read_tsv(output)
    groups = table[table["kind"] == "group"].set_index("name")
    assert groups.loc["scanner", "auc"] == 1.0
    assert groups.loc["scanner", "p_value"] == pytest.approx(1 / 201, abs=1e-4)
    assert groups.loc["clinical", "p_value"] > 0.05
    fields = table[table["kind"] == "field"].set_index("name")
    assert fields.loc["manufacturer", "holm_p"] < 1e-6
    assert fields.loc["t1_echo_time", "notes"] == "not defined: does not vary"


def test_a_harmless_scanner_is_not_accused(tmp_path):
    paths = study(tmp_path)
    output = tmp_path / "confounding.tsv"
    check_confounding(**paths, **OPTIONS, output=output)
    groups = read_tsv(output).query("kind == 'group'")
    assert (groups["p_value"] > 0.01).all()


def test_level_of_the_group_test():
    rng = np.random.default_rng(0)
    positive = np.arange(60) < 15
    found = [
        predict_label(rng.normal(size=(60, 3)), positive, **LEVEL, seed=k)[1] for k in range(16)
    ]
    assert np.mean(np.array(found) <= 0.05) < 0.2
    assert 0.3 < np.mean(found) < 0.7


def test_nothing_to_predict_from_is_stated():
    estimate, p = predict_label(np.empty((9, 0)), np.arange(9) < 3, **LEVEL, seed=1)
    assert estimate.note == "not defined: no field of this group varies"
    assert np.isnan(p)
    estimate, _ = predict_label(np.ones((9, 1)), np.arange(9) < 1, **LEVEL, seed=1)
    assert estimate.note == "not defined: fewer than 2 cases of a class"
