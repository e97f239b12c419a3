from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from toy_study import run_arguments, settings, write_study

from radnec.core.errors import InputError
from radnec.training.predict import load_network, predict_cases, predict_run
from radnec.training.run import train_run


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A trained MresNet, its study and its predictions."""
    folder = tmp_path_factory.mktemp("predict")
    study = write_study(folder / "study", train=10, test=5, sequences=("t1", "t2"), noise_only=True)
    chosen = settings(epochs=1, validation_fraction=0.3)
    train_run(**run_arguments(study, folder, backbone="mresnet", settings=chosen))
    predict(folder, study, folder / "predictions.tsv")
    return folder, study


def predict(folder, study, output):
    arguments = {key: value for key, value in study.items() if key != "sequences"}
    predict_run(model=folder / "run", seed=1, device="cpu", threads=1, output=output, **arguments)


def test_columns_and_sets(trained):
    folder, _ = trained
    table = pd.read_csv(folder / "predictions.tsv", sep="\t")
    assert list(table.columns) == [
        "case", "label", "fold", "seed", "set", "p_necrosis", "p_recurrence", "predicted",
    ]  # fmt: skip
    described = json.loads((folder / "run" / "network.json").read_text())
    held = table.loc[table["set"] == "validation", "case"].tolist()
    assert held == described["validation_cases"]
    assert len(held) in (3, 4)
    assert (table["set"] == "test").sum() == 5
    assert (table["p_necrosis"] + table["p_recurrence"] == 1).all()
    higher = np.where(table["p_necrosis"] > table["p_recurrence"], "necrosis", "recurrence")
    assert (table["predicted"] == higher).all()


def test_probabilities_are_the_softmax_of_the_stored_weights(trained):
    """Rebuilt from the class, the weights and the arrays, without the code under test."""
    from radnec.networks.mresnet import MultiScaleResNet

    folder, study = trained
    network = MultiScaleResNet(in_channels=2).eval()
    network.load_state_dict(load_file(folder / "run" / "weights.safetensors"))
    images = np.stack([np.load(study["packed"][name]) for name in ("t1", "t2")], axis=1)
    with torch.no_grad():
        expected = torch.softmax(network(torch.from_numpy(images)), dim=1)[:, 1]
    table = pd.read_csv(folder / "predictions.tsv", sep="\t")
    np.testing.assert_allclose(table["p_necrosis"], expected, atol=1e-6)


def test_labels_do_not_matter_to_a_prediction(trained, tmp_path):
    folder, study = trained
    split = pd.read_csv(study["split"], sep="\t")
    split["label"] = split["label"].map({"necrosis": "recurrence", "recurrence": "necrosis"})
    split.to_csv(tmp_path / "split.tsv", sep="\t", index=False)
    predict(folder, study | {"split": tmp_path / "split.tsv"}, tmp_path / "predictions.tsv")
    before, after = (
        pd.read_csv(path / "predictions.tsv", sep="\t")["p_necrosis"] for path in (folder, tmp_path)
    )
    assert before.equals(after)


def test_the_next_patient_needs_no_label(trained):
    folder, study = trained
    volume = np.stack([np.load(study["packed"][name])[3] for name in ("t1", "t2")])
    network = load_network(folder / "run", "cpu")
    assert not network.training
    alone = predict_cases(network, [("new", volume)], torch.device("cpu"), {})
    table = pd.read_csv(folder / "predictions.tsv", sep="\t").set_index("case")
    assert alone.loc[0, "p_necrosis"] == table.loc["case003", "p_necrosis"]


def test_volumes_of_another_size_are_refused(trained, tmp_path):
    folder, _ = trained
    other = write_study(
        tmp_path, train=10, test=5, size=(32, 32, 33), sequences=("t1", "t2"), noise_only=True
    )
    with pytest.raises(InputError, match=r"\(32, 32, 33\) voxels, expected \[32, 32, 32\]"):
        predict(folder, other, tmp_path / "predictions.tsv")


def test_a_models_file_cannot_name_code_to_run(trained, tmp_path):
    described = json.loads((trained[0] / "run" / "network.json").read_text())
    described["backbone"] = "os:abort"
    (tmp_path / "network.json").write_text(json.dumps(described))
    with pytest.raises(InputError, match="would run code outside this package"):
        load_network(tmp_path, "cpu", trusted=False)


def test_damaged_weights_and_arrays_are_refused(trained, tmp_path):
    folder, study = trained
    shutil.copytree(folder / "run", tmp_path / "run")
    weights = tmp_path / "run" / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[-9] ^= 1
    weights.write_bytes(data)
    with pytest.raises(InputError, match=r"weights\.safetensors is not what was written.*Delete"):
        load_network(tmp_path / "run", "cpu")
    for path in study["packed"].values():
        for name in (path, path.with_suffix(".sha256")):
            shutil.copy(name, tmp_path)
    packed = {name: tmp_path / path.name for name, path in study["packed"].items()}
    with packed["t1"].open("r+b") as stream:
        stream.seek(-9, 2)
        stream.write(b"\x01")
    with pytest.raises(InputError, match=r"t1\.npy is not what was written.*Delete"):
        predict(folder, study | {"packed": packed}, tmp_path / "predictions.tsv")


def test_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(InputError, match=r"network.json: no such file"):
        load_network(tmp_path, "cpu")


def test_network_that_follows_the_voxels_is_built_again(tmp_path):
    study = write_study(tmp_path / "study", train=6, test=2, noise_only=True)
    arguments = run_arguments(
        study, tmp_path, backbone="mresnet", settings=settings(epochs=1), spacing=[1.0, 1.0, 4.0]
    )
    train_run(**arguments)
    network = load_network(tmp_path / "run", "cpu")
    stem, pool = network.stem[0], network.stem[3]
    assert (stem.kernel_size, stem.stride) == ((7, 7, 1), (2, 2, 1))
    assert (pool.kernel_size, pool.stride) == ((3, 3, 1), (2, 2, 1))
    predict(tmp_path, study, tmp_path / "predictions.tsv")
    described = json.loads((tmp_path / "run" / "network.json").read_text())
    assert described["spacing"] == [1.0, 1.0, 4.0]
    card = (tmp_path / "run" / "card.md").read_text()
    assert "| kernels and strides | follow voxels of 1.00 x 1.00 x 4.00 mm |" in card
    # Other voxels, another run: nothing is taken up from the first.
    train_run(**arguments | {"spacing": None, "outdir": tmp_path / "alike"})
    assert load_network(tmp_path / "alike", "cpu").stem[0].kernel_size == (7, 7, 7)
    assert "| the same along all axes |" in (tmp_path / "alike" / "card.md").read_text()
    # A study made before networks followed the voxels says nothing about them.
    described = json.loads((tmp_path / "alike" / "network.json").read_text())
    del described["spacing"]
    (tmp_path / "alike" / "network.json").write_text(json.dumps(described))
    assert load_network(tmp_path / "alike", "cpu").stem[0].kernel_size == (7, 7, 7)
