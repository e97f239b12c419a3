"""What a section of the configuration reads, refuses, and says about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

import pytest

from radnec.core.errors import InputError
from radnec.core.settings import (
    Conflict,
    Count,
    Flag,
    OptionalPath,
    Positive,
    Range,
    Settings,
    Share,
    Values,
    canonical_json,
)


class Inner(Settings):
    rate: Positive = 1.0


class Outer(Settings):
    mode: Literal["a", "b"] = "a"
    size: tuple[Count, Count, Count] = (1, 2, 3)
    names: Values[str] = ("x",)
    path: OptionalPath = None
    inner: Inner = Inner()
    flags: dict[str, Flag] = {}
    share: Share = 0.5
    limits: Range = (1.0, 2.0)

    def conflicts(self) -> Iterator[Conflict]:
        if self.mode == "b" and self.share == 0:
            yield Conflict("share", "above 0 with mode b")


def test_json_round_trip_does_not_depend_on_the_order_of_keys():
    values = {"size": [3, 2, 1], "inner": {"rate": 1}, "mode": "b", "flags": {"on": True}}
    settings = Outer.from_mapping(values)
    assert settings.size == (3, 2, 1) and settings.inner.rate == 1.0
    assert Outer.from_json(settings.to_json()) == settings
    assert Outer.from_mapping(dict(reversed(values.items()))).to_json() == settings.to_json()
    assert canonical_json(json.loads(settings.to_json())) == settings.to_json()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("inner", {"rate": "1e-5"}, {"rate": 1e-5}),
        ("inner", {"rate": "+.5E2"}, {"rate": 50.0}),
        ("size", ["4", "5", " 6"], [4, 5, 6]),
        ("flags", {"p": "false", "q": "Yes"}, {"p": False, "q": True}),
        ("path", "null", None),
        ("path", "5", "5"),
        ("limits", ["0", "1e3"], [0.0, 1000.0]),
    ],
)
def test_text_is_read_as_what_it_spells_and_has_the_text_of_the_value(key, text, value):
    read, plain = Outer.from_mapping({key: text}), Outer.from_mapping({key: value})
    assert read == plain and read.to_json() == plain.to_json()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"mode": "c"}, "mode: found 'c', expected a or b"),
        ({"mode": False}, "mode: found false, expected a or b (YAML reads yes, no, on and off"),
        ({"size": [1, 2]}, "size: found [1, 2], expected a list of 3 values, each a whole number"),
        ({"size": [1, 2, True]}, "size.2: found true, expected a whole number of at least 1"),
        ({"size": [1, 2, 1.5]}, "size.2: found 1.5, expected a whole number of at least 1"),
        ({"size": "1.5"}, "size: found '1.5', expected a list"),
        ({"names": "x"}, "names: found 'x', expected a list of values, each text"),
        ({"names": []}, "names: found [], expected a list"),
        ({"names": ["x", "x"]}, "names: found ['x', 'x'], expected values that differ"),
        ({"names": [7]}, "names.0: found 7, expected text (YAML reads it as a number; write it in"),
        ({"path": 7}, "path: found 7, expected text or null"),
        ({"inner": {"rate": 0}}, "inner.rate: found 0, expected a number above 0"),
        ({"inner": {"rate": "fast"}}, "inner.rate: found 'fast', expected a number above 0"),
        ({"inner": {"rate": None}}, "inner.rate: found null, expected a number above 0 (null or"),
        ({"inner": {"rate": float("inf")}}, "inner.rate: found Infinity, expected a number"),
        ({"inner": {"rat": 1}}, "inner.rat: unknown key, did you mean inner.rate?"),
        ({"inner": None}, "inner: found null, expected a mapping with keys out of rate"),
        ({"rate": 1}, "rate: unknown key, did you mean inner.rate?"),
        ({"zebra": 1}, "zebra: unknown key, expected one of mode, size, names"),
        ({7: 1}, "7: unknown key, expected one of mode"),
        ({"flags": {"on": 1}}, "flags.on: found 1, expected true or false"),
        ({"flags": {True: True}}, "flags: found true, expected names that are text (write the"),
        ({"share": 1.01}, "share: found 1.01, expected a number from 0 to 1"),
        ({"limits": [3, 1]}, "limits: found [3, 1], expected the lower number first"),
        ({"mode": "b", "share": 0}, "share: found 0.0, expected above 0 with mode b"),
    ],
)
def test_a_fault_names_key_value_and_what_was_expected(values, expected):
    with pytest.raises(InputError) as caught:
        Outer.from_mapping(values)
    assert f"Outer: {expected}" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_all_faults_are_reported_at_once_in_the_order_of_the_keys():
    wrong = {"other": 1, "limits": [2, 1], "size": [0, 1, 2], "mode": "c"}
    with pytest.raises(InputError) as caught:
        Outer.from_mapping(wrong)
    keys = [line.split(": ")[1] for line in str(caught.value).splitlines()]
    assert keys == ["mode", "size.0", "limits", "other"]
