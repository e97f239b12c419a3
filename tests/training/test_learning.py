"""The networks learn what there is to learn, and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter
from sklearn.metrics import roc_auc_score
from toy_study import run_arguments, save_packed, settings, write_study

from radnec.training.predict import predict_run
from radnec.training.run import train_run


def auc(study, folder, **changed) -> float:
    """Train, predict and return the AUC on the test cases."""
    table = predictions(study, folder, **changed)
    test = table[table["set"] == "test"]
    return float(roc_auc_score(test["label"] == "necrosis", test["p_necrosis"]))


def predictions(study, folder, **changed) -> pd.DataFrame:
    train_run(**run_arguments(study, folder, **changed))
    arguments = {key: value for key, value in study.items() if key != "sequences"}
    output = folder / "predictions.tsv"
    predict_run(model=folder / "run", seed=1, device="cpu", threads=1, output=output, **arguments)
    return pd.read_csv(output, sep="\t")


def permuted(study, folder, seed: int) -> dict:
    """Return the study with the labels of its training cases in another order."""
    split = pd.read_csv(study["split"], sep="\t")
    train = split["set"] == "train"
    labels = split.loc[train, "label"].to_numpy()
    split.loc[train, "label"] = np.random.default_rng(seed).permutation(labels)
    folder.mkdir()
    split.to_csv(folder / "split.tsv", sep="\t", index=False)
    return study | {"split": folder / "split.tsv"}


def test_ring_is_distinguished_from_blob_and_permuted_labels_are_chance(tmp_path):
    study = write_study(tmp_path / "study", train=30, test=60, size=(24, 24, 24))
    chosen = settings(
        epochs=10, batch_size=5, learning_rate=5e-3, augmentation=["flip"], schedule="cosine"
    )
    small = {"backbone": "toy_study:small", "settings": chosen}
    assert auc(study, tmp_path / "true", **small) >= 0.9
    chance = [
        auc(permuted(study, tmp_path / f"p{seed}", seed), tmp_path / f"q{seed}", **small)
        for seed in range(5)
    ]
    assert 0.3 < np.mean(chance) < 0.7


@pytest.mark.slow
def test_resnet10_learns_in_the_demos_time(tmp_path):
    study = write_study(tmp_path / "study", train=30, test=60, size=(64, 64, 32))
    chosen = settings(epochs=10, learning_rate=5e-4, augmentation=["flip"], schedule="cosine")
    assert auc(study, tmp_path, backbone="resnet10", settings=chosen) >= 0.9


def require_by_heart(table: pd.DataFrame) -> None:
    """Cross-entropy over the training cases, as good as zero."""
    learned = table[table["set"] == "train"]
    probability = np.where(
        learned["label"] == "necrosis", learned["p_necrosis"], learned["p_recurrence"]
    )
    assert -np.log(probability).mean() < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["resnet10", "resnet50", "densenet121", "mresnet"])
def test_eight_cases_are_memorised(tmp_path, backbone):
    """Random noise with random labels: only memory can bring the loss to zero."""
    study = write_study(
        tmp_path / "study", train=8, test=2, size=(64, 64, 32), necrosis=0.5, noise_only=True
    )
    chosen = settings(epochs=60, learning_rate=1e-4)
    require_by_heart(predictions(study, tmp_path, backbone=backbone, settings=chosen))


@pytest.mark.slow
@pytest.mark.parametrize(("backbone", "epochs"), [("vgg11", 120), ("vgg16", 100)])
def test_vgg_memorises_eight_cases(tmp_path, backbone, epochs):
    """Random textures of random brightness, all in one batch: white noise averages to the same in
    each of VGG's cells, and without batch normalisation the difference between two cases at a
    time is lost in it. Brightness has nothing to do with the label.
    """
    study = write_study(tmp_path / "study", train=8, test=2, necrosis=0.5, noise_only=True)
    rng = np.random.default_rng(0)
    for path in study["packed"].values():
        textures = [gaussian_filter(rng.standard_normal((32, 32, 32)), 8) for _ in range(10)]
        scaled = [(t - t.min()) / np.ptp(t) for t in textures]
        brightness = 0.3 + 0.1 * (3 * np.arange(10) % 8)
        save_packed(path, np.stack(scaled, dtype=np.float32) * brightness[:, None, None, None])
    chosen = settings(epochs=epochs, batch_size=8, learning_rate=1e-4)
    require_by_heart(predictions(study, tmp_path, backbone=backbone, settings=chosen))
