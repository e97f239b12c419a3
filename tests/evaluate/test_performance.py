"""The evaluation from files to files: the published rows, several designs, what is not defined."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from evaluate_helpers import FUSED, NOTICE, SETTINGS, SINGLE, rows, with_counts, write, write_split

from radnec.core.errors import InputError
from radnec.core.notices import notice
from radnec.core.tables import read_tsv
from radnec.evaluate.measures.auc import delong_covariance
from radnec.evaluate.next_patient.store import next_patient_path, read_next_patient
from radnec.evaluate.performance import evaluate_models

FILES = {
    *("metrics", "ranking", "runs", "pooled", "comparisons", "resampled", "planning"),
    *("recalibration", "prediction_sets", "net_benefit", "instability", "instability_cases"),
    "evaluation_size",
    *("roc", "precision_recall", "decision_curve", "calibration_curve"),
}
PAPER_COLUMNS = [
    *("backbone", "inputs", "acc", "acc_lo", "acc_hi", "sens", "sens_lo", "sens_hi"),
    *("spec", "spec_lo", "spec_hi", "auc", "auc_lo", "auc_hi"),
]


def evaluate(folder, tables, runs=None, **options):
    """Evaluate tables of predictions by key; return the folder of tables and of the rest."""
    paths = {key: write(table, folder / f"p/{key}.tsv") for key, table in tables.items()}
    evaluate_models(
        predictions=paths,
        runs=runs or {},
        split=write_split(tables.values(), folder / "split.tsv", options.get("cases_a_patient", 1)),
        single_inputs=SINGLE,
        fused_inputs=FUSED,
        settings=SETTINGS,
        seed=options.get("seed", 1),
        notice=options.get("notice", NOTICE),
        tables=folder / "tables",
        evaluation=folder / "evaluation",
        ledger=folder / "evaluations.tsv",
    )
    return folder / "tables", folder / "evaluation"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Models with the counts of published rows: resnet10 and densenet121, t1 and fused."""
    predictions = {
        "resnet10/t1": with_counts(4, 5, 48, 1, seed=1),
        "densenet121/t1": with_counts(6, 3, 45, 4, seed=2),
        "resnet10/fused": with_counts(7, 2, 46, 3, seed=3),
        "densenet121/fused": with_counts(7, 2, 45, 4, seed=4),
    }
    return evaluate(tmp_path_factory.mktemp("study"), predictions)


def test_table_4_prints_the_published_figures(published):
    tables, _ = published
    table = read_tsv(tables / "table4.tsv").set_index("backbone")
    assert list(read_tsv(tables / "table4.tsv").columns[:14]) == PAPER_COLUMNS
    expected = {"acc": (0.91, 0.84, 0.99), "sens": (0.78, 0.40, 0.96), "spec": (0.94, 0.82, 0.98)}
    for name, figures in expected.items():
        row = table.loc["resnet10", [name, f"{name}_lo", f"{name}_hi"]]
        np.testing.assert_allclose(row.to_numpy(float), figures, atol=0.0051)
    assert table.loc["resnet10", "inputs"] == "t1,t1ce,t2"
    assert table.loc["resnet10", "input_set"] == "fused"
    assert (table["n_necrosis"] == 9).all()
    auc = table.loc["resnet10", "auc"]
    half = 1.959964 * math.sqrt(auc * (1 - auc) / 58)
    assert table.loc["resnet10", "auc_lo"] == pytest.approx(auc - half, abs=1e-5)


def test_table_3_holds_the_single_sequences(published):
    tables, _ = published
    table = read_tsv(tables / "table3.tsv")
    assert table[["backbone", "inputs"]].to_numpy().tolist() == [
        ["resnet10", "t1"],
        ["densenet121", "t1"],
    ]
    row = table.iloc[0]
    np.testing.assert_allclose(
        [row["sens"], row["sens_lo"], row["sens_hi"]], [0.44, 0.15, 0.77], atol=0.0051
    )


def test_recommended_intervals_stand_beside(published):
    tables, _ = published
    table = read_tsv(tables / "table4.tsv")
    for name in (
        "acc_wilson",
        "sens_wilson",
        "spec_wilson",
        "auc_delong",
        "auc_bca",
        "auc_newcombe",
    ):
        assert (table[f"{name}_lo"] < table[f"{name}_hi"]).all()
    text = (tables / "table4.md").read_text()
    assert "| paper " in text
    assert "| recommended " in text
    assert "0.78 (0.40-0.96)" in text
    assert "too narrow" in text


def test_every_table_in_three_forms_with_the_notice(published):
    tables, _ = published
    for number in (3, 4, 5, 6):
        assert set(read_tsv(tables / f"table{number}.tsv")["cohort"]) == {"patients"}
        for ending in ("md", "tex"):
            assert "Research use only" in (tables / f"table{number}.{ending}").read_text()


def test_tables_5_and_6_have_the_papers_columns(published):
    tables, _ = published
    fifth, sixth = (read_tsv(tables / f"table{k}.tsv") for k in (5, 6))
    assert list(fifth.columns[:3]) == ["backbone", "p_value", "t_value"]
    assert list(sixth.columns[:3]) == ["backbone", "necrosis_p", "recurrence_p"]
    assert (fifth["df"] == 57).all()
    assert (sixth["necrosis_n"] == 9).all()
    assert (fifth["holm_p"] >= fifth["p_value"]).all()


def test_all_files_of_the_evaluation_are_written(published):
    _, evaluation = published
    assert {path.stem for path in evaluation.glob("*.tsv")} == FILES
    summary = json.loads((evaluation / "summary.json").read_text())
    assert summary["positive_class"] == "necrosis"
    assert (summary["n_necrosis"], summary["n_recurrence"]) == (9, 49)


def test_next_patient_of_each_model_is_kept(published):
    _, evaluation = published
    pooled = read_tsv(evaluation / "pooled.tsv")
    for backbone in ("resnet10", "densenet121"):
        known = read_next_patient(next_patient_path(evaluation, f"{backbone}/fused"))
        mine = pooled[(pooled["backbone"] == backbone) & (pooled["input_set"] == "fused")]
        necroses = mine.loc[mine["label"] == "necrosis", "p_necrosis"]
        np.testing.assert_allclose(known.sets.scores["necrosis"], sorted(necroses), atol=1e-6)
        assert known.recalibration is not None
        assert known.source == "one split, one run"
    sets = read_tsv(evaluation / "prediction_sets.tsv")
    assert (sets[["right", "wrong", "both", "none"]].sum(axis=1) == sets["n"]).all()
    assert read_tsv(evaluation / "recalibration.tsv")["brier"].notna().all()


def test_both_families_are_compared_once(published):
    _, evaluation = published
    table = read_tsv(evaluation / "comparisons.tsv")
    assert table["family"].value_counts().to_dict() == {"backbones": 2, "inputs": 2}
    assert (table["delong_holm_p"] >= table["delong_p"]).all()
    assert (table["n"] == 58).all()


def test_metrics_hold_every_interval(published):
    _, evaluation = published
    metrics = read_tsv(evaluation / "metrics.tsv")
    one = metrics[(metrics["backbone"] == "resnet10") & (metrics["input_set"] == "fused")]
    assert len(one[one["metric"] == "auc"]) == 5
    sens = one[one["metric"] == "sens"]
    assert len(sens) == 4
    ppv = one[(one["metric"] == "ppv") & (one["prevalence"] == 0.18)]["value"].item()
    assert ppv == pytest.approx(7 / 9 * 0.18 / (7 / 9 * 0.18 + 3 / 49 * 0.82), abs=1e-5)
    threshold = one[one["metric"] == "threshold"]["note"].item()
    assert threshold == "not defined: no predictions of development cases given"


def test_same_input_same_bytes_other_seed_other_bootstrap(tmp_path):
    predictions = {"resnet10/fused": with_counts(6, 3, 20, 3)}
    first = evaluate(tmp_path / "a", predictions)
    again = evaluate(tmp_path / "b", predictions)
    other = evaluate(tmp_path / "c", predictions, seed=2)
    for one, two in zip(first, again, strict=True):
        for path in filter(Path.is_file, one.rglob("*")):
            assert path.read_bytes() == (two / path.relative_to(one)).read_bytes(), path.name
    assert (first[0] / "table4.tsv").read_text() != (other[0] / "table4.tsv").read_text()


def test_phantom_is_named(tmp_path):
    tables, evaluation = evaluate(
        tmp_path, {"resnet10/fused": with_counts(6, 3, 20, 3)}, notice=notice(True)
    )
    assert set(read_tsv(tables / "table4.tsv")["cohort"]) == {"physics phantom"}
    assert set(read_tsv(evaluation / "metrics.tsv")["cohort"]) == {"physics phantom"}
    assert "physics phantom" in (tables / "table4.md").read_text()


@pytest.mark.parametrize(
    ("table", "note"),
    [
        (with_counts(0, 0, 20, 2), "0 necrosis cases"),
        (with_counts(5, 4, 0, 0), "0 recurrence cases"),
        (with_counts(1, 0, 8, 1), "1 necrosis case, at least 2 needed"),
        (rows(["necrosis"] * 4 + ["recurrence"] * 9, [0.5] * 13), "all cases have the same score"),
        (with_counts(6, 0, 20, 0), "perfectly separated"),
    ],
    ids=["recurrence only", "necrosis only", "one necrosis", "constant", "separated"],
)
def test_what_is_not_defined_is_stated_and_nothing_breaks(tmp_path, table, note):
    tables, evaluation = evaluate(tmp_path, {"resnet10/fused": table, "resnet10/t1": table})
    row = read_tsv(tables / "table4.tsv").iloc[0]
    assert note in row["notes"]
    assert math.isnan(row["auc_delong_lo"])
    assert "nan" not in (tables / "table4.md").read_text().lower()
    metrics = read_tsv(evaluation / "metrics.tsv")
    silent = metrics[metrics[["value", "low", "high"]].isna().any(axis=1) & metrics["note"].isna()]
    assert set(silent["metric"]) <= {"auc_permutation_p"}


def test_perfect_separation_still_has_an_interval(tmp_path):
    tables, _ = evaluate(tmp_path, {"resnet10/fused": with_counts(6, 0, 20, 0)})
    row = read_tsv(tables / "table4.tsv").iloc[0]
    assert row["auc"] == 1.0
    assert 0.5 < row["auc_newcombe_lo"] < 0.95
    assert row["auc_lo"] == 1.0  # what the paper's formula says: no doubt at all, from 26 cases


def test_one_necrosis_case_is_stated_in_table_6(tmp_path):
    tables, _ = evaluate(tmp_path, {"resnet10/fused": with_counts(1, 0, 8, 1)})
    assert "1 case, at least 2 needed" in read_tsv(tables / "table6.tsv")["notes"].item()


def folds(repeats=2, parts=3, seed=0):
    """Predictions of a repeated cross-validation of 36 cases, 9 of them necrosis."""
    rng = np.random.default_rng(seed)
    tables = []
    for repeat in range(repeats):
        for part in range(parts):
            members = range(part * 12, part * 12 + 12)
            labels = ["necrosis"] * 3 + ["recurrence"] * 9
            p = 1 / (1 + np.exp(-rng.normal([1] * 3 + [-1] * 9, 1)))
            tables.append(rows(labels, p, fold=f"r{repeat}f{part}", first=members[0]))
    return pd.concat(tables)


def test_repeated_cross_validation(tmp_path):
    predictions = {"resnet10/fused": folds(seed=1), "densenet121/fused": folds(seed=2)}
    tables, evaluation = evaluate(tmp_path, predictions)
    table = read_tsv(tables / "table4.tsv")
    assert (table["n_necrosis"] == 9).all()
    assert table["pooling"].iloc[0] == (
        "out-of-fold predictions of 3 folds joined, mean probability over 2 repeats"
    )
    resampled = read_tsv(evaluation / "resampled.tsv")
    assert resampled["kind"].tolist() == ["mean", "mean", "difference"]
    assert (resampled["folds"] == 6).all()
    runs = read_tsv(evaluation / "runs.tsv")
    assert len(runs) == 12
    mean = runs[runs["backbone"] == "resnet10"]["auc"].mean()
    assert resampled["auc"].iloc[0] == pytest.approx(mean, abs=1e-6)
    # 12 test cases, 24 training cases: the variance is (1/6 + 1/2) s^2.
    sd = runs[runs["backbone"] == "resnet10"]["auc"].std()
    t = (mean - 0.5) / (math.sqrt(1 / 6 + 1 / 2) * sd)
    assert resampled["t_value"].iloc[0] == pytest.approx(t, abs=1e-4)


def test_one_split_says_that_there_are_no_folds(published):
    _, evaluation = published
    assert read_tsv(evaluation / "resampled.tsv")["notes"].item() == (
        "not applicable: one split, no folds"
    )


def test_seeds_are_pooled_and_kept_apart_in_runs(tmp_path):
    both = pd.concat([with_counts(6, 3, 20, 3, seed=k).assign(seed=k) for k in (1, 2)])
    tables, evaluation = evaluate(tmp_path, {"resnet10/fused": both})
    assert read_tsv(tables / "table4.tsv")["n_necrosis"].item() == 9
    assert len(read_tsv(evaluation / "runs.tsv")) == 2
    assert (read_tsv(evaluation / "pooled.tsv")["runs"] == 2).all()


def test_threshold_of_development_cases_is_used(tmp_path):
    test = rows(["necrosis", "necrosis", "recurrence", "recurrence"], [0.3, 0.4, 0.1, 0.15])
    validation = rows(["necrosis", "recurrence"], [0.35, 0.05], which="validation", first=9)
    run = write(pd.concat([test, validation]), tmp_path / "run.tsv")
    _, evaluation = evaluate(tmp_path, {"resnet10/fused": test}, {"resnet10/fused": [run]})
    metrics = read_tsv(evaluation / "metrics.tsv")

    def value(point, metric):
        found = metrics[(metrics["operating_point"] == point) & (metrics["metric"] == metric)]
        return found["value"].iloc[0]

    assert value("chosen", "threshold") == pytest.approx(0.2)
    assert value("chosen", "sens") == 1
    assert value("higher probability", "sens") == 0


def test_models_tested_on_other_cases_are_not_compared(tmp_path):
    one, two = with_counts(6, 3, 20, 3), with_counts(6, 3, 20, 2)
    _, evaluation = evaluate(tmp_path, {"resnet10/fused": one, "densenet121/fused": two})
    note = read_tsv(evaluation / "comparisons.tsv")["notes"].item()
    assert note == "not defined: not the same test cases"


def test_an_unknown_input_set_is_refused(tmp_path):
    with pytest.raises(InputError, match="input set 'flair', expected one of"):
        evaluate(tmp_path, {"resnet10/flair": with_counts(2, 1, 4, 1)})


def test_without_fused_models_tables_4_to_6_are_empty(tmp_path):
    tables, _ = evaluate(tmp_path, {"resnet10/t1": with_counts(6, 3, 20, 3)})
    assert list(read_tsv(tables / "table4.tsv").columns[:14]) == PAPER_COLUMNS
    assert read_tsv(tables / "table5.tsv").empty
    assert "No such input set" in (tables / "table4.md").read_text()


def test_the_ranking_counts_how_many_models_there_are(published):
    _, evaluation = published
    table = read_tsv(evaluation / "ranking.tsv")
    assert list(table["rank"]) == [1, 2, 3, 4]
    assert table["auc"].is_monotonic_decreasing
    assert (table["simultaneous_lo"] <= table["auc_lo"]).all()
    assert (table["simultaneous_hi"] >= table["auc_hi"]).all()
    assert (table["permutation_holm_p"] >= table["permutation_p"]).all()
    assert table["corrected"].notna().tolist() == [True, False, False, False]
    assert table.loc[0, "corrected"] <= table.loc[0, "auc"]


def test_between_cross_validated_models_the_variance_is_for_retraining(tmp_path):
    rng = np.random.default_rng(1)
    labels = ["necrosis"] * 5 + ["recurrence"] * 15
    predictions = {
        f"{name}/t1": pd.concat(
            [
                rows(labels, rng.random(20), fold=f"r{repeat}f{fold}", first=20 * fold)
                for repeat in range(2)
                for fold in range(3)
            ]
        )
        for name in ("one", "other")
    }
    _, evaluation = evaluate(tmp_path, predictions)
    pair = read_tsv(evaluation / "comparisons.tsv").iloc[0]
    pooled = {
        name: one.sort_values("case")
        for name, one in read_tsv(evaluation / "pooled.tsv").groupby("backbone")
    }
    positive = (pooled["one"]["label"] == "necrosis").to_numpy()
    scores = np.stack([pooled[name]["p_necrosis"] for name in ("one", "other")])
    _, covariance = delong_covariance(positive, scores)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    # Random numbers in every repeat: the largest factor, 1 + 3 / 2.
    z = pair["auc_difference"] / math.sqrt(2.5 * variance)
    assert pair["delong_z"] == pytest.approx(z, abs=1e-4)
    assert math.isnan(pair["mcnemar_exact_p"]) and math.isnan(pair["acc_difference_lo"])
    assert "variance times 2.50" in pair["notes"]
    resampled = read_tsv(evaluation / "resampled.tsv").set_index("kind")
    assert resampled.loc["difference", "p"] > 0


def test_two_cases_of_a_patient_widen_the_interval(tmp_path):
    rng = np.random.default_rng(2)
    labels = np.repeat(["necrosis", "recurrence"], [20, 60])
    p = np.clip(np.repeat(rng.random(40) * 0.6, 2) + 0.3 * (labels == "necrosis"), 0, 1)
    predictions = {"net/t1": rows(list(labels), p)}
    widths = []
    for count in (1, 2):
        tables, evaluation = evaluate(tmp_path / str(count), predictions, cases_a_patient=count)
        row = read_tsv(tables / "table3.tsv").iloc[0]
        widths.append(row["auc_recommended_hi"] - row["auc_recommended_lo"])
        metrics = read_tsv(evaluation / "metrics.tsv")
    assert widths[1] > 1.2 * widths[0]
    method = metrics.loc[metrics["metric"] == "auc_permutation_p", "method"].item()
    assert method == "200 permutations of patients, one-sided"
