"""Features of a trained network against its layers, run one after the other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.covariance import LedoitWolf
from torch import nn
from toy_study import run_arguments, write_study

from radnec.core.errors import InputError
from radnec.novelty.features import captured_features, describe_features, read_features
from radnec.training.data import fold_cases
from radnec.training.predict import load_network
from radnec.training.run import train_run


def test_captured_are_the_inputs_of_the_last_linear_layer():
    torch.manual_seed(1)
    body = nn.Sequential(nn.Conv3d(1, 4, 3), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(4, 6))
    network = nn.Sequential(body, nn.ReLU(), nn.Linear(6, 2)).eval()
    images = torch.rand(3, 1, 8, 8, 8)
    with captured_features(network) as found:
        network(images)
    expected = torch.relu(body(images)).detach().numpy()
    np.testing.assert_allclose(np.stack(found), expected, rtol=1e-6)
    network(images)
    assert len(found) == 3


def test_without_linear_layer_the_last_convolution_counts():
    torch.manual_seed(2)
    body = nn.Sequential(nn.Conv3d(1, 4, 3), nn.ReLU())
    head = nn.Sequential(nn.Conv3d(4, 2, 1), nn.AdaptiveAvgPool3d(1), nn.Flatten())
    images = torch.rand(2, 1, 8, 8, 8)
    with captured_features(nn.Sequential(body, head)) as found:
        head(body(images))
    expected = body(images).detach().mean(dim=(2, 3, 4)).numpy()
    np.testing.assert_allclose(np.stack(found), expected, rtol=1e-5)


def test_network_without_any_such_layer_is_named():
    with (
        pytest.raises(InputError, match="Flatten has neither a linear layer nor"),
        captured_features(nn.Flatten()),
    ):
        pass


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("features")
    study = write_study(folder / "study", train=10, test=4, noise_only=True)
    train_run(**run_arguments(study, folder))
    return folder, study


def describe(trained, output, similar_cases):
    folder, study = trained
    keys = ("packed_cases", "packed", "split", "fold")
    describe_features(
        model=folder / "run", similar_cases=similar_cases, device="cpu", threads=1, output=output,
        **{key: study[key] for key in keys},
    )  # fmt: skip
    return read_features(output)


def test_distances_of_held_out_cases_are_sklearns(trained, tmp_path):
    folder, study = trained
    stored = describe(trained, tmp_path / "features.npz", similar_cases=False)
    cases = fold_cases(study["split"], study["packed_cases"], "holdout", ["train", "test"])
    network = load_network(folder / "run", "cpu")
    volumes = torch.from_numpy(np.load(study["packed"]["t1ce"]))[:, None]
    with torch.no_grad():
        features = network[:-1](volumes).double().numpy()
    train = (cases["set"] == "train").to_numpy()
    fitted = LedoitWolf().fit(features[train])
    expected = np.log(fitted.mahalanobis(features[~train]) / features.shape[1])
    np.testing.assert_allclose(stored["held_out"], expected, rtol=1e-3, atol=1e-3)
    assert list(stored["held_out_cases"]) == ["case010", "case011", "case012", "case013"]


def test_training_cases_are_named_only_where_the_study_allows_it(trained, tmp_path):
    silent = describe(trained, tmp_path / "silent.npz", similar_cases=False)
    assert not {"cases", "labels", "coordinates"} & set(silent)
    open_one = describe(trained, tmp_path / "open.npz", similar_cases=True)
    assert list(open_one["cases"]) == [f"case{k:03d}" for k in range(10)]
    assert len(open_one["coordinates"]) == 10
