"""The training loop: from a new network to the weights of the chosen epoch."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

from radnec.core.errors import InputError
from radnec.core.seeding import derive_seed
from radnec.training.augment import Augmentation
from radnec.training.checkpoint import Checkpoint
from radnec.training.data import Volumes
from radnec.training.device import autocast, memory_format
from radnec.training.loss import Loss
from radnec.training.optimise import epoch_batches, learning_rate, make_optimiser
from radnec.training.progress import Progress
from radnec.training.settings import TrainingSettings

log = logging.getLogger(__name__)

# How long a killed run may have worked for nothing.
CHECKPOINT_EVERY_S = 120.0

Weights = dict[str, torch.Tensor]


@dataclass
class State:
    """Where a run is: with the weights and the optimiser, all that a checkpoint holds."""

    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    cases: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best_loss: float = math.inf
    best_epoch: int = 0
    best_weights: Weights | None = None


class Trainer:
    """Trains one network.

    Parameters
    ----------
    network
        On its device already.
    training, validation
        Cases as `radnec.training.data.fold_cases` gives them; `validation` may be empty.
    """

    def __init__(
        self,
        *,
        name: str,
        network: nn.Module,
        training: pd.DataFrame,
        validation: pd.DataFrame,
        volumes: Volumes,
        settings: TrainingSettings,
        seed: int,
        device: torch.device,
        checkpoint: Checkpoint,
    ) -> None:
        self.name, self.settings, self.seed, self.device = name, settings, seed, device
        self.network = network.to(memory_format=memory_format(device))  # type: ignore[call-overload]
        self.training, self.validation, self.volumes = training, validation, volumes
        self.checkpoint = checkpoint
        self.optimiser = make_optimiser(self.network, settings)
        self.loss = Loss(settings.loss, training["target"].tolist(), device)
        self.augment = Augmentation(settings.augmentation, volumes.size, seed)
        self.model: Callable[[torch.Tensor], torch.Tensor] = self.network
        if settings.compile:
            self.model = torch.compile(self.network)
        self.state = State()
        self._saved = time.monotonic()
        saved = checkpoint.load()
        if saved is not None:
            self._restore(saved)

    def run(self, after_epoch: Callable[[Sequence[dict[str, float]]], None]) -> Weights:
        """Train to the end and return the weights of the chosen epoch.

        `after_epoch` gets the history so far at the end of each epoch.
        """
        settings, state = self.settings, self.state
        targets = self.training["target"].tolist()
        progress = Progress(self.name, settings.epochs, len(targets), state.epoch * len(targets))
        while state.epoch < settings.epochs and not self._stopped_early():
            self._train_epoch(targets, progress)
            row = {
                "epoch": float(state.epoch + 1),
                "learning_rate": learning_rate(settings, state.epoch),
                "train_loss": state.loss_sum / state.cases,
            }
            state.history.append(row)
            if len(self.validation):
                row |= self._validate()
            state.epoch, state.batch = state.epoch + 1, 0
            state.loss_sum, state.cases = 0.0, 0
            after_epoch(state.history)
            self._save_when_due()
        progress.line(state.epoch, state.epoch * len(targets), state.history[-1]["train_loss"])
        if state.best_weights is not None:
            return state.best_weights
        return {key: value.detach().cpu() for key, value in self.network.state_dict().items()}

    def _train_epoch(self, targets: list[int], progress: Progress) -> None:
        settings, state = self.settings, self.state
        batches = epoch_batches(targets, settings, self.seed, state.epoch)
        rate = learning_rate(settings, state.epoch)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        rows = self.training["row"].to_numpy()
        classes = torch.as_tensor(targets)
        summed = torch.zeros((), dtype=torch.float64, device=self.device)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        while state.batch < len(batches):
            positions = batches[state.batch]
            images = self.volumes.batch(rows[positions])
            images = self.augment(images, state.epoch, state.batch * settings.batch_size)
            # Dropout: a seed a step, so that a run can be taken up at any step.
            torch.manual_seed(derive_seed(self.seed, "dropout", str(state.epoch), str(state.batch)))
            loss = self._loss(images, classes[positions])
            # The groups of an epoch's end may be smaller: each counts its own batches.
            group_start = state.batch - state.batch % settings.accumulation
            group_size = min(settings.accumulation, len(batches) - group_start)
            (loss / group_size).backward()
            summed += loss.detach() * len(positions)
            state.cases += len(positions)
            state.batch += 1
            if state.batch == group_start + group_size:
                self.optimiser.step()
                self.optimiser.zero_grad(set_to_none=True)
                if progress.due() or self._save_due():
                    self._collect(summed)
                    done = state.epoch * len(targets) + state.cases
                    if progress.due():
                        progress.line(state.epoch + 1, done, state.loss_sum / state.cases)
                    self._save_when_due()
        self._collect(summed)

    def _loss(self, images: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        images = images.to(self.device, memory_format=memory_format(self.device))
        with autocast(self.device, self.settings.precision):
            logits = self.model(images)
        return self.loss(logits, targets.to(self.device))

    def _collect(self, summed: torch.Tensor) -> None:
        """Move the loss summed on the device into the state, and refuse NaN.

        Looking at every step's loss would make a GPU wait for it.
        """
        self.state.loss_sum += float(summed)
        summed.zero_()
        if not math.isfinite(self.state.loss_sum):
            raise InputError(
                f"{self.name}: the loss is {self.state.loss_sum} in epoch {self.state.epoch + 1}, "
                f"batch {self.state.batch}; try a smaller training.learning_rate (now "
                f"{self.settings.learning_rate}) or training.precision: float32, and see that the "
                f"volumes hold finite numbers"
            )

    def _validate(self) -> dict[str, float]:
        """Return loss and AUC on the validation part, and remember the best weights."""
        state = self.state
        self.network.eval()
        targets = torch.as_tensor(self.validation["target"].to_numpy())
        losses, scores = [], []
        with torch.no_grad():
            for row, target in zip(self.validation["row"], targets, strict=True):
                images = self.volumes.batch([row]).to(self.device)
                with autocast(self.device, self.settings.precision):
                    logits = self.network(images).float()
                losses.append(float(self.loss(logits, target[None].to(self.device))))
                scores.append(float(torch.softmax(logits, 1)[0, 1]))
        loss = float(np.mean(losses))
        if loss < state.best_loss:
            state.best_loss, state.best_epoch = loss, state.epoch
            state.best_weights = {
                key: value.detach().cpu().clone()
                for key, value in self.network.state_dict().items()
            }
        return {
            "validation_loss": loss,
            "validation_auc": float(roc_auc_score(targets.numpy(), scores)),
        }

    def _stopped_early(self) -> bool:
        patience = self.settings.patience
        return patience > 0 and self.state.epoch - 1 - self.state.best_epoch >= patience

    def _save_due(self) -> bool:
        return time.monotonic() - self._saved >= CHECKPOINT_EVERY_S

    def _save_when_due(self) -> None:
        if self._save_due():
            self.checkpoint.save(
                {
                    "network": self.network.state_dict(),
                    "optimiser": self.optimiser.state_dict(),
                    "state": vars(self.state),
                }
            )
            self._saved = time.monotonic()

    def _restore(self, saved: dict[str, Any]) -> None:
        self.network.load_state_dict(saved["network"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.state = State(**saved["state"])
