from __future__ import annotations

import json

import numpy as np
import pytest
from toy_study import run_arguments, save_packed, settings, write_study

from radnec.core.errors import InputError
from radnec.training.grid import candidates
from radnec.training.run import train_run

SIZE = (16, 18, 14)


def test_grid_is_the_product_of_its_values():
    grid = {"learning_rate": [1e-4, 1e-3], "optimiser": ["adam", "sgd"], "batch_size": [2]}
    points = candidates(settings(grid=grid))
    assert [(p.learning_rate, p.optimiser, p.batch_size) for p in points] == [
        (1e-4, "adam", 2), (1e-4, "sgd", 2), (1e-3, "adam", 2), (1e-3, "sgd", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"compile": [1]}, r"grid\.compile: unknown key, expected one of learning_rate"),
        ({"learning_rate": [-1.0]}, r"grid\.learning_rate\.0: found -1\.0, expected a number"),
        ({"optimiser": ["lion"]}, r"grid\.optimiser\.0: found 'lion', expected adam, adamw or sgd"),
    ],
)
def test_wrong_grid_is_named(grid, message):
    with pytest.raises(InputError, match=message):
        candidates(settings(grid=grid))


def test_best_point_is_chosen_inside_the_training_set(tmp_path):
    """A rate at which nothing is learned loses; the rest is an ordinary run with the other."""
    study = write_study(tmp_path / "study", train=20, test=6, size=(24, 24, 24))
    common = {"epochs": 6, "grid_folds": 2}
    chosen = settings(**common, grid={"learning_rate": [1e-12, 3e-3]})
    train_run(**run_arguments(study, tmp_path / "a", settings=chosen))
    card = json.loads((tmp_path / "a/run/card.json").read_text())
    assert card["settings"]["learning_rate"] == 3e-3
    assert [row["learning_rate"] for row in card["grid"]] == [1e-12, 3e-3]
    assert card["grid"][0]["mean_loss"] > card["grid"][1]["mean_loss"]
    plain = settings(**common, learning_rate=3e-3)
    train_run(**run_arguments(study, tmp_path / "b", settings=plain))
    a, b = (tmp_path / folder / "run/weights.safetensors" for folder in "ab")
    assert a.read_bytes() == b.read_bytes()


def test_test_set_takes_no_part_in_the_choice(tmp_path):
    study = write_study(tmp_path / "study", train=12, test=4, size=SIZE, noise_only=True)
    chosen = settings(epochs=1, grid={"learning_rate": [1e-4, 1e-2]})
    train_run(**run_arguments(study, tmp_path / "a", settings=chosen))
    array = np.load(study["packed"]["t1ce"])
    array[12:] = np.nan
    save_packed(study["packed"]["t1ce"], array)
    train_run(**run_arguments(study, tmp_path / "b", settings=chosen))
    tried = [json.loads((tmp_path / f / "run/card.json").read_text())["grid"] for f in "ab"]
    assert tried[0] == tried[1]
