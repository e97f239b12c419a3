"""Insertion and deletion with a network whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from radnec.explain.curves import Curve, featureless, perturbation_curve


class CornerNetwork(nn.Module):
    """Class 1 is as likely as the corner of the volume is brighter than the mean value 0.5."""

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        logit = 40 * (volume[:, :, :3, :3, :3].mean((1, 2, 3, 4)) - 0.5)
        return torch.stack([-logit / 2, logit / 2], dim=1)


def case() -> tuple[torch.Tensor, np.ndarray, np.ndarray]:
    brain = np.zeros((12, 12, 12), dtype=bool)
    brain[:9, :9, :9] = True
    volume = torch.zeros(1, 2, 12, 12, 12)
    volume[:, :, torch.from_numpy(brain)] = 0.2
    volume[:, :, :3, :3, :3] = 1.0
    good = np.zeros(brain.shape)
    good[:3, :3, :3] = 1.0
    return volume, brain, good


def run(order: np.ndarray, direction: str, steps: int = 10) -> Curve:
    volume, brain, _ = case()
    return perturbation_curve(
        CornerNetwork(), volume, order, brain, target=1, direction=direction, steps=steps, seed=0
    )


def test_ends_are_the_case_and_the_featureless_one() -> None:
    volume, brain, good = case()
    network = CornerNetwork()
    whole = float(network(volume).softmax(1)[0, 1])
    empty = float(network(featureless(volume, brain)).softmax(1)[0, 1])
    deletion, insertion = run(good, "deletion"), run(good, "insertion")
    assert deletion.probability[0] == pytest.approx(whole)
    assert deletion.probability[-1] == pytest.approx(empty)
    assert insertion.probability[0] == pytest.approx(empty)
    assert insertion.probability[-1] == pytest.approx(whole)


def test_right_map_falls_and_rises_early_wrong_map_late() -> None:
    _, _, good = case()
    assert run(good, "deletion").area < 0.1 < 0.8 < run(-good, "deletion").area
    assert run(good, "insertion").area > 0.9 > 0.2 > run(-good, "insertion").area


def test_area_by_hand() -> None:
    curve = Curve(np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.5, 0.0]))
    assert curve.area == pytest.approx(0.5)


def test_featureless_keeps_outline_and_mean() -> None:
    volume, brain, _ = case()
    empty = featureless(volume, brain)
    mask = torch.from_numpy(brain)
    assert not empty[0, :, ~mask].any()
    for channel in range(2):
        inside = empty[0, channel][mask]
        assert inside.max() == inside.min()
        assert float(inside[0]) == pytest.approx(float(volume[0, channel][mask].mean()), rel=1e-6)


def test_ties_are_drawn_the_same_way_each_time() -> None:
    flat = np.zeros((12, 12, 12))
    np.testing.assert_array_equal(
        run(flat, "deletion").probability, run(flat, "deletion").probability
    )
