"""What one section of the configuration says about another."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Iterable, Iterator

from radnec.comparators.catalogue import NO_IMAGES, READS
from radnec.config.model import StudyConfig
from radnec.core.faults import Fault, found
from radnec.networks.catalogue import catalogue

Find = Callable[[StudyConfig], Iterator[Fault]]


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
    find: Find


CHECKS: list[Check] = []


def _reads(*sections: str) -> Callable[[Find], Find]:
    def register(find: Find) -> Find:
        CHECKS.append(Check(sections, find))
        return find

    return register


@_reads("models", "training")
def _networks_are_known(config: StudyConfig) -> Iterator[Fault]:
    for key, names in (
        ("models.backbones", config.models.backbones),
        ("training.pretrained", tuple(config.training.pretrained)),
    ):
        for name in names:
            if name not in catalogue() and not _is_external(name):
                yield found(
                    key,
                    name,
                    f"{_list(catalogue())}, torchvision:<name> or package.module:factory",
                    _close(name, catalogue()),
                )


@_reads("models", "input_sets")
def _inputs_are_sets(config: StudyConfig) -> Iterator[Fault]:
    for name in config.models.inputs:
        if name not in config.input_sets:
            yield found("models.inputs", name, f"names of input_sets: {_list(config.input_sets)}")


@_reads("explain", "models")
def _explained_model_is_trained(config: StudyConfig) -> Iterator[Fault]:
    if not config.models.backbones:
        return  # nothing is trained
    for key, trained in (("backbone", "backbones"), ("inputs", "inputs")):
        value, names = getattr(config.explain, key), getattr(config.models, trained)
        if value not in names:
            yield found(f"explain.{key}", value, f"one of models.{trained}: {_list(names)}")


@_reads("explain")
def _explained_layer_exists(config: StudyConfig) -> Iterator[Fault]:
    known = catalogue().get(config.explain.backbone)
    layer = config.explain.layer
    if known and layer != "last" and layer not in known.layers:
        yield found(
            "explain.layer",
            layer,
            f"last, or a module of {config.explain.backbone} that gives a grid of features, such "
            f"as {_list(name for name in known.layers if name.count('.') <= 1)}",
            _close(layer, known.layers),
        )


@_reads("split")
def _sites_belong_to_their_design(config: StudyConfig) -> Iterator[Fault]:
    sites, design = config.split.sites, config.split.design
    if design == "leave_one_site_out" and len(set(sites)) < 2:
        yield found("split.sites", list(sites), "two or more sites, each left out once")
    if len(set(sites)) < len(sites):
        yield found("split.sites", list(sites), "each site once")


@_reads("models", "normalisation")
def _volumes_are_large_enough(config: StudyConfig) -> Iterator[Fault]:
    if config.models.strides == "anisotropic":
        return  # an axis is divided only as far as it reaches
    known = catalogue()
    smallest = {name: known[name].smallest for name in config.models.backbones if name in known}
    larger = {
        name: edge for name, edge in smallest.items() if edge > min(config.normalisation.size)
    }
    if larger:
        yield found(
            "normalisation.size",
            config.normalisation.size,
            f"at least {max(larger.values())} voxels along each axis for {_list(larger)} with "
            "models.strides: isotropic",
        )


@_reads("input_sets")
def _names_are_free(config: StudyConfig) -> Iterator[Fault]:
    if NO_IMAGES in config.input_sets:
        yield found("input_sets", NO_IMAGES, "another name: this one stands for no images at all")


@_reads("comparators", "models")
def _comparators_have_their_peers(config: StudyConfig) -> Iterator[Fault]:
    for name in config.comparators.inputs:
        if name not in config.models.inputs:
            expected = f"names of models.inputs: {_list(config.models.inputs)}"
            yield found("comparators.inputs", name, expected)
    encoder = config.comparators.encoder
    if "frozen" in config.comparators.models:
        own = ":" in encoder.network
        if not own and encoder.network not in catalogue():
            expected = f"{_list(catalogue())} or package.module:factory"
            yield found("comparators.encoder.network", encoder.network, expected)
        elif not own and not encoder.weights:
            expected = f"the weights of {encoder.network}: a frozen network has to have learned"
            yield found("comparators.encoder.weights", encoder.weights, expected)
    network = config.comparators.network
    mixed = any(READS[name].network for name in config.comparators.models)
    if mixed and network not in config.models.backbones:
        expected = f"one of models.backbones: {_list(config.models.backbones)}"
        yield found("comparators.network", network, expected)


def _is_external(name: str) -> bool:
    module, colon, function = name.partition(":")
    return bool(colon) and all(part.isidentifier() for part in [*module.split("."), function])


def _close(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"did you mean {close[0]}?" if close else ""


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
