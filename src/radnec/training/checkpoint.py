"""The checkpoint of a run: killed at any moment it goes on, finished it is not trained again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import torch

import radnec
from radnec.core.files import atomic_path
from radnec.core.fingerprint import code_files
from radnec.core.settings import canonical_json
from radnec.training.data import Volumes

log = logging.getLogger(__name__)

# What training reaches and no weight depends on: they read, check, write or report. What they read
# is in the key by its values. A module that is not named here counts.
_NO_WEIGHTS = {
    "radnec.core.errors",
    "radnec.core.expectations",
    "radnec.core.faults",
    "radnec.core.files",
    "radnec.core.fingerprint",
    "radnec.core.gpu",
    "radnec.core.processor",
    "radnec.core.settings",
    "radnec.core.tables",
    "radnec.training.checkpoint",
    "radnec.training.cost",
    "radnec.training.cudnn",
    "radnec.training.failures",
    "radnec.training.progress",
    "radnec.training.settings",
}


def run_key(definition: Mapping[str, Any], cases: pd.DataFrame, volumes: Volumes) -> str:
    """Return the hash of all that defines a run.

    It covers `definition` (backbone, sequences, fold, seed, settings), the training cases
    with their labels, every voxel of their volumes, the code that computes the weights and
    the versions of torch and MONAI. The test cases, device and threads are no part of it.
    """
    digest = hashlib.sha256()
    digest.update(canonical_json(dict(definition)).encode())
    digest.update(cases.to_csv(index=False, lineterminator="\n").encode())
    for channel in range(volumes.channels):
        for row in cases["row"]:
            volume = volumes.raw(channel, int(row))
            digest.update(f"{volume.dtype.str}{volume.shape}".encode())
            digest.update(volume.data.cast("B"))
    code = code_files(Path(radnec.__path__[0]) / "training" / "fit.py")
    for module in sorted(code.keys() - _NO_WEIGHTS):
        digest.update(module.encode())
        digest.update(code[module].read_bytes())
    for name in ("torch", "monai"):
        digest.update(importlib.metadata.version(name).encode())
    return digest.hexdigest()[:24]


class Checkpoint:
    """One file in a folder named by the key of the run, replaced as a whole."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = Path(folder) / key
        self.path = self.folder / "state.pt"

    def load(self) -> dict[str, Any] | None:
        """Return the saved state, or None when the run starts afresh."""
        if not self.path.exists():
            return None
        state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        log.info("going on from %s", self.path)
        return state

    def save(self, state: dict[str, Any]) -> None:
        """Replace the saved state."""
        with atomic_path(self.path) as temporary, temporary.open("wb") as stream:
            torch.save(state, stream)
            stream.flush()
            # Without this a power failure could leave the new name on an empty file.
            os.fsync(stream.fileno())

    def finish(self, state: dict[str, Any]) -> None:
        """Keep the last state of a run in place of all earlier ones beside it.

        A run that Snakemake starts again for a reason that does not reach its weights (a test
        case relabelled, a module edited that only writes) finds itself finished.
        """
        self.save(state)
        for other in self.folder.parent.iterdir():
            if other.is_dir() and other != self.folder:
                shutil.rmtree(other, ignore_errors=True)

    def remove(self) -> None:
        """Delete the checkpoint of a network that is no longer needed."""
        shutil.rmtree(self.folder, ignore_errors=True)
