"""Which values the keys of a model take: their types, and what these allow, in words."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import is_typeddict


@dataclasses.dataclass(frozen=True)
class Expected:
    """Annotation of a type: what its values are, where its bounds alone do not say it well."""

    text: str


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
    hint = bare(hint)
    if is_model(hint):
        return list(hint.model_fields)
    return list(typing.get_type_hints(hint)) if isinstance(hint, type) else []


def hint_at(model: Any, place: Sequence[int | str]) -> Any:
    """Return the annotated type at a place below a model; `Any` where there is none."""
    hint: Any = model
    names: Any = Any
    for part in place:
        plain = bare(hint)
        arguments = typing.get_args(plain)
        if part == "[key]":
            hint = names
        elif is_model(plain):
            hint = annotated(plain.model_fields[part]) if part in plain.model_fields else Any
        elif typing.get_origin(plain) is tuple:
            several = len(arguments) == 2 and arguments[1] is Ellipsis
            hint = arguments[0] if several else arguments[int(part)]
        elif typing.get_origin(plain) is dict:
            names, hint = arguments
        elif is_typeddict(plain):
            hint = typing.get_type_hints(plain, include_extras=True).get(str(part), Any)
        else:
            return Any
    return hint


def annotated(field: FieldInfo) -> Any:
    """Return the type of a field with its bounds."""
    hint: Any = field.annotation
    for extra in field.metadata:
        hint = Annotated[hint, extra]
    return hint


def bare(hint: Any) -> Any:
    """Return a type without what annotates it."""
    while typing.get_origin(hint) is Annotated:
        hint = typing.get_args(hint)[0]
    return hint


def kinds_of(hint: Any) -> set[type]:
    """Return the types of the plain values that a type allows."""
    plain = bare(hint)
    origin = typing.get_origin(plain)
    if origin in (types.UnionType, typing.Union):
        return {kind for option in typing.get_args(plain) for kind in kinds_of(option)}
    if origin is Literal:
        return {type(choice) for choice in typing.get_args(plain)}
    return {plain} if isinstance(plain, type) else set()


def expected_of(hint: Any) -> str:
    """Return in words which values an annotated type allows."""
    arguments = typing.get_args(hint)
    extras = arguments[1:] if typing.get_origin(hint) is Annotated else ()
    for extra in extras:
        if isinstance(extra, Expected):
            return extra.text
    plain = bare(hint)
    origin, inner = typing.get_origin(plain), typing.get_args(plain)
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
    if is_model(plain) or is_typeddict(plain):
        return f"a mapping with keys out of {', '.join(names_of(plain))}"
    words = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}
    if plain is type(None):
        return "null"
    return words.get(plain, "another value") + _bounds(hint)


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
