"""The `training` section of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from annotated_types import Ge, Lt
from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from radnec.core.settings import (
    Conflict,
    Count,
    File,
    Flag,
    NotNegative,
    Number,
    Positive,
    Settings,
    UniqueList,
    Values,
    Whole,
)

Augmentation = Literal["flip", "shift", "rotate", "zoom", "contrast", "noise"]
Optimiser = Literal["adam", "adamw", "sgd"]
LossName = Literal["cross_entropy", "weighted_cross_entropy", "focal"]
Sampling = Literal["shuffled", "balanced"]
Schedule = Literal["constant", "cosine"]


@with_config(ConfigDict(extra="forbid"))
class Grid(TypedDict, total=False):
    """The keys of `TrainingSettings` that can be chosen from a grid, each with its values."""

    learning_rate: Values[Positive]
    batch_size: Values[Count]
    epochs: Values[Count]
    optimiser: Values[Optimiser]
    weight_decay: Values[NotNegative]
    loss: Values[LossName]
    sampling: Values[Sampling]
    schedule: Values[Schedule]
    accumulation: Values[Count]


class TrainingSettings(Settings):
    """How a network is trained; every key changes the weights.

    Device and threads are not here: they say where a run happens, not what it is.
    """

    learning_rate: Positive = 1e-5
    """as printed

    Change: for a study of your own
    """
    batch_size: Count = 2
    """as printed

    Change: for a study of your own
    """
    epochs: Count = 300
    """as printed

    Change: for a study of your own
    """
    optimiser: Optimiser = "adam"
    """adam, adamw or sgd

    `sgd` has Nesterov momentum 0.9. Not printed in the paper.

    Change: for a study of your own
    """
    weight_decay: NotNegative = 0.0
    """L2 penalty (adam, sgd) or decoupled decay (adamw)

    Change: for a study of your own
    """
    loss: LossName = "cross_entropy"
    """cross_entropy, weighted_cross_entropy or focal

    The weight of a class is cases / (2 x cases of the class); `focal` has gamma 2.

    Change: where one class is rare
    """
    sampling: Sampling = "shuffled"
    """or balanced

    `shuffled`: every case once an epoch; `balanced`: drawn with equal chance per class.

    Change: where one class is rare
    """
    augmentation: UniqueList[Augmentation] = ()
    """any of flip, shift, rotate, zoom, contrast, noise

    Random transforms of the training cases, in this order.

    Change: for a study of your own
    """
    schedule: Schedule = "constant"
    """or cosine

    From the learning rate to zero over the epochs.

    Change: for a study of your own
    """
    accumulation: Count = 1
    """batches averaged before a step of the optimiser

    Change: for large batches in little memory
    """
    validation_fraction: Annotated[Number, Ge(0), Lt(1)] = 0.0
    """of the training set, to choose the epoch; 0: the last epoch

    By patient; the epoch with the lowest loss is chosen.

    Change: where the training set is large enough
    """
    patience: Annotated[Whole, Ge(0)] = 0
    """epochs without a better validation; 0: never stop early

    Change: with `validation_fraction`
    """
    batch_norm: Literal["running", "recomputed"] = "running"
    """or recomputed: statistics over training's last draws

    Which statistics the network answers with: torch's moving average over the steps, or the mean
    over the last 100 cases that training drew (see `radnec.training.statistics`).

    Change: where running statistics answer badly
    """
    average: Annotated[Number, Ge(0), Lt(1)] = 0.0
    """decay of a moving average of the weights, e.g. 0.999; 0: none

    An exponential moving average over the steps, which is what is validated and kept.

    Change: for a study of your own
    """
    precision: Literal["float32", "tf32", "bfloat16"] = "float32"
    """tf32 or bfloat16 (both for GPUs)

    `tf32`: factors of products rounded to 10 bits of mantissa; `bfloat16`: autocast. Without
    hardware for it (GPUs, CPUs with AMX) `bfloat16` is many times slower.

    Change: on a GPU
    """
    compile: Flag = False
    """by torch.compile

    Change: on a GPU
    """
    autotune: Flag = False
    """measure which permitted way to compute is fastest, and take it

    At the start of a run, see `radnec.training.autotune`.

    Change: on a GPU
    """
    deterministic: Flag = True
    """false: faster operations of a GPU, other last digits each time

    True: the same bits each time.

    Change: where speed counts more
    """
    temperature: Flag = False
    """of the probabilities, fitted on grid_folds inner parts

    On the parts of the training set that networks of an inner cross-validation have not seen.

    Change: where probabilities are to be calibrated
    """
    test_time_flips: UniqueList[Literal["x", "y", "z"]] = ()
    """any of x, y, z: mean over the mirrored volumes

    The network's answer is then the mean over all mirrored volumes.

    Change: for a study of your own
    """
    pretrained: dict[str, File] = {}
    """weight files to start from, e.g. {resnet10: medicalnet.pth}

    Backbones that are not named start from random weights.

    Change: where weights of other volumes are at hand
    """
    grid: Grid = {}
    """values to choose from, e.g. {learning_rate: [1.0e-5, 1.0e-4]}

    By cross-validation inside the training set; each point of the grid costs `grid_folds` runs.

    Change: for a study of your own
    """
    grid_folds: Annotated[Whole, Ge(2)] = 3
    """parts of the training set that choose; the test set never does

    The temperature is fitted on as many.

    Change: with `grid`
    """

    def conflicts(self) -> Iterator[Conflict]:
        """Give a patience without a validation part to judge by."""
        if self.patience > 0 and self.validation_fraction == 0:
            yield Conflict(
                "patience",
                "0 where training.validation_fraction is 0, for stopping early needs a "
                "validation part",
            )

    def without_grid(self) -> Self:
        """Return the settings of one network: chosen, or as they stand."""
        return self.model_copy(update={"grid": {}})

    def of_weights(self) -> Self:
        """Return the settings without those that no network's weights depend on.

        What is left out has a fixed value: the grid, which has chosen by then, and what is done
        with a finished network's answers.
        """
        fixed = {"grid": {}, "grid_folds": 2, "temperature": False, "test_time_flips": ()}
        return self.model_copy(update=fixed)
