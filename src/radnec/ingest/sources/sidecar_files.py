"""JSON beside images, as BIDS inherits it: from the dataset, the subject, the session."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_ENTITY = re.compile(r"([a-zA-Z]+)-([a-zA-Z0-9+]+)")
# How BIDS writes a missing value (specification, common principles).
MISSING = "n/a"


def parts_of_name(path: Path) -> tuple[dict[str, str], str]:
    """Return the entities and the suffix of a BIDS file name."""
    stem = path.name.removesuffix(".gz").partition(".")[0]
    return dict(_ENTITY.findall(stem)), stem.rpartition("_")[2]


def sidecar_values(image: Path, root: Path | None) -> dict[str, Any]:
    """Return what the sidecars of an image say, the nearer over the more distant.

    Parameters
    ----------
    root
        Root of the BIDS dataset: a JSON file there, or in any folder on the way, applies if it
        has the image's suffix and none but its entities. None reads the file beside the image.
    """
    beside = image.with_name(image.name.removesuffix(".gz").removesuffix(".nii") + ".json")
    if root is None:
        return _read(beside)
    folders = [folder for folder in image.parents if folder == root or root in folder.parents]
    values: dict[str, Any] = {}
    for folder in reversed(folders):
        # Of several in one folder the one with more entities is the more special.
        found = [path for path in folder.glob("*.json") if _applies(path, image)]
        for path in sorted(found, key=lambda one: (len(parts_of_name(one)[0]), one.name)):
            values |= _read(path)
    return {key: value for key, value in values.items() if value != MISSING}


def _applies(sidecar: Path, image: Path) -> bool:
    entities, suffix = parts_of_name(sidecar)
    own, own_suffix = parts_of_name(image)
    return suffix == own_suffix and entities.items() <= own.items()


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return values if isinstance(values, dict) else {}
