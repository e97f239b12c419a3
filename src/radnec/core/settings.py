"""Settings travel from the configuration to a stage as canonical JSON.

Snakemake compares `params` by their text. Canonical JSON (sorted keys) of exactly the
section a stage uses makes that comparison mean "did a setting of this stage change".
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from typing import Any, Self

from radnec.core.errors import InputError


@dataclasses.dataclass(frozen=True)
class Settings:
    """Base of the frozen dataclass that each stage defines for its section.

    The fields have no defaults: config/config.yaml is the one place that has them.
    """

    @classmethod
    def from_mapping(cls, values: dict[str, Any]) -> Self:
        """Build the settings from a section of the configuration.

        Raises
        ------
        InputError
            If a key is missing or unknown, or a value has the wrong type.
        """
        hints = typing.get_type_hints(cls)
        names = {field.name for field in dataclasses.fields(cls)}
        for key in values.keys() - names:
            raise InputError(f"{cls.__name__}: unknown key {key!r}, expected {sorted(names)}")
        for key in names - values.keys():
            raise InputError(f"{cls.__name__}: key {key!r} is missing")
        return cls(**{key: _coerce(cls, key, value, hints[key]) for key, value in values.items()})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Build the settings from the canonical JSON of their section."""
        return cls.from_mapping(json.loads(text))

    def to_json(self) -> str:
        """Return the canonical JSON: sorted keys, nothing that depends on order."""
        return canonical_json(dataclasses.asdict(self))


def canonical_json(value: Any) -> str:
    """Return JSON in which equal values have equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _coerce(cls: type, key: str, value: Any, hint: Any) -> Any:
    """Return `value` as the annotated type, or refuse it by name."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        for option in typing.get_args(hint):
            if option is type(None) and value is None:
                return None
            if option is not type(None) and value is not None:
                try:
                    return _coerce(cls, key, value, option)
                except InputError:
                    continue
    elif origin is tuple and isinstance(value, list | tuple):
        arguments = typing.get_args(hint)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_coerce(cls, key, item, arguments[0]) for item in value)
        if len(arguments) == len(value):
            return tuple(
                _coerce(cls, key, item, one) for item, one in zip(value, arguments, strict=True)
            )
    elif origin is dict and isinstance(value, dict):
        of_key, of_value = typing.get_args(hint)
        return {
            _coerce(cls, key, name, of_key): _coerce(cls, f"{key}.{name}", item, of_value)
            for name, item in value.items()
        }
    elif origin is typing.Literal:
        if value in typing.get_args(hint):
            return value
    elif isinstance(hint, type) and dataclasses.is_dataclass(hint) and issubclass(hint, Settings):
        if isinstance(value, dict):
            return hint.from_mapping(value)
    elif hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif hint is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    elif hint is str and isinstance(value, str):
        return value
    elif hint is bool and isinstance(value, bool):
        return value
    raise InputError(
        f"{cls.__name__}: key {key!r} is {value!r} ({type(value).__name__}), expected {hint}"
    )
