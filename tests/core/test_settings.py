from __future__ import annotations

import dataclasses
from typing import Literal

import pytest

from radnec.core.errors import InputError
from radnec.core.settings import Settings, canonical_json


@dataclasses.dataclass(frozen=True)
class Inner(Settings):
    rate: float


@dataclasses.dataclass(frozen=True)
class Outer(Settings):
    mode: Literal["a", "b"]
    size: tuple[int, int, int]
    names: tuple[str, ...]
    limit: float | None
    inner: Inner
    flags: dict[str, bool]


VALUES = {
    "mode": "a",
    "size": [1, 2, 3],
    "names": ["x"],
    "limit": None,
    "inner": {"rate": 1},
    "flags": {"on": True},
}


def test_json_round_trip_does_not_depend_on_the_order_of_keys():
    settings = Outer.from_mapping(VALUES)
    assert settings.size == (1, 2, 3) and settings.inner.rate == 1.0
    assert Outer.from_json(settings.to_json()) == settings
    assert canonical_json(VALUES) == canonical_json(dict(reversed(VALUES.items())))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mode", "c"),
        ("size", [1, 2]),
        ("size", [1, 2, True]),
        ("limit", "1e-5"),
        ("inner", {"rat": 1}),
        ("flags", {"on": 1}),
        ("names", "x"),
    ],
)
def test_wrong_values_are_refused_by_name(key, value):
    with pytest.raises(InputError) as caught:
        Outer.from_mapping({**VALUES, key: value})
    assert key in str(caught.value) or "rat" in str(caught.value)


def test_missing_and_unknown_keys_are_refused():
    with pytest.raises(InputError, match="'mode' is missing"):
        Outer.from_mapping({k: v for k, v in VALUES.items() if k != "mode"})
    with pytest.raises(InputError, match="unknown key 'extra'"):
        Outer.from_mapping({**VALUES, "extra": 1})
