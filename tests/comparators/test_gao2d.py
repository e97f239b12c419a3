from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import torch
from small_cohort import write_cohort

from radnec.comparators.gao2d import LightNetwork, choose_slices, train_gao2d
from radnec.comparators.settings import Gao2dSettings
from radnec.evaluate.measures.auc import area


def test_slices_with_most_of_the_lesion():
    lesion = np.zeros((4, 4, 6), dtype=bool)
    lesion[0, 0, 1] = lesion[:2, 0, 3] = lesion[:3, 0, 4] = True
    assert choose_slices(lesion, 2) == [3, 4]
    assert choose_slices(lesion, 5) == [1, 3, 4]
    assert choose_slices(np.zeros((4, 4, 6), dtype=bool), 2) == []


def test_it_is_light():
    network = LightNetwork(3)
    # Convolutions without bias, two numbers a channel of normalisation, the last layer with bias.
    widths = [3, 16, 32, 64, 128]
    convolutions = sum(9 * a * b for a, b in itertools.pairwise(widths))
    expected = convolutions + 2 * sum(widths[1:]) + 2 * 128 + 2
    assert sum(one.numel() for one in network.parameters()) == expected
    assert network.eval()(torch.zeros(5, 3, 16, 40)).shape == (5, 2)


def test_it_learns_a_ring_from_a_ball(tmp_path):
    files = write_cohort(tmp_path / "files", volumes=True)
    (tmp_path / "run").mkdir()
    train_gao2d(
        inputs="t1ce",
        sequences=["t1ce"],
        fold="holdout",
        seed=1,
        split=files["split"],
        packed_cases=files["cases"],
        packed={"t1ce": files["packed"]},
        normalised=tmp_path / "files" / "normalised",
        lesions=tmp_path / "files" / "lesion",
        settings=Gao2dSettings(epochs=12, slices=3, learning_rate=3e-3),
        device="cpu",
        threads=1,
        notice="Research use only.",
        outdir=tmp_path / "run",
    )
    table = pd.read_csv(tmp_path / "run" / "predictions.tsv", sep="\t")
    test = table[table["set"] == "test"]
    assert area((test["label"] == "necrosis").to_numpy(), test["p_necrosis"].to_numpy()) > 0.9
