"""A patient whose images are wanted as a model reads them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radnec.cases.sources import CaseSource
from radnec.core.errors import InputError
from radnec.core.records import Record


@dataclasses.dataclass(frozen=True)
class Request:
    """A patient whose images are wanted as a model reads them.

    Attributes
    ----------
    case
        The pseudonym under which the results stand.
    mask
        Brain mask on the grid of the reference, or None.
    sequences
        What the networks read. No other sequence is required, and of the others only the one that
        becomes the reference is looked at: a movement or a fault of an image that no network
        reads changes no answer, and its registration takes seconds.
    config
        The configuration of the study, see `radnec.provenance.config.read_config`.
    folder
        Gets the folders of all stages and their records.
    """

    case: str
    source: CaseSource
    mask: Path | None
    sequences: tuple[str, ...]
    config: Mapping[str, Any]
    folder: Path

    def record(self, stage: str) -> Path:
        """Return where the record of a stage is."""
        return self.folder / "records" / f"{stage}.json"

    def finished(self, stage: str) -> Record:
        """Return the record of a stage.

        Raises
        ------
        InputError
            If the images could not be used: says why.
        """
        record = Record.read(self.record(stage))
        if not record.ok:
            raise InputError(f"{record.case} cannot be used, stage {record.stage}: {record.reason}")
        return record
