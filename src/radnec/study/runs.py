"""The training runs of a study: backbone x input set x fold x seed."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Self

from radnec.cohort.design import fold_names
from radnec.config.model import StudyConfig


@dataclasses.dataclass(frozen=True)
class TrainingRuns:
    """What is trained: one run for each combination of the four.

    Attributes
    ----------
    backbones, inputs
        Names of the networks and of the input sets; each pair of them is a model.
    folds
        Names of the folds: ``holdout``, or ``r<repeat>f<fold>`` in cross-validation.
    seeds
        Seeds with which each model is trained anew.
    """

    backbones: tuple[str, ...]
    inputs: tuple[str, ...]
    folds: tuple[str, ...]
    seeds: tuple[int, ...]

    @classmethod
    def from_config(cls, config: StudyConfig) -> Self:
        """Read the runs from the sections ``models`` and ``split`` of a checked configuration."""
        models = config.models
        return cls(
            backbones=models.backbones,
            inputs=models.inputs,
            folds=tuple(fold_names(config.split)),
            seeds=models.seeds,
        )

    @property
    def explained(self) -> tuple[str, int]:
        """Fold and seed of the run whose maps are drawn: the first of each."""
        return self.folds[0], self.seeds[0]

    def names(self) -> list[str]:
        """Return the folder of each run of a model, in the order of `files_of_model`."""
        return [f"{fold}_seed{seed}" for fold, seed in itertools.product(self.folds, self.seeds)]

    def files(self, pattern: str) -> list[str]:
        """Return the file of every run of the study, see `StudyPaths.run` for the wildcards."""
        return self._files(pattern, self.backbones, self.inputs)

    def files_of_model(self, pattern: str, *, backbone: str, inputs: str) -> list[str]:
        """Return the file of every run, fold by fold and seed by seed, of one model."""
        return self._files(pattern, [backbone], [inputs])

    def files_of_models(self, pattern: str) -> list[str]:
        """Return the file of every model: of each ``{backbone}`` and ``{inputs}``."""
        return [
            pattern.format(backbone=backbone, inputs=inputs)
            for backbone, inputs in itertools.product(self.backbones, self.inputs)
        ]

    def _files(self, pattern: str, backbones: Sequence[str], inputs: Sequence[str]) -> list[str]:
        return [
            pattern.format(backbone=backbone, inputs=name, fold=fold, seed=seed)
            for backbone, name, fold, seed in itertools.product(
                backbones, inputs, self.folds, self.seeds
            )
        ]
