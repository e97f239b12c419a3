"""Files of a study by the model that they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def by_model(paths: Iterable[str | Path]) -> dict[str, Path]:
    """Return model, as ``<backbone>/<inputs>``, to its file ``.../<backbone>/<inputs>.<ext>``."""
    return {"/".join(Path(path).with_suffix("").parts[-2:]): Path(path) for path in paths}
