"""What one section of the configuration says about another."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from radnec.config.model import StudyConfig
from radnec.core.faults import Fault, found


@dataclasses.dataclass(frozen=True)
class Check:
    """A check of several sections.

    Attributes
    ----------
    sections
        The sections it reads: it is made where all of them are right in themselves.
    find
        Gives the faults.
    """

    sections: tuple[str, ...]
    find: Callable[[StudyConfig], Iterator[Fault]]


CHECKS: list[Check] = []


def _reads(
    *sections: str,
) -> Callable[[Callable[[StudyConfig], Iterator[Fault]]], Callable[[StudyConfig], Iterator[Fault]]]:
    def register(
        find: Callable[[StudyConfig], Iterator[Fault]],
    ) -> Callable[[StudyConfig], Iterator[Fault]]:
        CHECKS.append(Check(sections, find))
        return find

    return register


@_reads("models", "input_sets")
def _inputs_are_sets(config: StudyConfig) -> Iterator[Fault]:
    for name in config.models.inputs:
        if name not in config.input_sets:
            yield found("models.inputs", name, f"names of input_sets: {_list(config.input_sets)}")


@_reads("explain", "models")
def _explained_model_is_trained(config: StudyConfig) -> Iterator[Fault]:
    for key, trained in (("backbone", "backbones"), ("inputs", "inputs")):
        value, names = getattr(config.explain, key), getattr(config.models, trained)
        if value not in names:
            yield found(f"explain.{key}", value, f"one of models.{trained}: {_list(names)}")


def _list(names: object) -> str:
    return ", ".join(str(name) for name in names)  # type: ignore[attr-defined]
