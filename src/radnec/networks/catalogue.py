"""The backbones by name, without importing torch: what a configuration is checked against."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("backbones.json")
"""Written by `radnec config --write` from `radnec.networks.survey`."""


@dataclass(frozen=True)
class KnownBackbone:
    """A backbone of the table in `radnec.networks.registry`.

    Attributes
    ----------
    smallest
        The least voxels along an axis where the network divides all axes alike.
    layers
        The modules whose output is one grid of features, in order of computation.
    """

    smallest: int
    layers: tuple[str, ...]


@cache
def catalogue() -> dict[str, KnownBackbone]:
    """Return the backbones of the table by name."""
    known = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: KnownBackbone(one["smallest"], tuple(one["layers"])) for name, one in known.items()
    }
