"""How well a network does on cases it does not learn from, inside the training set."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
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
    logits = logits_of(network, cases, volumes, device, precision)
    targets = torch.as_tensor(cases["target"].to_numpy(), device=device)
    losses = [
        float(loss(one[None], target[None])) for one, target in zip(logits, targets, strict=True)
    ]
    return float(np.mean(losses)), auc_of(logits, cases)


def logits_of(
    network: nn.Module,
    cases: pd.DataFrame,
    volumes: Volumes,
    device: torch.device,
    precision: str,
) -> torch.Tensor:
    """Return the logits (case, class) of some cases; the network is left in evaluation mode."""
    network.eval()
    found = []
    with torch.no_grad():
        for row in cases["row"]:
            images = volumes.batch([int(row)]).to(device)
            with autocast(device, precision):
                found.append(network(images).float()[0])
    return torch.stack(found)


def auc_of(logits: torch.Tensor, cases: pd.DataFrame) -> float:
    """Return the area under the ROC curve; both classes are among the cases."""
    from sklearn.metrics import roc_auc_score  # half a second, and many runs validate nothing

    scores = torch.softmax(logits, dim=1)[:, 1].cpu().numpy()
    return float(roc_auc_score(cases["target"], scores))
