"""What is wrong with a configuration, in words: the key, the value found, the value expected."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from radnec.core.expectations import (
    bare,
    dotted_keys,
    expected_of,
    hint_at,
    is_model,
    kinds_of,
    names_of,
)

CONFLICT = "conflict"
"""Type of the error that holds the conflicts of a section."""


@dataclasses.dataclass(frozen=True)
class Fault:
    """One fault of a configuration.

    Attributes
    ----------
    key
        Dotted: ``training.epochs``.
    text
        What was found and what was expected.
    """

    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


def found(key: str, value: object, expected: str, hint: str = "") -> Fault:
    """Return the fault of a value that is not what was expected."""
    tail = f" ({hint})" if hint else ""
    return Fault(key, f"found {written(value)}, expected {expected}{tail}")


def find_faults(model: type[BaseModel], error: ValidationError) -> list[Fault]:
    """Return every fault behind an error of validation, in the order of the model.

    Parameters
    ----------
    model
        The model that was validated.
    """
    details = error.errors(include_url=False)
    places = [tuple(detail["loc"]) for detail in details]
    faults: list[Fault] = []
    for detail, place in zip(details, places, strict=True):
        # A list is too short without its faulty values, which are reported themselves.
        deeper = any(other[: len(place)] == place != other for other in places)
        if not (deeper and detail["type"] == "too_short"):
            faults += _of(model, detail)
    return faults


def _of(model: type[BaseModel], detail: Any) -> Iterator[Fault]:
    place, value, kind = tuple(detail["loc"]), detail["input"], detail["type"]
    key = ".".join(str(part) for part in place if part != "[key]")
    hint = hint_at(model, place)
    if kind == CONFLICT:
        prefix = f"{key}." if key else ""
        for name, wrong, expected in detail["ctx"]["conflicts"]:
            yield found(f"{prefix}{name}", wrong, expected)
    elif kind in ("extra_forbidden", "invalid_key"):
        yield _unknown(model, place, key)
    elif "[key]" in place:
        yield found(
            key.rpartition(".")[0] or key,
            f"{place[-2]}" if isinstance(value, str) else value,
            f"names that are {expected_of(hint)}",
            "" if isinstance(value, str) else "write the name in quotes",
        )
    elif kind == "missing":  # a value of a list: every key has a default
        yield found(key.rpartition(".")[0], value, expected_of(hint_at(model, place[:-1])))
    elif kind in ("repeated", "descending"):
        yield found(key, value, f"{detail['msg']}: {expected_of(hint)}")
    else:
        yield found(key, value, expected_of(hint), _trap(value, hint))


def _trap(value: object, hint: Any) -> str:
    """Return what YAML may have made of what was written, or nothing."""
    if value is None:
        return "null or nothing written; leave the key out for its default"
    if isinstance(value, bool) and str in kinds_of(hint):
        return "YAML reads yes, no, on and off as true and false; write a word in quotes"
    if isinstance(value, int | float) and str in kinds_of(hint):
        return "YAML reads it as a number; write it in quotes"
    return ""


def _unknown(model: type[BaseModel], place: Sequence[int | str], key: str) -> Fault:
    owner = hint_at(model, place[:-1]) if place[:-1] else model
    names = names_of(owner)
    prefix = "".join(f"{part}." for part in place[:-1])
    name = str(place[-1])
    close = [prefix + match for match in difflib.get_close_matches(name, names, n=1)]
    if not close and is_model(bare(owner)):
        close = [other for other in dotted_keys(model) if other.split(".")[-1] == name]
    hint = f"did you mean {' or '.join(close)}?" if close else f"expected one of {', '.join(names)}"
    return Fault(key, f"unknown key, {hint}")


def written(value: object) -> str:
    """Return a value as it would stand in a configuration file; text in quotes."""
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {written(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(one) for one in value) + "]"
    try:
        return json.dumps(value)
    except TypeError:
        return repr(value)
