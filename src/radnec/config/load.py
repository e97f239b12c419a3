"""Configuration files, laid over each other as Snakemake does, and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from radnec.config.check import check_config
from radnec.config.doubled import refuse_doubled_keys
from radnec.config.model import StudyConfig
from radnec.core.errors import InputError


def load_config(files: Sequence[Path]) -> StudyConfig:
    """Return the configuration that files make together with the defaults.

    Parameters
    ----------
    files
        YAML or JSON; a later one wins.

    Raises
    ------
    InputError
        If a file cannot be read or has a key twice, or with every fault of the configuration.
    """
    values: dict[str, Any] = StudyConfig().to_mapping()
    for file in files:
        values = merged(values, _read(file))
    return check_config(values)


def _read(file: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}, expected a configuration file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: not readable as YAML: {error}") from None
    refuse_doubled_keys(file)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise InputError(f"{file}: found {type(values).__name__}, expected keys with their values")
    return values


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with an overlay on it, section by section."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            value = merged(old, value)
        result[key] = value
    return result
