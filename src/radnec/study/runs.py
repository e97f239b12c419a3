"""The training runs of a study: model x fold x seed.

A model is a backbone or a comparator, on an input set.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Self

from radnec.cohort.design import fold_names
from radnec.comparators.catalogue import NO_IMAGES, READS
from radnec.config.model import StudyConfig


@dataclasses.dataclass(frozen=True)
class TrainingRuns:
    """What is trained: one run for each combination of the four.

    Attributes
    ----------
    backbones, inputs
        Names of the networks and of the input sets; each pair of them is a model.
    comparators
        Pairs of a model of another kind and its input set, :data:`NO_IMAGES` where it reads none.
    folds
        Names of the folds: ``holdout``, or ``r<repeat>f<fold>`` in cross-validation.
    seeds
        Seeds with which each model is trained anew.
    """

    backbones: tuple[str, ...]
    inputs: tuple[str, ...]
    folds: tuple[str, ...]
    seeds: tuple[int, ...]
    comparators: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_config(cls, config: StudyConfig) -> Self:
        """Read ``models``, ``comparators`` and ``split`` of a checked configuration."""
        models, others = config.models, config.comparators
        inputs = others.inputs or models.inputs
        return cls(
            backbones=models.backbones,
            inputs=models.inputs,
            folds=tuple(fold_names(config.split)),
            seeds=models.seeds,
            comparators=tuple(
                (name, one)
                for name in others.models
                for one in (inputs if READS[name].images else (NO_IMAGES,))
            ),
        )

    @property
    def explained(self) -> tuple[str, int]:
        """Fold and seed of the run whose maps are drawn: the first of each."""
        return self.folds[0], self.seeds[0]

    def names(self) -> list[str]:
        """Return the folder of each run of a model, in the order of `files_of_model`."""
        return [f"{fold}_seed{seed}" for fold, seed in itertools.product(self.folds, self.seeds)]

    @property
    def networks(self) -> list[tuple[str, str]]:
        """The backbone and input set of every network."""
        return list(itertools.product(self.backbones, self.inputs))

    @property
    def models(self) -> list[tuple[str, str]]:
        """What is evaluated: the networks, then the comparators."""
        return [*self.networks, *self.comparators]

    def files(self, pattern: str) -> list[str]:
        """Return the file of every run of a network, see `StudyPaths.run` for the wildcards."""
        return self._files(pattern, self.networks)

    def files_of_all(self, pattern: str) -> list[str]:
        """Return the file of every run, of comparators as well."""
        return self._files(pattern, self.models)

    def files_of_model(self, pattern: str, *, backbone: str, inputs: str) -> list[str]:
        """Return the file of every run, fold by fold and seed by seed, of one model."""
        return self._files(pattern, [(backbone, inputs)])

    def files_of_models(self, pattern: str) -> list[str]:
        """Return the file of every model: of each ``{backbone}`` and ``{inputs}``."""
        return [pattern.format(backbone=name, inputs=inputs) for name, inputs in self.models]

    def _files(self, pattern: str, models: Sequence[tuple[str, str]]) -> list[str]:
        return [
            pattern.format(backbone=name, inputs=inputs, fold=fold, seed=seed)
            for (name, inputs), fold, seed in itertools.product(models, self.folds, self.seeds)
        ]
