"""How well a network does on cases it does not learn from, inside the training set."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

from radnec.training.data import Volumes
from radnec.training.device import autocast
from radnec.training.loss import Loss


def assess(
    network: nn.Module,
    cases: pd.DataFrame,
    volumes: Volumes,
    loss: Loss,
    device: torch.device,
    precision: str,
) -> tuple[float, float]:
    """Return mean loss and AUC of a network on some cases; it is left in evaluation mode.

    Parameters
    ----------
    cases
        With columns row and target, both classes among them.
    """
    network.eval()
    targets = torch.as_tensor(cases["target"].to_numpy())
    losses, scores = [], []
    with torch.no_grad():
        for row, target in zip(cases["row"], targets, strict=True):
            images = volumes.batch([int(row)]).to(device)
            with autocast(device, precision):
                logits = network(images).float()
            losses.append(float(loss(logits, target[None].to(device))))
            scores.append(float(torch.softmax(logits, dim=1)[0, 1]))
    return float(np.mean(losses)), float(roc_auc_score(targets.numpy(), scores))
