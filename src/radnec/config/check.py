"""The check of a whole configuration: each section, then what one says about another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from radnec.config.cross_checks import CHECKS
from radnec.config.model import StudyConfig
from radnec.core.errors import InputError
from radnec.core.faults import Fault, find_faults


def check_config(values: Mapping[str, Any]) -> StudyConfig:
    """Return the configuration that some values make, defaults where they name none.

    Raises
    ------
    InputError
        With a line for every fault: the key, the value found, the value expected.
    """
    values = dict(values)
    faults: list[Fault] = []
    try:
        config = StudyConfig.model_validate(values)
        faulty = set()
    except ValidationError as error:
        faults = find_faults(StudyConfig, error)
        faulty = {str(detail["loc"][0]) for detail in error.errors(include_url=False)}
        # What else is wrong is reported too: of the sections that can be read.
        readable = StudyConfig.model_fields.keys() - faulty
        config = StudyConfig.model_validate({k: v for k, v in values.items() if k in readable})
    for check in CHECKS:
        if faulty.isdisjoint(check.sections):
            faults += check.find(config)
    if faults:
        raise InputError("\n".join(f"config: {fault}" for fault in faults))
    return config
