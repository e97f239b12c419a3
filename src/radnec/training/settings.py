"""The `training` section of the configuration."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

from radnec.core.errors import InputError
from radnec.core.settings import Settings

Augmentation = Literal["flip", "shift", "rotate", "zoom", "contrast", "noise"]


@dataclass(frozen=True)
class TrainingSettings(Settings):
    """How a network is trained; every key changes the weights.

    Device and threads are not here: they say where a run happens, not what it is.

    Attributes
    ----------
    learning_rate, batch_size, epochs
        As printed in the paper: 1e-5, 2, 300.
    optimiser
        adam | adamw | sgd (Nesterov momentum 0.9). Not printed in the paper.
    weight_decay
        L2 penalty (adam, sgd) or decoupled decay (adamw).
    loss
        cross_entropy | weighted_cross_entropy (weight of a class = cases / (2 x cases of
        the class)) | focal (gamma 2).
    sampling
        shuffled: every case once an epoch. balanced: drawn with equal chance per class.
    augmentation
        Random transforms of the training cases, in this order.
    schedule
        constant | cosine (from the learning rate to zero over the epochs).
    accumulation
        Batches whose gradients are averaged before a step of the optimiser.
    validation_fraction
        Part of the training set (by patient) that chooses the epoch with the lowest loss;
        0 keeps the weights of the last epoch.
    patience
        Stop after so many epochs without a lower validation loss; 0 never stops.
    batch_norm
        Which statistics the network answers with. running: torch's moving average over the
        steps. recomputed: the mean over the last 100 cases that training drew (see
        `radnec.training.statistics`).
    average
        Decay of an exponential moving average of the weights over the steps, which is what is
        validated and kept; 0 keeps the weights themselves.
    precision
        float32 | tf32 (factors of products rounded to 10 bits of mantissa, GPU only) | bfloat16
        (autocast).
    compile
        Compile the network with torch.compile.
    autotune
        Measure at the start which of the permitted ways to compute is fastest and take it (see
        `radnec.training.autotune`).
    deterministic
        On a GPU: the same bits each time; false lets it choose faster operations.
    temperature
        Fit a temperature for the probabilities on the parts of the training set that networks of
        an inner cross-validation have not seen (see `radnec.training.temperature`).
    test_time_flips
        Axes along which volumes are mirrored for a prediction; the mean over all mirrored
        volumes is the network's answer.
    pretrained
        Weight file of a backbone (see `radnec.networks.weights`); others start at random.
    grid, grid_folds
        Values to choose from for some of the keys above, by cross-validation with so many
        parts inside the training set; no grid, no choice. The temperature is fitted on as many.
    """

    learning_rate: float
    batch_size: int
    epochs: int
    optimiser: Literal["adam", "adamw", "sgd"]
    weight_decay: float
    loss: Literal["cross_entropy", "weighted_cross_entropy", "focal"]
    sampling: Literal["shuffled", "balanced"]
    augmentation: tuple[Augmentation, ...]
    schedule: Literal["constant", "cosine"]
    accumulation: int
    validation_fraction: float
    patience: int
    batch_norm: Literal["running", "recomputed"]
    average: float
    precision: Literal["float32", "tf32", "bfloat16"]
    compile: bool
    autotune: bool
    deterministic: bool
    temperature: bool
    test_time_flips: tuple[Literal["x", "y", "z"], ...]
    pretrained: dict[str, str]
    grid: dict[str, tuple[int | float | str, ...]]
    grid_folds: int

    def __post_init__(self) -> None:
        for key, value, right, expected in (
            ("learning_rate", self.learning_rate, self.learning_rate > 0, "> 0"),
            ("batch_size", self.batch_size, self.batch_size >= 1, ">= 1"),
            ("epochs", self.epochs, self.epochs >= 1, ">= 1"),
            ("weight_decay", self.weight_decay, self.weight_decay >= 0, ">= 0"),
            ("accumulation", self.accumulation, self.accumulation >= 1, ">= 1"),
            (
                "validation_fraction",
                self.validation_fraction,
                0 <= self.validation_fraction < 1,
                "0 <= value < 1",
            ),
            ("patience", self.patience, self.patience >= 0, ">= 0"),
            ("average", self.average, 0 <= self.average < 1, "0 <= value < 1"),
            ("grid_folds", self.grid_folds, self.grid_folds >= 2, ">= 2"),
            (
                "patience",
                self.patience,
                self.patience == 0 or self.validation_fraction > 0,
                "0 when training.validation_fraction is 0: stopping needs a validation part",
            ),
        ):
            if not right:
                raise InputError(f"training.{key} is {value!r}, expected {expected}")

    def without_grid(self) -> TrainingSettings:
        """Return the settings of one network: chosen, or as they stand."""
        return dataclasses.replace(self, grid={})

    def of_weights(self) -> TrainingSettings:
        """Return the settings without those that no network's weights depend on.

        What is left out is set as in config/config.yaml: the grid, which has chosen by then, and
        what is done with a finished network's answers.
        """
        return dataclasses.replace(
            self, grid={}, grid_folds=2, temperature=False, test_time_flips=()
        )
