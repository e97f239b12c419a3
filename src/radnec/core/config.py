"""Rows of a table, checked against a JSON schema."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from radnec.core.errors import InputError


def validate(values: Any, schema: Path, *, what: str) -> None:
    """Check `values` against a JSON schema written in YAML.

    Parameters
    ----------
    what
        What is checked, for the message: ``config/cases.tsv row 3 (P002)``.

    Raises
    ------
    InputError
        With one line for each fault: the key, the value found, the value expected.
    """
    faults = list(_validator(Path(schema)).iter_errors(values))
    if faults:
        lines = sorted(line for fault in faults for line in _explain(fault))
        raise InputError("\n".join(f"{what}: {line}" for line in lines))


@cache
def _validator(schema: Path) -> jsonschema.Draft202012Validator:
    rules = yaml.safe_load(schema.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(rules)


def _explain(fault: jsonschema.ValidationError) -> Iterable[str]:
    rule: dict[str, Any] = dict(fault.schema)  # type: ignore[arg-type]
    required: Any = fault.validator_value
    found: Any = fault.instance
    key = ".".join(str(part) for part in fault.absolute_path)
    if fault.validator == "additionalProperties":
        known = sorted(rule.get("properties", {}))
        patterns = rule.get("patternProperties", {})
        extra = sorted(set(found) - set(known))
        extra = [name for name in extra if not any(name.startswith(p.strip("^")) for p in patterns)]
        prefix = f"{key}." if key else ""
        for name in extra:
            yield f"unknown key {prefix}{name}, expected one of {known}"
    elif fault.validator == "required":
        missing = sorted(set(required) - set(found))
        yield f"{key or 'top level'}: key missing: {', '.join(missing)}"
    else:
        expected = rule.get("description") or f"{fault.validator} {required}"
        kind = type(found).__name__
        yield f"{key}: found {found!r} ({kind}), expected {expected}"
