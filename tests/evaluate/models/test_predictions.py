"""Reading, refusing and pooling predictions."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from evaluate_helpers import rows, write

from radnec.core.errors import InputError
from radnec.evaluate.models.predictions import check_complete, folds_of, pool, read_predictions

LABELS = ["necrosis", "recurrence", "recurrence"]


def test_one_run_is_taken_as_it_is(tmp_path):
    path = write(rows(LABELS, [0.8, 0.1, 0.6]), tmp_path / "p.tsv")
    found = pool(read_predictions(path))
    assert found.how == "one split, one run"
    np.testing.assert_array_equal(found.positive, [True, False, False])
    np.testing.assert_allclose(found.score, [0.8, 0.1, 0.6])


def test_seeds_are_averaged_case_by_case():
    both = pd.concat([rows(LABELS, [0.8, 0.1, 0.6]), rows(LABELS, [0.4, 0.3, 0.2], seed=2)])
    found = pool(both)
    np.testing.assert_allclose(found.score, [0.6, 0.2, 0.4])
    assert list(found.cases["runs"]) == [2, 2, 2]
    assert found.how == "one split, mean probability over 2 seeds"


def test_folds_are_joined_and_repeats_averaged():
    parts = [
        rows(["necrosis", "recurrence"], [0.9, 0.1], fold="r0f0"),
        rows(["necrosis", "recurrence"], [0.7, 0.2], fold="r0f1", first=2),
        rows(["necrosis", "recurrence"], [0.5, 0.3], fold="r1f0"),
        rows(["necrosis", "recurrence"], [0.1, 0.4], fold="r1f1", first=2),
    ]
    found = pool(pd.concat(parts))
    assert len(found.cases) == 4
    np.testing.assert_allclose(found.score, [0.7, 0.2, 0.4, 0.3])
    assert found.how == (
        "out-of-fold predictions of 2 folds joined, mean probability over 2 repeats"
    )


def test_training_rows_are_left_out():
    table = pd.concat(
        [rows(LABELS, [0.8, 0.1, 0.6]), rows(LABELS, [1, 0, 0], which="train", first=3)]
    )
    assert len(pool(table).cases) == 3


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("label", "tumour", r"row 3 \(case 'P001'\): label: found 'tumour', expected recurrence"),
        ("p_necrosis", math.nan, "row 3 .*p_necrosis: found nan, expected a probability"),
        ("p_necrosis", 1.2, "p_necrosis: found 1.2, expected a probability from 0 to 1"),
        ("p_recurrence", 0.4, "p_recurrence: found 0.4, expected 1 - p_necrosis"),
        ("set", "dev", "set: found 'dev', expected train, validation, test"),
        ("case", "P000", "case: found 'P000', expected one row a case, fold and seed"),
        ("fold", "r0f0", "fold: found 'r0f0', expected 'holdout' in every row or in none"),
    ],
)
def test_wrong_rows_are_named(tmp_path, column, value, message):
    table = rows(LABELS, [0.8, 0.1, 0.6])
    table.loc[1, column] = value
    with pytest.raises(InputError, match=message) as error:
        read_predictions(write(table, tmp_path / "p.tsv"))
    assert str(tmp_path / "p.tsv") in str(error.value)


def test_a_missing_column_is_named(tmp_path):
    path = write(rows(LABELS, [0.8, 0.1, 0.6]).drop(columns="p_recurrence"), tmp_path / "p.tsv")
    with pytest.raises(InputError, match="columns missing: p_recurrence"):
        read_predictions(path)


def test_a_case_with_two_labels_is_refused(tmp_path):
    other = rows(["recurrence"], [0.2], seed=2)
    path = write(pd.concat([rows(LABELS, [0.8, 0.1, 0.6]), other]), tmp_path / "p.tsv")
    with pytest.raises(InputError, match="label: found 'necrosis', expected the same in every run"):
        read_predictions(path)


def test_unknown_fold_names_are_refused():
    with pytest.raises(InputError, match="fold: found 'fold3'"):
        folds_of(rows(LABELS, [0.8, 0.1, 0.6], fold="fold3"))


def test_case_called_na_stays_a_case(tmp_path):
    table = rows(LABELS, [0.8, 0.1, 0.6])
    table.loc[0, "case"] = "NA"
    assert "NA" in set(read_predictions(write(table, tmp_path / "p.tsv"))["case"])


def folds(*parts):
    """Two cases a fold; each part is the name of a fold and its first case."""
    return pd.concat(
        [rows(["necrosis", "recurrence"], [0.9, 0.1], fold=name, first=k) for name, k in parts]
    )


def test_a_case_trained_on_and_tested_is_refused(tmp_path):
    both = pd.concat([rows(LABELS, [0.8, 0.1, 0.6]), rows(LABELS[:1], [0.8], which="train")])
    with pytest.raises(InputError, match=r"'P000'\): set: .*each case in one set of a fold"):
        read_predictions(write(both, tmp_path / "p.tsv"))


def test_a_case_tested_in_two_folds_of_a_repeat_is_refused(tmp_path):
    path = write(folds(("r0f0", 0), ("r0f1", 0)), tmp_path / "p.tsv")
    with pytest.raises(InputError, match=r"'P000'\): fold: tested in r0f0, r0f1, expected one"):
        read_predictions(path)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([("r0f0", 0), ("r0f1", 2), ("r1f0", 0)], "'P002': tested 1 times, expected 2"),
        ([("r0f0", 0), ("r0f1", 2), ("r1f0", 0), ("r1f0", 2)], "repeat 1 has 1 folds, expected 2"),
    ],
)
def test_uneven_repeats_are_refused(tmp_path, parts, message):
    table = read_predictions(write(folds(*parts), tmp_path / "p.tsv"))
    with pytest.raises(InputError, match=message):
        check_complete(tmp_path / "p.tsv", table)
