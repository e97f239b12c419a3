"""The training loop: from a new network to the weights of the chosen epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import torch
from torch import nn

from radnec.core.seeding import derive_seed
from radnec.training.augment import Augmentation
from radnec.training.autotune import Way, choose_way, usual_way
from radnec.training.batches import volume_source
from radnec.training.checkpoint import Checkpoint
from radnec.training.cost import Meter
from radnec.training.data import Volumes
from radnec.training.device import autocast, describe_device, set_arithmetic
from radnec.training.failures import StopRequest, require_finite
from radnec.training.loss import Loss
from radnec.training.optimise import (
    epoch_batches,
    learning_rate,
    make_average,
    make_optimiser,
    restore_optimiser,
)
from radnec.training.order import ORDERS, prepare_order
from radnec.training.progress import Progress
from radnec.training.settings import TrainingSettings
from radnec.training.state import History, State, Weights, on_cpu
from radnec.training.statistics import recompute_statistics
from radnec.training.validate import assess

# How long a killed run may have worked for nothing.
CHECKPOINT_EVERY_S = 120.0


class Trainer:
    """Trains one network.

    Parameters
    ----------
    name
        Which run it is, for messages.
    network
        On its device already.
    training, validation
        Cases as `radnec.training.data.fold_cases` gives them; `validation` may be empty.
    checkpoint
        Where the state is kept; what it holds is taken up.
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
        self.training, self.validation, self.volumes = training, validation, volumes
        self.checkpoint = checkpoint
        rows = training["row"].tolist()
        self.source = volume_source(volumes, rows, device, settings.batch_size)
        saved = checkpoint.load()
        self.way = self._way(network, saved)
        set_arithmetic(device, self.way.precision, deterministic=settings.deterministic)
        self.network = prepare_order(network, device, self.way.order)
        self.optimiser = make_optimiser(self.network, settings)
        self.targets: list[int] = training["target"].tolist()
        self.loss = Loss(settings.loss, self.targets, device)
        self.augment = Augmentation(settings.augmentation, volumes.size, seed)
        self.state = State()
        if saved is not None:
            self._restore(saved)
        self.averaged = make_average(self.network, settings)
        if self.averaged is not None and saved is not None and saved["averaged"] is not None:
            self.averaged.load_state_dict(saved["averaged"])
        self.model: Callable[[torch.Tensor], torch.Tensor] = self.network
        if self.way.compile:
            self.model = torch.compile(self.network)
        self._saved = time.monotonic()
        self._stop = StopRequest()
        self._meter = Meter(device, self.state.seconds, self.state.joules)

    def _way(self, network: nn.Module, saved: dict[str, Any] | None) -> Way:
        """Return how to compute: a run that goes on on the same device keeps its way."""
        settings = self.settings
        if not settings.autotune:
            return usual_way(settings)
        if saved is not None and saved["device"] == describe_device(self.device):
            return Way(**saved["way"])
        first = list(range(min(settings.batch_size, len(self.training))))
        images = next(iter(self.source.epoch([first])))
        return choose_way(network, images, settings, self.device, self.checkpoint.folder.parents[1])

    @property
    def kept(self) -> nn.Module:
        """The network that is validated and kept: averaged over the steps where that is asked."""
        return self.network if self.averaged is None else self.averaged.module

    def run(self, after_epoch: Callable[[History], None]) -> Weights:
        """Train to the end and return the weights of the chosen epoch.

        `after_epoch` gets the history so far at the end of each epoch.
        """
        settings, state, cases = self.settings, self.state, len(self.targets)
        progress = Progress(self.name, settings.epochs, cases, state.epoch * cases + state.cases)
        with self._stop:
            while state.epoch < settings.epochs and not self._stopped_early():
                self._train_epoch(progress)
                self._end_epoch()
                after_epoch(state.history)
                self._save_when_due()
        state.seconds, state.joules = self._meter.read()
        progress.line(state.epoch, state.epoch * cases, state.history[-1]["train_loss"])
        if state.best_weights is not None:
            return state.best_weights
        self._recompute_statistics(state.epoch - 1)
        return on_cpu(self.kept)

    def _drawn(self, epoch: int, first: int = 0) -> Iterator[torch.Tensor]:
        """Yield the augmented batches of an epoch, dropout's seed set for each.

        It is set batch by batch, so that a run can be taken up at any of them.
        """
        batches = epoch_batches(self.targets, self.settings, self.seed, epoch)[first:]
        for number, images in enumerate(self.source.epoch(batches), start=first):
            changed = self.augment(images, epoch, number * self.settings.batch_size)
            torch.manual_seed(derive_seed(self.seed, "dropout", str(epoch), str(number)))
            yield changed.to(memory_format=ORDERS[self.way.order])

    def _recompute_statistics(self, epoch: int) -> None:
        """Give the kept network the statistics of the draws of the last epochs, if asked."""
        if self.settings.batch_norm == "recomputed":
            with autocast(self.device, self.way.precision):
                recompute_statistics(self.kept, self._drawn, epoch)

    def _train_epoch(self, progress: Progress) -> None:
        settings, state = self.settings, self.state
        batches = epoch_batches(self.targets, settings, self.seed, state.epoch)
        left = batches[state.batch :]
        # One copy an epoch: looked up batch by batch, the classes would make a GPU wait.
        classes = torch.tensor([self.targets[at] for batch in left for at in batch])
        targets = classes.to(self.device).split([len(batch) for batch in left])
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(settings, state.epoch)
        # Begun with what a resumed run brings: the additions keep their order to the last bit.
        summed = torch.tensor(state.loss_sum, dtype=torch.float64, device=self.device)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        drawn = self._drawn(state.epoch, state.batch)
        for images, labels in zip(drawn, targets, strict=True):
            with autocast(self.device, self.way.precision):
                logits = self.model(images)
            loss = self.loss(logits, labels)
            # The last group of an epoch may be smaller: it counts its own batches.
            first = state.batch - state.batch % settings.accumulation
            group_size = min(settings.accumulation, len(batches) - first)
            (loss / group_size).backward()
            summed += loss.detach() * len(labels)
            state.cases += len(labels)
            state.batch += 1
            if state.batch == first + group_size:
                self.optimiser.step()
                self.optimiser.zero_grad(set_to_none=True)
                if self.averaged is not None:
                    self.averaged.update_parameters(self.network)
                if progress.due() or self._save_due():
                    self._collect(summed)
                    done = state.epoch * len(self.targets) + state.cases
                    if progress.due():
                        progress.line(state.epoch + 1, done, state.loss_sum / state.cases)
                    self._save_when_due()
        self._collect(summed)

    def _collect(self, summed: torch.Tensor) -> None:
        """Copy the loss summed on the device into the state, and refuse NaN.

        Looking at every step's loss would make a GPU wait for it.
        """
        self.state.loss_sum = float(summed)
        require_finite(
            self.name,
            self.state.loss_sum,
            f"epoch {self.state.epoch + 1}, batch {self.state.batch}",
            self.settings,
            self.training,
            self.volumes,
        )

    def _end_epoch(self) -> None:
        state = self.state
        row = {
            "epoch": float(state.epoch + 1),
            "learning_rate": learning_rate(self.settings, state.epoch),
            "train_loss": state.loss_sum / state.cases,
        }
        if len(self.validation):
            # The network that is judged is the one that would be kept.
            self._recompute_statistics(state.epoch)
            loss, auc = assess(
                self.kept,
                self.validation,
                self.volumes,
                self.loss,
                self.device,
                self.way.precision,
            )
            row["validation_loss"], row["validation_auc"] = loss, auc
            if row["validation_loss"] < state.best_loss:
                state.best_loss, state.best_epoch = row["validation_loss"], state.epoch
                state.best_weights = on_cpu(self.kept)
        state.history.append(row)
        state.epoch, state.batch = state.epoch + 1, 0
        state.loss_sum, state.cases = 0.0, 0

    def _stopped_early(self) -> bool:
        patience = self.settings.patience
        return patience > 0 and self.state.epoch - 1 - self.state.best_epoch >= patience

    def _save_due(self) -> bool:
        return self._stop.received or time.monotonic() - self._saved >= CHECKPOINT_EVERY_S

    def _save_when_due(self) -> None:
        if not self._save_due():
            return
        self.state.seconds, self.state.joules = self._meter.read()
        self.checkpoint.save(
            {
                "network": self.network.state_dict(),
                "averaged": self.averaged.state_dict() if self.averaged is not None else None,
                "optimiser": self.optimiser.state_dict(),
                "state": vars(self.state),
                "way": vars(self.way),
                "device": describe_device(self.device),
            }
        )
        self._saved = time.monotonic()
        if self._stop.received:
            raise SystemExit(
                f"{self.name}: stopped by SIGTERM, state saved; start it again to go on"
            )

    def _restore(self, saved: dict[str, Any]) -> None:
        self.network.load_state_dict(saved["network"])
        if saved["optimiser"] is not None:  # a finished run needs none
            restore_optimiser(self.optimiser, saved["optimiser"])
        self.state = State(**saved["state"])
