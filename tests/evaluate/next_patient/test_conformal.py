"""Prediction sets: p values by hand, coverage of new cases by simulation, the file."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from radnec.core.errors import InputError
from radnec.evaluate.next_patient.conformal import (
    ConformalSets,
    cross_fitted_sets,
    fit_sets,
    name_of_set,
)
from radnec.evaluate.next_patient.store import fit_next_patient, read_next_patient

KNOWN = ConformalSets(0.6, {"necrosis": (0.2, 0.6, 0.9), "recurrence": (0.1, 0.3, 0.4, 0.7)})


def test_p_values_by_hand():
    # 0.6: two of three necroses are at or below it, one of four recurrences at or above it.
    p = KNOWN.p_values(np.array([0.6, 0.05]))
    np.testing.assert_allclose(p["necrosis"], [(2 + 1) / 4, (0 + 1) / 4])
    np.testing.assert_allclose(p["recurrence"], [(1 + 1) / 5, (4 + 1) / 5])


def test_sets_by_hand():
    # At 0.6 a class stays with p above 0.4.
    # 0.35: p is 2 / 4 for necrosis, 3 / 5 for recurrence; 0.8: 3 / 4 and 1 / 5.
    found = KNOWN.predict(np.array([0.6, 0.05, 0.35]))
    assert found == [("necrosis",), ("recurrence",), ("recurrence", "necrosis")]
    assert [name_of_set(s) for s in found] == ["necrosis", "recurrence", "undecided"]


def test_a_case_unlike_both_classes_is_in_neither():
    apart = ConformalSets(
        0.8, {"necrosis": tuple(np.linspace(0.9, 1, 20)), "recurrence": (0.0,) * 20}
    )
    assert apart.predict(np.array([0.5])) == [()]
    assert name_of_set(()) == "undecided"


@pytest.mark.parametrize(("confidence", "least"), [(0.9, 9), (0.95, 19), (0.8, 4)])
def test_from_how_many_cases_a_class_can_be_left_out(confidence, least):
    for count in (least - 1, least):
        known = ConformalSets(confidence, {"necrosis": (0.9,) * count, "recurrence": (0.1,) * 99})
        left_out = "necrosis" not in known.predict(np.array([0.0]))[0]
        # 1 / (cases + 1) has to be at most 1 - confidence.
        assert left_out == (1 / (count + 1) <= 1 - confidence + 1e-9)
        assert ("necrosis" in known.never_left_out()) != left_out


def test_new_cases_of_each_class_are_covered_at_the_stated_rate():
    rng = np.random.default_rng(1)
    held = {True: [], False: []}
    for _ in range(200):
        positive = np.arange(54) < 14
        score = 1 / (1 + np.exp(-rng.normal(np.where(positive, 1.0, -1.0), 1.5)))
        known = fit_sets(positive, score, 0.8)
        for true in (True, False):
            new = 1 / (1 + np.exp(-rng.normal(1.0 if true else -1.0, 1.5, 50)))
            label = "necrosis" if true else "recurrence"
            held[true].append(np.mean([label in s for s in known.predict(new)]))
    # Without ties the mean is ceil(0.8 (m + 1)) / (m + 1), the beta distribution's.
    for true, m in ((True, 14), (False, 40)):
        error = np.std(held[true]) / math.sqrt(200)
        assert np.mean(held[true]) == pytest.approx(
            math.ceil(0.8 * (m + 1)) / (m + 1), abs=3 * error
        )


def test_a_case_does_not_shape_its_own_set():
    positive = np.arange(40) < 20
    score = np.linspace(0.99, 0.01, 40)
    parts = np.arange(40) % 10
    sets = cross_fitted_sets(positive, score, parts, 0.9)
    one = parts == 3
    alone = fit_sets(positive[~one], score[~one], 0.9).predict(score[one])
    assert [sets[k] for k in np.flatnonzero(one)] == alone


def test_file_goes_and_comes_back(tmp_path):
    rng = np.random.default_rng(2)
    positive = np.arange(60) < 15
    score = np.clip(rng.normal(np.where(positive, 0.7, 0.3), 0.2), 0, 1)
    known = fit_next_patient(
        positive, score, source="one split, one run", method="shift", confidence=0.9
    )
    path = tmp_path / "fused.json"
    path.write_text(
        json.dumps(
            {
                "source": known.source,
                "recalibration": known.chosen,
                "recalibrations": {n: r.to_json() for n, r in known.recalibrations.items()},
                "sets": known.sets.to_json(),
            }
        )
    )
    read = read_next_patient(path)
    assert read == known
    assert read.recalibration.method == "shift"
    new = np.array([0.2, 0.9])
    assert read.sets.predict(new) == known.sets.predict(new)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("{}", "recalibration: found None, expected a str"),
        (
            '{"recalibration": "shift", "recalibrations": {}, "source": "", "sets": {}}',
            "sets: confidence: found None",
        ),
    ],
)
def test_wrong_file_is_refused(tmp_path, text, words):
    path = tmp_path / "fused.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_next_patient(path)
