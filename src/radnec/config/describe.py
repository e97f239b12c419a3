"""What the model says of each key: comment, description, and when to change it.

The text below a field has paragraphs. The first is the comment beside the key in
config/config.yaml; all of them but the last, which begins with ``Change:``, describe the key in
config/README.md.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

from pydantic.fields import FieldInfo

from radnec.core.faults import annotated, expected_of, is_model
from radnec.core.settings import Settings

_CHANGE = "Change: "


@dataclasses.dataclass(frozen=True)
class Key:
    """One key of the configuration.

    Attributes
    ----------
    name
        Dotted: ``training.epochs``.
    comment, description
        The first paragraph of its text, and the whole of it on one line.
    change
        When to change it; empty for a section.
    expected
        Which values it takes.
    value
        The value of the configuration that is described, a plain one.
    is_section
        Whether it holds keys instead of a value.
    """

    name: str
    comment: str
    description: str
    change: str
    expected: str
    value: Any
    is_section: bool


def describe(settings: Settings, prefix: str = "") -> Iterator[Key]:
    """Give every key of some settings in order; a section comes before its keys."""
    values = settings.to_mapping()
    for name, field in type(settings).model_fields.items():
        yield _key(f"{prefix}{name}", field, values[name])
        if is_model(field.annotation):
            yield from describe(getattr(settings, name), f"{prefix}{name}.")


def _key(name: str, field: FieldInfo, value: Any) -> Key:
    paragraphs = _paragraphs(field.description or "")
    changes = [p.removeprefix(_CHANGE) for p in paragraphs if p.startswith(_CHANGE)]
    texts = [p for p in paragraphs if not p.startswith(_CHANGE)]
    return Key(
        name=name,
        comment=texts[0],
        description=_joined(texts),
        change=changes[0] if changes else "",
        expected=expected_of(annotated(field)),
        value=value,
        is_section=is_model(field.annotation),
    )


def in_one_line(text: str) -> str:
    """Return the paragraphs of a text as sentences of one line."""
    return _joined(_paragraphs(text))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(one.split()) for one in inspect.cleandoc(text).split("\n\n")]


def _joined(paragraphs: list[str]) -> str:
    *first, last = paragraphs
    return " ".join([*(f"{one.rstrip('.')}." for one in first), last])
