from __future__ import annotations

import math
from collections import Counter
from itertools import chain

import pytest
import torch
from torch import nn
from toy_study import settings

from radnec.core.errors import InputError
from radnec.training.optimise import epoch_batches, learning_rate, make_optimiser

TARGETS = [0] * 9 + [1] * 3


def test_every_case_once_an_epoch_in_a_new_order():
    first = epoch_batches(TARGETS, settings(), seed=1, epoch=0)
    second = epoch_batches(TARGETS, settings(), seed=1, epoch=1)
    assert sorted(chain(*first)) == list(range(12))
    assert first != second
    assert first == epoch_batches(TARGETS, settings(), seed=1, epoch=0)
    assert first != epoch_batches(TARGETS, settings(), seed=2, epoch=0)


def test_balanced_sampling_draws_both_classes_alike():
    drawn: Counter[int] = Counter()
    for epoch in range(400):
        for batch in epoch_batches(TARGETS, settings(sampling="balanced"), 1, epoch):
            drawn.update(TARGETS[position] for position in batch)
    # 4,800 draws at 1/2: standard error 0.0072.
    assert drawn[1] / (drawn[0] + drawn[1]) == pytest.approx(0.5, abs=0.03)


def test_a_last_batch_of_one_case_is_left_out_by_turns():
    left_out: Counter[int] = Counter()
    for epoch in range(60):
        batches = epoch_batches(TARGETS[:11], settings(), 1, epoch)
        assert [len(batch) for batch in batches] == [2] * 5
        left_out.update(set(range(11)) - set(chain(*batches)))
    assert len(left_out) == 11
    assert epoch_batches([0, 1, 1], settings(batch_size=1), 1, 0) != []


def test_cosine_schedule_is_torchs():
    chosen = settings(schedule="cosine", epochs=10, learning_rate=0.3)
    optimiser = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=10)
    for epoch in range(10):
        assert learning_rate(chosen, epoch) == pytest.approx(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    assert learning_rate(settings(learning_rate=0.3), 7) == 0.3


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd"])
def test_first_step_is_the_formulas(name):
    """One weight w = 1, gradient 2, rate 0.1, decay 0.5; written out."""
    layer = nn.Linear(1, 1, bias=False)
    nn.init.ones_(layer.weight)
    optimiser = make_optimiser(layer, settings(optimiser=name, learning_rate=0.1, weight_decay=0.5))
    (2 * layer.weight).sum().backward()
    optimiser.step()
    gradient = 2 + 0.5 * 1
    expected = {
        # The first step of Adam is the rate times the sign of the gradient.
        "adam": 1 - 0.1 * gradient / (math.sqrt(gradient**2) + 1e-8),
        "adamw": 1 * (1 - 0.1 * 0.5) - 0.1,
        "sgd": 1 - 0.1 * (gradient + 0.9 * gradient),
    }[name]
    assert layer.weight.item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"learning_rate": 0.0}, r"learning_rate: found 0.0, expected a number above 0"),
        ({"learning_rate": "low"}, r"learning_rate: found 'low', expected a number above 0"),
        ({"patience": 3}, r"patience: found 3, .* stopping early needs a validation part"),
        ({"grid_folds": 1}, r"grid_folds: found 1, expected a whole number of at least 2"),
        ({"optimiser": "adagrad"}, r"optimiser: found 'adagrad', expected adam, adamw or sgd"),
        ({"augmentation": ["mirror"]}, r"augmentation.0: found 'mirror', expected flip, "),
        ({"grid": {"epochs": [5, "x"]}}, r"grid.epochs.1: found 'x', expected a whole number"),
        ({"grid": {"patience": [5]}}, r"grid.patience: unknown key, expected one of learning_"),
    ],
)
def test_wrong_setting_is_named(changed, message):
    with pytest.raises(InputError, match=message):
        settings(**changed)
