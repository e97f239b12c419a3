"""The ledger of evaluations: it grows with changes, and not with reruns."""

from __future__ import annotations

from evaluate_helpers import SETTINGS, with_counts

from radnec.core.tables import read_tsv
from radnec.evaluate.settings import EvaluationSettings
from radnec.evaluate.tables.ledger import note_evaluation

FIRST = {"resnet10/fused": with_counts(6, 3, 20, 3, seed=1)}


def test_a_rerun_is_no_further_look(tmp_path):
    path = tmp_path / "evaluations.tsv"
    for _ in range(2):
        assert note_evaluation(path, FIRST, SETTINGS) == {"evaluations": 1, "predictions": 1}
    shuffled = {key: frame.sample(frac=1, random_state=1) for key, frame in FIRST.items()}
    assert note_evaluation(path, shuffled, SETTINGS)["evaluations"] == 1
    assert len(read_tsv(path)) == 1


def test_other_predictions_and_other_settings_are_counted(tmp_path):
    path = tmp_path / "evaluations.tsv"
    note_evaluation(path, FIRST, SETTINGS)
    again = {"resnet10/fused": with_counts(6, 3, 20, 3, seed=2)}
    assert note_evaluation(path, again, SETTINGS) == {"evaluations": 2, "predictions": 2}
    # Back to the first: nothing new.
    assert note_evaluation(path, FIRST, SETTINGS) == {"evaluations": 2, "predictions": 2}
    other = EvaluationSettings(confidence=0.8)
    assert note_evaluation(path, FIRST, other) == {"evaluations": 3, "predictions": 2}


def test_another_test_set_begins_anew(tmp_path):
    path = tmp_path / "evaluations.tsv"
    note_evaluation(path, FIRST, SETTINGS)
    larger = {"resnet10/fused": with_counts(6, 3, 21, 3, seed=1)}
    assert note_evaluation(path, larger, SETTINGS) == {"evaluations": 1, "predictions": 1}
    assert len(read_tsv(path)) == 2


def test_no_case_is_named(tmp_path):
    path = tmp_path / "evaluations.tsv"
    note_evaluation(path, FIRST, SETTINGS)
    assert "P00" not in path.read_text()
