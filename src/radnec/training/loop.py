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
from radnec.training.checkpoint import Checkpoint
from radnec.training.cost import Meter
from radnec.training.data import Volumes
from radnec.training.device import autocast, on_device
from radnec.training.distributed import Team, average, shard, share
from radnec.training.failures import StopRequest, memory_advice, require_finite
from radnec.training.loss import Loss
from radnec.training.optimise import epoch_batches, learning_rate, make_optimiser
from radnec.training.order import BATCH_ORDER, prepare_order
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
    team
        The processes that share the work.
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
        team: Team,
    ) -> None:
        self.name, self.settings, self.seed, self.device = name, settings, seed, device
        self.network = prepare_order(network, device)
        self.training, self.validation, self.volumes = training, validation, volumes
        self.checkpoint, self.team = checkpoint, team
        self.optimiser = make_optimiser(self.network, settings)
        self.targets: list[int] = training["target"].tolist()
        self.loss = Loss(settings.loss, self.targets, device)
        self.augment = Augmentation(settings.augmentation, volumes.size, seed)
        self.state = State()
        saved = checkpoint.load()
        if saved is not None:
            self._restore(saved)
        self.model: Callable[[torch.Tensor], torch.Tensor] = share(self.network, device, team)
        if settings.compile:
            self.model = torch.compile(self.model)
        self.images = on_device(volumes, training["row"].tolist(), device, settings.batch_size)
        self._saved = time.monotonic()
        self._stop = StopRequest()
        self._meter = Meter(device, self.state.seconds, self.state.joules)

    def run(self, after_epoch: Callable[[History], None]) -> Weights:
        """Train to the end and return the weights of the chosen epoch.

        `after_epoch` gets the history so far at the end of each epoch.
        """
        settings, state, cases = self.settings, self.state, len(self.targets)
        progress = Progress(self.name, settings.epochs, cases, state.epoch * cases + state.cases)
        with self._stop, memory_advice(self.name, settings):
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
        return on_cpu(self.network)

    def _recompute_statistics(self, epoch: int) -> None:
        if self.settings.batch_norm == "recomputed":
            with autocast(self.device, self.settings.precision):
                recompute_statistics(self.network, self._drawn, epoch)

    def _drawn(self, epoch: int) -> Iterator[torch.Tensor]:
        """Return the batches of an epoch once more, dropout's seeds with them."""
        batches = epoch_batches(self.targets, self.settings, self.seed, epoch, self.team.size)
        for number, positions in enumerate(batches):
            start = number * self.settings.batch_size + self.team.rank
            own = self.images(shard(positions, self.team))
            images = self.augment(own, epoch, start, self.team.size)
            step = (str(epoch), str(number), str(self.team.rank))
            torch.manual_seed(derive_seed(self.seed, "dropout", *step))
            yield images.to(self.device, memory_format=BATCH_ORDER)

    def _train_epoch(self, progress: Progress) -> None:
        settings, state = self.settings, self.state
        batches = epoch_batches(self.targets, settings, self.seed, state.epoch, self.team.size)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(settings, state.epoch)
        classes = torch.as_tensor(self.targets)
        # Begun with what a resumed run brings: the additions keep their order to the last bit.
        summed = torch.tensor(state.loss_sum, dtype=torch.float64, device=self.device)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        while state.batch < len(batches):
            positions = batches[state.batch]
            own = shard(positions, self.team)
            start = state.batch * settings.batch_size + self.team.rank
            images = self.augment(self.images(own), state.epoch, start, self.team.size)
            # Dropout: a seed a step, so that a run can be taken up at any step.
            step = (str(state.epoch), str(state.batch), str(self.team.rank))
            torch.manual_seed(derive_seed(self.seed, "dropout", *step))
            images = images.to(self.device, memory_format=BATCH_ORDER)
            with autocast(self.device, settings.precision):
                logits = self.model(images)
            loss = self.loss(logits, classes[own].to(self.device))
            # The last group of an epoch may be smaller: it counts its own batches.
            first = state.batch - state.batch % settings.accumulation
            group_size = min(settings.accumulation, len(batches) - first)
            (loss / group_size).backward()
            summed += loss.detach() * len(positions)
            state.cases += len(positions)
            state.batch += 1
            if state.batch == first + group_size:
                self.optimiser.step()
                self.optimiser.zero_grad(set_to_none=True)
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
            "train_loss": self._agreed(state.loss_sum / state.cases),
        }
        if len(self.validation):
            # The network that is judged is the one that would be kept.
            self._recompute_statistics(state.epoch)
            loss, auc = assess(
                self.network,
                self.validation,
                self.volumes,
                self.loss,
                self.device,
                self.settings.precision,
            )
            row["validation_loss"], row["validation_auc"] = self._agreed(loss), auc
            if row["validation_loss"] < state.best_loss:
                state.best_loss, state.best_epoch = row["validation_loss"], state.epoch
                state.best_weights = on_cpu(self.network)
        state.history.append(row)
        state.epoch, state.batch = state.epoch + 1, 0
        state.loss_sum, state.cases = 0.0, 0

    def _agreed(self, value: float) -> float:
        """Return the team's mean, so that all of its processes decide the same."""
        return float(
            average(torch.tensor(value, dtype=torch.float64, device=self.device), self.team)
        )

    def _stopped_early(self) -> bool:
        patience = self.settings.patience
        return patience > 0 and self.state.epoch - 1 - self.state.best_epoch >= patience

    def _save_due(self) -> bool:
        return self._stop.received or time.monotonic() - self._saved >= CHECKPOINT_EVERY_S

    def _save_when_due(self) -> None:
        if not self._save_due():
            return
        self.state.seconds, self.state.joules = self._meter.read()
        if self.team.leads:
            self.checkpoint.save(
                {
                    "network": self.network.state_dict(),
                    "optimiser": self.optimiser.state_dict(),
                    "state": vars(self.state),
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
            self.optimiser.load_state_dict(saved["optimiser"])
        self.state = State(**saved["state"])
