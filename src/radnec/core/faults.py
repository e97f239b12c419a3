"""What is wrong with a configuration, in words: the key, the value found, the value expected."""

from __future__ import annotations

import dataclasses
import difflib
import json
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import annotated_types
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from typing_extensions import is_typeddict

CONFLICT = "conflict"
"""Type of the error that holds the conflicts of a section."""


@dataclasses.dataclass(frozen=True)
class Expected:
    """Annotation of a type: what its values are, where its bounds alone do not say it well."""

    text: str


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
    if isinstance(value, bool) and str in _kinds(hint):
        return "YAML reads yes, no, on and off as true and false; write a word in quotes"
    if isinstance(value, int | float) and str in _kinds(hint):
        return "YAML reads it as a number; write it in quotes"
    return ""


def _unknown(model: type[BaseModel], place: Sequence[int | str], key: str) -> Fault:
    owner = hint_at(model, place[:-1]) if place[:-1] else model
    names = names_of(owner)
    prefix = "".join(f"{part}." for part in place[:-1])
    name = str(place[-1])
    close = [prefix + match for match in difflib.get_close_matches(name, names, n=1)]
    if not close and is_model(_bare(owner)):
        close = [other for other in dotted_keys(model) if other.split(".")[-1] == name]
    hint = f"did you mean {' or '.join(close)}?" if close else f"expected one of {', '.join(names)}"
    return Fault(key, f"unknown key, {hint}")


def dotted_keys(model: type[BaseModel], prefix: str = "") -> list[str]:
    """Return every key below a model that holds a value, dotted, in order."""
    keys = []
    for name, field in model.model_fields.items():
        if is_model(field.annotation):
            keys += dotted_keys(field.annotation, f"{prefix}{name}.")
        else:
            keys.append(prefix + name)
    return keys


def is_model(hint: Any) -> typing.TypeGuard[type[BaseModel]]:
    """Return whether a type is a model with keys of its own."""
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def names_of(hint: Any) -> list[str]:
    """Return the names of the keys that a model or a typed dictionary has."""
    hint = _bare(hint)
    if is_model(hint):
        return list(hint.model_fields)
    return list(typing.get_type_hints(hint)) if isinstance(hint, type) else []


def hint_at(model: Any, place: Sequence[int | str]) -> Any:
    """Return the annotated type at a place below a model; `Any` where there is none."""
    hint: Any = model
    names: Any = Any
    for part in place:
        bare = _bare(hint)
        arguments = typing.get_args(bare)
        if part == "[key]":
            hint = names
        elif is_model(bare):
            hint = annotated(bare.model_fields[part]) if part in bare.model_fields else Any
        elif typing.get_origin(bare) is tuple:
            several = len(arguments) == 2 and arguments[1] is Ellipsis
            hint = arguments[0] if several else arguments[int(part)]
        elif typing.get_origin(bare) is dict:
            names, hint = arguments
        elif is_typeddict(bare):
            hint = typing.get_type_hints(bare, include_extras=True).get(str(part), Any)
        else:
            return Any
    return hint


def annotated(field: FieldInfo) -> Any:
    """Return the type of a field with its bounds."""
    hint: Any = field.annotation
    for extra in field.metadata:
        hint = Annotated[hint, extra]
    return hint


def _bare(hint: Any) -> Any:
    while typing.get_origin(hint) is Annotated:
        hint = typing.get_args(hint)[0]
    return hint


def _kinds(hint: Any) -> set[type]:
    """Return the types of the plain values that a type allows."""
    bare = _bare(hint)
    origin = typing.get_origin(bare)
    if origin in (types.UnionType, typing.Union):
        return {kind for option in typing.get_args(bare) for kind in _kinds(option)}
    if origin is Literal:
        return {type(choice) for choice in typing.get_args(bare)}
    return {bare} if isinstance(bare, type) else set()


def expected_of(hint: Any) -> str:
    """Return in words which values an annotated type allows."""
    arguments = typing.get_args(hint)
    extras = arguments[1:] if typing.get_origin(hint) is Annotated else ()
    for extra in extras:
        if isinstance(extra, Expected):
            return extra.text
    bare = _bare(hint)
    origin, inner = typing.get_origin(bare), typing.get_args(bare)
    if origin is Literal:
        return _either([str(choice) for choice in inner])
    if origin in (types.UnionType, typing.Union):
        return _either([expected_of(option) for option in inner])
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return f"a list of values, each {expected_of(inner[0])}"
        return f"a list of {len(inner)} values, each {expected_of(inner[0])}"
    if origin is dict:
        return f"a mapping of names to values, each {expected_of(inner[1])}"
    if is_model(bare) or is_typeddict(bare):
        return f"a mapping with keys out of {', '.join(names_of(bare))}"
    words = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}
    if bare is type(None):
        return "null"
    return words.get(bare, "another value") + _bounds(hint)


def _bounds(hint: Any) -> str:
    limits: dict[type, Any] = {}
    while typing.get_origin(hint) is Annotated:
        inner, *extras = typing.get_args(hint)
        limits |= {type(extra): extra for extra in extras}
        hint = inner
    low, high = limits.get(annotated_types.Ge), limits.get(annotated_types.Le)
    if low and high:
        return f" from {low.ge} to {high.le}"
    words = {
        annotated_types.Gt: ("above", "gt"),
        annotated_types.Ge: ("of at least", "ge"),
        annotated_types.Lt: ("below", "lt"),
        annotated_types.Le: ("of at most", "le"),
    }
    parts = [
        f"{word} {getattr(limits[kind], name)}"
        for kind, (word, name) in words.items()
        if kind in limits
    ]
    return f" {' and '.join(parts)}" if parts else ""


def _either(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


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
