"""The weight-randomisation check itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from radnec.explain.randomise import SHARES, cascade, similarity
from radnec.networks.registry import build_network


def test_cascade_destroys_from_the_output_and_leaves_the_network_alone() -> None:
    network = build_network("resnet10", 1).eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    changed: dict[float, set[str]] = {}
    for share, randomised in cascade(network, seed=1):
        changed[share] = {
            name
            for name, value in randomised.named_parameters()
            if value.numel() > 8 and not torch.equal(value, before[name])
        }
    assert tuple(changed) == SHARES
    assert changed[0.0] == {"fc.weight"}
    sizes = [len(changed[share]) for share in SHARES]
    assert sizes == sorted(sizes)
    assert "conv1.weight" in changed[1.0]
    assert "conv1.weight" not in changed[0.75]
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])


def small() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv3d(3, 32, 3), nn.BatchNorm3d(32), nn.Flatten(), nn.Linear(32, 200))


def test_new_weights_have_the_distribution_of_the_old_and_nothing_else() -> None:
    network = small()
    with torch.no_grad():
        network[0].weight.mul_(3).add_(0.5)
    *_, (share, randomised) = cascade(network, seed=2)
    assert share == 1.0
    for index in (0, 3):
        old, new = network[index].weight.detach(), randomised[index].weight.detach()
        assert float(new.mean()) == pytest.approx(float(old.mean()), abs=0.1 * float(old.std()))
        assert float(new.std()) == pytest.approx(float(old.std()), rel=0.1)
        assert abs(np.corrcoef(old.flatten(), new.flatten())[0, 1]) < 0.1


def test_same_seed_same_network() -> None:
    network = small()
    first, second, third = ([*cascade(network, seed=s)][-1][1] for s in (3, 3, 4))
    assert torch.equal(first[3].weight, second[3].weight)
    assert not torch.equal(first[3].weight, third[3].weight)


def test_similarity_is_spearman_in_the_brain() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.random((4, 4, 4)), rng.random((4, 4, 4))
    brain = np.zeros((4, 4, 4), dtype=bool)
    brain[1:] = True
    ranks = [stats.rankdata(volume[brain]) for volume in (one, other)]
    assert similarity(one, other, brain) == pytest.approx(np.corrcoef(*ranks)[0, 1])
    assert similarity(one, one**3, brain) == pytest.approx(1.0)
    assert similarity(one, np.zeros_like(one), brain) == 0.0
