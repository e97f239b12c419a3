"""From cases and settings to the weights of one network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from torch import nn

from radnec.core.files import sha256
from radnec.core.seeding import derive_seed
from radnec.networks.anisotropy import VoxelGrid
from radnec.networks.external import is_external, source_file
from radnec.networks.registry import build_network
from radnec.networks.weights import Loaded, load_weights
from radnec.training.autotune import Way
from radnec.training.checkpoint import Checkpoint, run_key
from radnec.training.data import Volumes, require_both_classes
from radnec.training.failures import memory_advice
from radnec.training.inner import inner_split
from radnec.training.loop import Trainer
from radnec.training.settings import TrainingSettings
from radnec.training.state import History, State, Weights


@dataclass(frozen=True)
class Job:
    """What all networks of a run share: the grid's and the final one.

    Attributes
    ----------
    name
        For messages.
    backbone, sequences, seed
        As `radnec.training.run.train_run` takes them.
    spacing
        Millimetres between voxels, for kernels and strides that follow them; None treats all
        axes alike.
    """

    name: str
    backbone: str
    sequences: Sequence[str]
    seed: int
    spacing: tuple[float, float, float] | None
    volumes: Volumes
    device: torch.device
    checkpoints: Path

    @property
    def grid(self) -> VoxelGrid | None:
        """The voxels that the network follows, if it does."""
        return VoxelGrid(self.volumes.size, self.spacing) if self.spacing else None


@dataclass(frozen=True)
class Fitted:
    """A trained network and how it came about."""

    network: nn.Module
    weights: Weights
    state: State
    way: Way
    training: pd.DataFrame
    validation: pd.DataFrame
    loaded: Loaded | None
    checkpoint: Checkpoint


def key_of(job: Job, cases: pd.DataFrame, settings: TrainingSettings, purpose: str) -> str:
    """Return the hash of all that defines a network's weights (see `run_key`)."""
    pretrained = settings.pretrained.get(job.backbone)
    code = source_file(job.backbone) if is_external(job.backbone) else None
    definition = {
        "purpose": purpose,
        "backbone": job.backbone,
        "backbone_code": sha256(code) if code else None,
        "sequences": list(job.sequences),
        "seed": job.seed,
        "spacing": job.spacing,
        "settings": settings.of_weights().to_json(),
        "pretrained": sha256(Path(pretrained)) if pretrained else None,
    }
    return run_key(definition, cases, job.volumes)


def fit(
    job: Job,
    cases: pd.DataFrame,
    settings: TrainingSettings,
    *,
    purpose: str,
    before: Callable[[History], None] = lambda history: None,
    after_epoch: Callable[[History], None] = lambda history: None,
) -> Fitted:
    """Train a network on `cases`, or go on where a killed process left it.

    Parameters
    ----------
    purpose
        What the network is for (`final`, or a place in the grid): part of its identity.
    before, after_epoch
        Called with the history a resumed run brings along, and after each epoch.
    """
    training, validation = inner_split(cases, settings.validation_fraction, job.seed)
    require_both_classes(training, job.name)
    checkpoint = Checkpoint(job.checkpoints, key_of(job, cases, settings, purpose))
    torch.manual_seed(derive_seed(job.seed, "weights"))
    with memory_advice(job.name, settings):
        network = build_network(job.backbone, job.volumes.channels, job.grid)
        loaded = None
        if job.backbone in settings.pretrained:
            loaded = load_weights(network, Path(settings.pretrained[job.backbone]))
        trainer = Trainer(
            name=job.name,
            network=network.to(job.device),
            training=training,
            validation=validation,
            volumes=job.volumes,
            settings=settings,
            seed=job.seed,
            device=job.device,
            checkpoint=checkpoint,
        )
        before(trainer.state.history)
        weights = trainer.run(after_epoch)
    return Fitted(
        network=trainer.kept,
        weights=weights,
        state=trainer.state,
        way=trainer.way,
        training=training,
        validation=validation,
        loaded=loaded,
        checkpoint=checkpoint,
    )
