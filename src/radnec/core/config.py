"""The configuration, checked against its schema before anything runs."""

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
        What is checked, for the message: ``config`` or ``config/cases.tsv row 3 (P002)``.

    Raises
    ------
    InputError
        With one line for each fault: the key, the value found, the value expected.
    """
    faults = list(_validator(Path(schema)).iter_errors(values))
    if faults:
        lines = sorted(line for fault in faults for line in _explain(fault))
        raise InputError("\n".join(f"{what}: {line}" for line in lines))


def validate_config(config: dict[str, Any], schema: Path) -> None:
    """Check the whole configuration: the schema, then what one key says about another.

    Raises
    ------
    InputError
        With every fault found.
    """
    validate(config, schema, what="config")
    sets = config["input_sets"]
    unknown = [name for name in config["models"]["inputs"] if name not in sets]
    if unknown:
        raise InputError(
            f"config: models.inputs: found {unknown}, expected names of input_sets: {sorted(sets)}"
        )
    for section in ("explain",):
        for key, allowed in (("backbone", "backbones"), ("inputs", "inputs")):
            value = config[section][key]
            if value not in config["models"][allowed]:
                raise InputError(
                    f"config: {section}.{key}: found {value!r}, expected one of "
                    f"models.{allowed}: {config['models'][allowed]}"
                )


def sequences_used(config: dict[str, Any]) -> list[str]:
    """Return the sequences that at least one trained input set reads, sorted."""
    return sorted({s for name in config["models"]["inputs"] for s in config["input_sets"][name]})


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
        hint = ""
        if fault.validator == "type" and _reads_as_number(found):
            hint = " (YAML reads this as text; write it with a point, as in 1.0e-5)"
        kind = type(found).__name__
        yield f"{key}: found {found!r} ({kind}), expected {expected}{hint}"


def _reads_as_number(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True
