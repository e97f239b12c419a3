"""Nested choice of settings, and of a temperature, inside the training set."""

from __future__ import annotations

import dataclasses
import itertools
import json
import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from radnec.core.files import write_json
from radnec.core.seeding import derive_seed
from radnec.training.fit import Job, fit, key_of
from radnec.training.inner import inner_folds
from radnec.training.loss import Loss
from radnec.training.settings import TrainingSettings
from radnec.training.temperature import fit_temperature
from radnec.training.validate import auc_of, logits_of

log = logging.getLogger(__name__)


def candidates(settings: TrainingSettings) -> list[TrainingSettings]:
    """Return the settings of every point of the grid, in the order of the names of its keys.

    Raises
    ------
    InputError
        If values of the grid do not go together.
    """
    base = settings.without_grid().to_mapping()
    values_of = settings.to_mapping()["grid"]
    keys = sorted(values_of)
    return [
        TrainingSettings.from_mapping(base | dict(zip(keys, values, strict=True)))
        for values in itertools.product(*(values_of[key] for key in keys))
    ]


@dataclass(frozen=True)
class Choice:
    """What the parts of the training set have chosen.

    Attributes
    ----------
    settings
        What to train the final network with.
    tried
        The points of the grid and their scores; empty without a grid.
    temperature
        For the probabilities, see `radnec.training.temperature`; 1 where none was asked for.
    """

    settings: TrainingSettings
    tried: list[dict[str, Any]]
    temperature: float = 1.0


def choose(job: Job, cases: pd.DataFrame, settings: TrainingSettings) -> Choice:
    """Return the settings to train with, what was tried, and the temperature.

    Every point of the grid is trained on all but one part of the training set and judged by
    its mean cross-entropy on that part, over `settings.grid_folds` parts (stratified, by
    patient); the lowest mean wins. Its answers on all the parts give the temperature. The test
    set takes no part. The final network is then trained on the whole training set.

    Notes
    -----
    A finished network of the grid leaves its answers beside the checkpoints, so that a killed
    run repeats at most one.
    """
    if not settings.grid and not settings.temperature:
        return Choice(settings, [])
    folds = inner_folds(cases, settings.grid_folds, derive_seed(job.seed, "grid"))
    points = candidates(settings)
    tried, answers = [], []
    for point in points:
        parts = [_answers(job, part, point, index) for index, part in enumerate(folds)]
        answers.append(parts)
        if settings.grid:
            losses = [part["loss"] for part in parts]
            aucs = [part["auc"] for part in parts]
            row = {key: getattr(point, key) for key in sorted(settings.grid)}
            row |= {"mean_loss": float(np.mean(losses)), "mean_auc": float(np.mean(aucs))}
            tried.append(row)
            log.info("%s: grid %s", job.name, row)
    best = int(np.argmin([row["mean_loss"] for row in tried])) if tried else 0
    temperature = 1.0
    if settings.temperature:
        logits = [one for part in answers[best] for one in part["logits"]]
        targets = np.concatenate([held["target"] for _, held in folds])
        temperature = fit_temperature(logits, targets)
        log.info("%s: temperature %.3f", job.name, temperature)
    return Choice(points[best], tried, temperature)


def _answers(
    job: Job, part: tuple[pd.DataFrame, pd.DataFrame], settings: TrainingSettings, index: int
) -> dict[str, Any]:
    """Return loss, AUC and logits of a network on the part that it has not learned from."""
    learned, held = part
    purpose = f"grid part {index + 1}"
    path = job.checkpoints / f"{key_of(job, learned, settings, purpose)}.json"
    if path.exists():
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return stored
    named = dataclasses.replace(job, name=f"{job.name}, {purpose}")
    fitted = fit(named, learned, settings, purpose=purpose)
    fitted.network.load_state_dict(fitted.weights)
    logits = logits_of(fitted.network, held, job.volumes, job.device, fitted.way.precision)
    loss = Loss("cross_entropy", learned["target"].tolist(), job.device)
    targets = torch.as_tensor(held["target"].to_numpy(), device=job.device)
    found = {
        "loss": float(loss(logits, targets)),
        "auc": auc_of(logits, held),
        "logits": logits.tolist(),
    }
    write_json(path, found)
    fitted.checkpoint.remove()
    return found
