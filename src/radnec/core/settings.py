"""Sections of the configuration: typed models, and the canonical JSON in which they travel.

A section is a frozen pydantic model in the package of the stage that takes it. Its fields hold
type, bounds and default; the text below a field says what it is, for readers of
config/config.yaml (its first paragraph) and config/README.md (all of it, see
`radnec.config.describe`).

Snakemake compares `params` by their text. Canonical JSON (sorted keys) of exactly the section
that a stage uses makes that comparison mean "did a setting of this stage change".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple, Self, TypeVar

from annotated_types import Ge, Gt, Le, Len
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from radnec.core.errors import InputError
from radnec.core.expectations import Expected
from radnec.core.faults import CONFLICT, find_faults


class Conflict(NamedTuple):
    """A value that another key of its section does not allow."""

    key: str
    expected: str


class Settings(BaseModel):
    """Base of the model that each stage defines for its section of the configuration."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Build the settings from a section of the configuration.

        Raises
        ------
        InputError
            With a line for every fault: the key, the value found, the value expected.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            faults = find_faults(cls, error)
            raise InputError("\n".join(f"{cls.__name__}: {fault}" for fault in faults)) from None

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Build the settings from the canonical JSON of their section."""
        return cls.from_mapping(json.loads(text))

    def to_mapping(self) -> dict[str, Any]:
        """Return the settings as plain values, as they stand in a configuration file."""
        return self.model_dump(mode="json")

    def to_json(self) -> str:
        """Return the canonical JSON: sorted keys, nothing that depends on order."""
        return canonical_json(self.to_mapping())

    def conflicts(self) -> Iterator[Conflict]:
        """Give every value that another key of the section does not allow."""
        yield from ()

    @model_validator(mode="after")
    def _refuse_conflicts(self) -> Self:
        conflicts = [(key, getattr(self, key), expected) for key, expected in self.conflicts()]
        if conflicts:
            raise PydanticCustomError(CONFLICT, "keys that conflict", {"conflicts": conflicts})
        return self


def canonical_json(value: Any) -> str:
    """Return JSON in which equal values have equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


# Types of values. Snakemake hands the nested values of `--config` over as text, and YAML 1.1 reads
# 1e-5 as text: a text is taken for the number, the truth value or the null that it spells where
# that is what the key needs.

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_WHOLE = re.compile(r"[-+]?\d+")
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def _number(value: object) -> object:
    spelled = isinstance(value, str) and _NUMBER.fullmatch(value.strip())
    return float(str(value)) if spelled else value


def _whole(value: object) -> object:
    spelled = isinstance(value, str) and _WHOLE.fullmatch(value.strip())
    return int(str(value)) if spelled else value


def _truth(value: object) -> object:
    return _TRUTH.get(value.strip().lower(), value) if isinstance(value, str) else value


def _null(value: object) -> object:
    return None if isinstance(value, str) and value.strip().lower() in ("null", "~", "") else value


def _unique(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len({canonical_json(value) for value in values}) < len(values):
        raise PydanticCustomError("repeated", "values that differ from each other")
    return values


def _ascending(values: tuple[float, float]) -> tuple[float, float]:
    if values[0] >= values[1]:
        raise PydanticCustomError("descending", "the lower number first")
    return values


Number = Annotated[float, Strict(), BeforeValidator(_number)]
Positive = Annotated[Number, Gt(0)]
NotNegative = Annotated[Number, Ge(0)]
Share = Annotated[Number, Ge(0), Le(1)]
Whole = Annotated[int, Strict(), BeforeValidator(_whole)]
Count = Annotated[Whole, Ge(1)]
Flag = Annotated[bool, Strict(), BeforeValidator(_truth)]
File = Annotated[str, Len(1), Expected("the path of a file")]
OptionalPath = Annotated[str | None, BeforeValidator(_null)]
Range = Annotated[
    tuple[NotNegative, NotNegative],
    AfterValidator(_ascending),
    Expected("a list of two numbers of at least 0, the lower first"),
]

_T = TypeVar("_T")
UniqueList = Annotated[
    tuple[_T, ...], AfterValidator(_unique), Field(json_schema_extra={"uniqueItems": True})
]
"""Any number of values, none of them twice."""
Values = Annotated[UniqueList[_T], Len(1)]
"""One or several values, none of them twice."""
