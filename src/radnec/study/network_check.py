"""Whether backbones from outside can be built; those of the table are known without (catalogue)."""

from __future__ import annotations

from collections.abc import Iterator

from radnec.config.model import StudyConfig
from radnec.core.errors import InputError
from radnec.core.faults import Fault, found
from radnec.networks.catalogue import catalogue
from radnec.study.check import raise_faults


def check_external_networks(config: StudyConfig) -> None:
    """Refuse backbones from outside that cannot be built, or that have no layer to explain.

    Each is built once, which takes seconds; a study of backbones of the table imports nothing.

    Raises
    ------
    InputError
        With a line for every fault.
    """
    external = [name for name in config.models.backbones if name not in catalogue()]
    raise_faults([fault for name in external for fault in _build(config, name)])


def _build(config: StudyConfig, name: str) -> Iterator[Fault]:
    from radnec.networks.registry import build_network
    from radnec.networks.survey import grid_layers

    try:
        network = build_network(name, 1).to("meta")
    except InputError as error:
        yield Fault("models.backbones", str(error))
        return
    layer = config.explain.layer
    if name == config.explain.backbone and layer != "last":
        layers = grid_layers(network, 1)
        if layer not in layers:
            yield found("explain.layer", layer, f"last, or a module of {name}: {', '.join(layers)}")
