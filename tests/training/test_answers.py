"""Options that change a network's answers: averaged weights, temperature, mirrored volumes."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegression
from torch.optim.swa_utils import AveragedModel
from toy_study import run_arguments, settings, write_study

from radnec.training import loop
from radnec.training.predict import load_network, predict_run
from radnec.training.run import train_run
from radnec.training.temperature import BOUNDS, fit_temperature

SIZE = (16, 18, 14)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_study(
        tmp_path_factory.mktemp("study"), train=16, test=4, size=SIZE, noise_only=True
    )


def trained(study, folder, **changed):
    arguments = run_arguments(study, folder, settings=settings(**changed))
    train_run(**arguments)
    return arguments["outdir"]


def predicted(study, folder, run) -> np.ndarray:
    rest = {key: value for key, value in study.items() if key != "sequences"}
    output = folder / "predictions.tsv"
    predict_run(model=run, seed=1, device="cpu", threads=1, output=output, **rest)
    return pd.read_csv(output, sep="\t")["p_necrosis"].to_numpy()


def logits(study, run, axes=()) -> torch.Tensor:
    """The logits of all cases, mirrored by NumPy; without the code under test."""
    volumes = np.load(study["packed"]["t1ce"])[:, None]
    volumes = np.flip(volumes, [2 + axis for axis in axes]).copy()
    with torch.no_grad():
        return load_network(run, "cpu")(torch.from_numpy(volumes)).double()


def test_mirrored_volumes_are_averaged_over_all_combinations_of_the_axes(study, tmp_path):
    run = trained(study, tmp_path, test_time_flips=["x", "z"], learning_rate=0.05)
    each = [logits(study, run, axes).softmax(1)[:, 1] for axes in ([], [0], [2], [0, 2])]
    expected = torch.stack(each).mean(0).numpy()
    found = predicted(study, tmp_path, run)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert np.abs(found - each[0].numpy()).max() > 1e-4, "else nothing was shown"
    card = json.loads((run / "card.json").read_text())
    assert card["model"]["probabilities"].endswith("mean over volumes mirrored along x, z")


def test_options_of_the_answers_are_no_reason_to_train_again(study, tmp_path, monkeypatch):
    plain = trained(study, tmp_path / "plain")
    changed = tmp_path / "changed"
    first = trained(study, changed)
    epochs = []
    epoch = loop.Trainer._train_epoch
    monkeypatch.setattr(
        loop.Trainer, "_train_epoch", lambda self, p: epochs.append(self.name) or epoch(self, p)
    )
    second = trained(study, changed, test_time_flips=["y"], temperature=True)
    weights = [run / "weights.safetensors" for run in (plain, first, second)]
    assert len({path.read_bytes() for path in weights}) == 1
    assert epochs, "the temperature needs networks of its own"
    assert all("grid part" in name for name in epochs)


def test_the_temperature_divides_the_logits(study, tmp_path):
    run = trained(study, tmp_path, temperature=True, learning_rate=0.02, epochs=4)
    temperature = json.loads((run / "network.json").read_text())["temperature"]
    assert temperature != 1.0
    expected = (logits(study, run) / temperature).softmax(1)[:, 1].numpy()
    np.testing.assert_allclose(predicted(study, tmp_path, run), expected, atol=1e-6)


def test_temperature_is_the_slope_of_a_logistic_regression():
    """With two classes 1 / T is the coefficient of the difference of the logits."""
    rng = np.random.default_rng(0)
    true = rng.normal(0, 2, 4000)
    targets = (rng.random(4000) < 1 / (1 + np.exp(-true))).astype(int)
    given = np.stack([np.zeros(4000), 3 * true], axis=1)
    temperature = fit_temperature(given, targets)
    regression = LogisticRegression(C=np.inf, fit_intercept=False).fit(3 * true[:, None], targets)
    assert temperature == pytest.approx(1 / regression.coef_[0, 0], rel=1e-3)
    assert temperature == pytest.approx(3, rel=0.1), "the logits were three times too large"


def test_answers_that_are_all_right_or_worth_nothing_keep_the_temperature_in_bounds():
    right = [[0.0, 1.0], [1.0, 0.0]]
    assert fit_temperature(right, [1, 0]) == pytest.approx(BOUNDS[0], rel=0.01)
    assert fit_temperature(right, [0, 1]) == pytest.approx(BOUNDS[1], rel=0.01)


def test_averaged_weights_are_the_formula(study, tmp_path, monkeypatch):
    """Of the weights after each step: w' = 0.8 w' + 0.2 w, begun with the first."""
    seen = []
    update = AveragedModel.update_parameters

    def noted(self, network):
        seen.append({name: value.clone() for name, value in network.state_dict().items()})
        return update(self, network)

    monkeypatch.setattr(AveragedModel, "update_parameters", noted)
    found = load_file(trained(study, tmp_path, average=0.8) / "weights.safetensors")
    assert len(seen) == 2 * 8
    for name, value in found.items():
        if not value.is_floating_point():
            continue
        expected = seen[0][name].double()
        for later in seen[1:]:
            expected = 0.8 * expected + 0.2 * later[name].double()
        torch.testing.assert_close(value.double(), expected, rtol=1e-4, atol=1e-6)
        assert "weight" not in name or not torch.allclose(value, seen[-1][name], atol=1e-6)


def test_averaged_weights_survive_a_kill_and_a_second_start(study, tmp_path, monkeypatch):
    chosen = {"average": 0.9, "validation_fraction": 0.25, "epochs": 4}
    plain = trained(study, tmp_path / "plain", **chosen)
    weights = (plain / "weights.safetensors").read_bytes()
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY_S", 0.0)
    original = loop.Loss.__call__
    for place in (5, 14):
        counter = itertools.count()

        def stopping(self, *arguments, counter=counter, place=place):
            if next(counter) == place:
                raise KeyboardInterrupt
            return original(self, *arguments)

        monkeypatch.setattr(loop.Loss, "__call__", stopping)
        with pytest.raises(KeyboardInterrupt):
            trained(study, tmp_path / "killed", **chosen)
    monkeypatch.setattr(loop.Loss, "__call__", original)
    for _ in range(2):  # the second finds it finished
        run = trained(study, tmp_path / "killed", **chosen)
        assert (run / "weights.safetensors").read_bytes() == weights
