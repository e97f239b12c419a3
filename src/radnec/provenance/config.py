"""The configuration as a study used it, kept beside its results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from radnec.core.errors import InputError
from radnec.core.files import write_text


def keep_config(*, used: str, path: Path) -> None:
    """Write the whole configuration, overlays merged, as YAML.

    Parameters
    ----------
    used
        Canonical JSON of the configuration.
    path
        results/<study>/config.yaml: valid as ``--configfile``.
    """
    text = yaml.safe_dump(json.loads(used), sort_keys=True, allow_unicode=True)
    write_text(path, f"# The configuration of this study, as used.\n{text}")


def read_config(study: Path) -> dict[str, Any]:
    """Return the configuration that a study used.

    Raises
    ------
    InputError
        If the folder is not that of a study.
    """
    path = Path(study) / "config.yaml"
    if not path.is_file():
        raise InputError(f"{path} not found, expected the folder of a finished study")
    config: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return config
