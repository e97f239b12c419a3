"""Batches keep their cases whatever the others do."""

from __future__ import annotations

import random

from radnec.study.batches import Batches

CASES = [f"C{number:03}" for number in range(47)]


def test_the_batches_of_any_cases_hold_each_of_them_once_and_in_order():
    chance = random.Random(3)
    batches = Batches(CASES, 10)
    for _ in range(20):
        needed = set(chance.sample(CASES, chance.randrange(len(CASES))))
        held = [case for number in range(5) for case in batches.cases(number, needed)]
        assert held == sorted(needed)
        assert all(case in batches.cases(batches.number(case), needed) for case in needed)


def test_a_case_stays_in_its_batch_when_others_leave_the_study():
    batches = Batches(CASES, 10)
    assert [batches.number(CASES[place]) for place in (0, 9, 10, 46)] == [0, 0, 1, 4]
    assert batches.cases(1, {"C010", "C019", "C020"}) == ["C010", "C019"]
    assert batches.cases(4, CASES) == CASES[40:]
