"""Losses against their formulas written out, and against torch's and MONAI's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from radnec.training.loss import Loss

TARGETS = [0] * 8 + [1] * 2
CPU = torch.device("cpu")


def test_cross_entropy_is_torchs():
    logits, targets = torch.randn(6, 2), torch.tensor([0, 1, 1, 0, 0, 1])
    ours = Loss("cross_entropy", TARGETS, CPU)(logits, targets)
    torch.testing.assert_close(ours, functional.cross_entropy(logits, targets))


def test_weights_are_scikit_learns_balanced_ones():
    from sklearn.utils.class_weight import compute_class_weight

    expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=TARGETS)
    torch.testing.assert_close(
        Loss("weighted_cross_entropy", TARGETS, CPU).weights.double(), torch.tensor(expected)
    )


def test_weights_count_even_in_a_batch_of_one_class():
    """By hand: N / (2 n) = 10 / 4 for necrosis, 10 / 16 for recurrence."""
    loss = Loss("weighted_cross_entropy", TARGETS, CPU)
    logits = torch.zeros(2, 2)
    assert float(loss(logits, torch.tensor([1, 1]))) == pytest.approx(2.5 * math.log(2))
    assert float(loss(logits, torch.tensor([0, 1]))) == pytest.approx(
        (2.5 + 0.625) / 2 * math.log(2)
    )
    own = functional.cross_entropy(logits, torch.tensor([1, 1]), weight=loss.weights)
    assert float(own) == pytest.approx(math.log(2)), "torch's mean would cancel the weights"


def test_focal_loss_is_monais():
    from monai.losses import FocalLoss

    torch.manual_seed(0)
    logits, targets = torch.randn(6, 2), torch.tensor([0, 1, 1, 0, 0, 1])
    # MONAI adds up the terms of both classes; without the background it has the true one.
    own = FocalLoss(gamma=2.0, use_softmax=True, to_onehot_y=True, reduction="sum")
    expected = own(logits[:, :, None], targets[:, None, None]) / 6
    torch.testing.assert_close(Loss("focal", TARGETS, CPU)(logits, targets), expected)
