"""The weight-randomisation check itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from radnec.explain.randomise import SHARES, cascade, similarity
from radnec.networks.registry import build_network


def test_cascade_destroys_from_the_output_and_leaves_the_network_alone() -> None:
    network = build_network("resnet10", 1).eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    changed: dict[float, set[str]] = {}
    for share, destroyed in cascade(network, seed=1):
        changed[share] = {
            name
            for name, value in destroyed.named_parameters()
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


def test_values_are_permuted_not_drawn_anew() -> None:
    network = build_network("resnet10", 1)
    *_, (_, destroyed) = cascade(network, seed=2)
    for one, other in zip(network.parameters(), destroyed.parameters(), strict=True):
        assert torch.equal(one.flatten().sort().values, other.flatten().sort().values)


def test_same_seed_same_network() -> None:
    network = build_network("resnet10", 1)
    *_, (_, first) = cascade(network, seed=3)
    *_, (_, second) = cascade(network, seed=3)
    *_, (_, third) = cascade(network, seed=4)
    assert torch.equal(first.fc.weight, second.fc.weight)
    assert not torch.equal(first.fc.weight, third.fc.weight)


def test_similarity_is_spearman_in_the_brain() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.random((4, 4, 4)), rng.random((4, 4, 4))
    brain = np.zeros((4, 4, 4), dtype=bool)
    brain[1:] = True
    ranks = [stats.rankdata(volume[brain]) for volume in (one, other)]
    assert similarity(one, other, brain) == pytest.approx(np.corrcoef(*ranks)[0, 1])
    assert similarity(one, one**3, brain) == pytest.approx(1.0)
    assert similarity(one, np.zeros_like(one), brain) == 0.0
