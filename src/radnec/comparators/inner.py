"""A network's answers for its own training cases, from networks that have not seen them.

A network is far surer of the cases it learned from than of others, so a model that mixes its answer
with clinical fields must not learn the mixture from those. Nor may it learn it from the networks
of the other folds, for they have learned from this fold's test cases.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import torch

from radnec.core.labels import CLASSES, POSITIVE
from radnec.core.seeding import derive_seed
from radnec.core.tables import write_tsv
from radnec.training.data import Volumes, fold_cases, require_both_classes
from radnec.training.device import prepare_device
from radnec.training.fit import Job, fit
from radnec.training.inner import inner_folds
from radnec.training.settings import TrainingSettings
from radnec.training.validate import logits_of


def inner_predictions(
    *,
    backbone: str,
    sequences: Sequence[str],
    fold: str,
    seed: int,
    folds: int,
    split: Path,
    packed_cases: Path,
    packed: Mapping[str, Path],
    settings: TrainingSettings,
    spacing: Sequence[float] | None,
    device: str,
    threads: int,
    checkpoints: Path,
    output: Path,
) -> None:
    """Train one network on all but each inner part of a fold's training set.

    Parameters
    ----------
    backbone, sequences, fold, seed, split, packed_cases, packed, settings, spacing
        As `radnec.training.run.train_run` takes them. No grid is searched and no temperature is
        fitted: the settings themselves are used.
    folds
        How many inner parts, stratified and by patient.
    output
        Table to write: case, part, p_necrosis, one row a training case.
    """
    target = prepare_device(device, threads)
    cases = fold_cases(split, packed_cases, fold, ["train"])
    require_both_classes(cases, f"fold {fold!r} of {split}")
    job = Job(
        name=f"{backbone} for late fusion, {fold} seed {seed}",
        backbone=backbone,
        sequences=sequences,
        seed=seed,
        spacing=(spacing[0], spacing[1], spacing[2]) if spacing else None,
        volumes=Volumes(packed, sequences),
        device=target,
        checkpoints=Path(checkpoints),
    )
    own = settings.without_grid()
    tables = []
    parts = inner_folds(cases, folds, derive_seed(seed, "late fusion"))
    for index, (learned, held) in enumerate(parts):
        purpose = f"late fusion part {index + 1}"
        named = dataclasses.replace(job, name=f"{job.name}, part {index + 1}")
        fitted = fit(named, learned, own, purpose=purpose)
        fitted.network.load_state_dict(fitted.weights)
        logits = logits_of(fitted.network, held, job.volumes, target, fitted.way.precision)
        p = torch.softmax(logits.double(), dim=1)[:, CLASSES.index(POSITIVE)]
        tables.append(
            pd.DataFrame({"case": held["case"], "part": index + 1, "p_necrosis": p.tolist()})
        )
        fitted.checkpoint.remove()
    write_tsv(pd.concat(tables, ignore_index=True), output)
