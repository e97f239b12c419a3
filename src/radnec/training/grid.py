"""Nested choice of settings over a small grid, inside the training set."""

from __future__ import annotations

import dataclasses
import itertools
import json
import logging
from typing import Any

import numpy as np
import pandas as pd

from radnec.core.files import write_json
from radnec.core.seeding import derive_seed
from radnec.training.fit import Job, fit, key_of
from radnec.training.inner import inner_folds
from radnec.training.loss import Loss
from radnec.training.settings import TrainingSettings
from radnec.training.validate import assess

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


def choose(
    job: Job, cases: pd.DataFrame, settings: TrainingSettings
) -> tuple[TrainingSettings, list[dict[str, Any]]]:
    """Return the settings to train with, and what was tried.

    Every point of the grid is trained on all but one part of the training set and judged by
    its mean cross-entropy on that part, over `settings.grid_folds` parts (stratified, by
    patient); the lowest mean wins. The test set takes no part. The final network is then
    trained on the whole training set.

    Notes
    -----
    A finished network of the grid leaves its score beside the checkpoints, so that a killed
    run repeats at most one.
    """
    if not settings.grid:
        return settings, []
    folds = inner_folds(cases, settings.grid_folds, derive_seed(job.seed, "grid"))
    tried = []
    for point in candidates(settings):
        chosen = {key: getattr(point, key) for key in sorted(settings.grid)}
        scores = [_score(job, part, point, index) for index, part in enumerate(folds)]
        losses, aucs = zip(*scores, strict=True)
        tried.append(
            chosen | {"mean_loss": float(np.mean(losses)), "mean_auc": float(np.mean(aucs))}
        )
        log.info("%s: grid %s", job.name, tried[-1])
    best = int(np.argmin([row["mean_loss"] for row in tried]))
    return candidates(settings)[best], tried


def _score(
    job: Job, part: tuple[pd.DataFrame, pd.DataFrame], settings: TrainingSettings, index: int
) -> tuple[float, float]:
    learned, held = part
    purpose = f"grid part {index + 1}"
    path = job.checkpoints / f"{key_of(job, learned, settings, purpose)}.json"
    if not path.exists():
        named = dataclasses.replace(job, name=f"{job.name}, {purpose}")
        fitted = fit(named, learned, settings, purpose=purpose)
        fitted.network.load_state_dict(fitted.weights)
        loss = Loss("cross_entropy", learned["target"].tolist(), job.device)
        scores = assess(fitted.network, held, job.volumes, loss, job.device, settings.precision)
        if job.team.leads:
            write_json(path, dict(zip(("loss", "auc"), scores, strict=True)))
            fitted.checkpoint.remove()
        return scores
    stored = json.loads(path.read_text(encoding="utf-8"))
    return stored["loss"], stored["auc"]
