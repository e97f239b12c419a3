"""What is known of a trained model before its networks are loaded."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radnec.apply.manifest import is_export, verify
from radnec.apply.patients import Patient
from radnec.apply.prepare.request import Request
from radnec.core.errors import InputError
from radnec.provenance.config import read_config


@dataclasses.dataclass(frozen=True)
class KnownModel:
    """A model of a study, or of a folder that `radnec export` wrote.

    Attributes
    ----------
    name
        ``<backbone>/<inputs>``.
    folder
        The study's results, or the exported folder.
    config
        The configuration of the study.
    networks
        The folder of each network, by name.
    sequences
        What the networks read, in the order of their channels.
    """

    name: str
    folder: Path
    config: Mapping[str, Any]
    networks: tuple[Path, ...]
    sequences: tuple[str, ...]

    def request(self, patient: Patient, folder: Path) -> Request:
        """Return what is to be prepared of a patient, into the folder of the results."""
        return Request(
            case=patient.case,
            source=patient.source,
            mask=patient.mask,
            sequences=self.sequences,
            config=self.config,
            folder=folder,
        )


def find_model(study: Path, name: str | None) -> KnownModel:
    """Find a model; torch, which takes seconds to import, is not needed for it.

    Parameters
    ----------
    study
        results/<study>, or a folder written by `radnec export`, whose checksums are verified
        before anything of it is read.
    name
        ``<backbone>/<inputs>``; None where there is but one.

    Raises
    ------
    InputError
        If the folder is no study, was changed since it was exported, or has no such model.
    """
    if is_export(study):
        verify(study)
    config = read_config(study)
    folders = _networks_of(study, name)
    described = json.loads((folders[0] / "network.json").read_text(encoding="utf-8"))
    return KnownModel(
        name="/".join(folders[0].parts[-3:-1]),
        folder=study,
        config=config,
        networks=folders,
        sequences=tuple(described["sequences"]),
    )


def _networks_of(study: Path, name: str | None) -> tuple[Path, ...]:
    known = sorted({"/".join(p.parts[-4:-2]) for p in study.glob("models/*/*/*/network.json")})
    if name is None and len(known) == 1:
        name = known[0]
    if name not in known:
        found = "no --model" if name is None else f"no trained model {name!r}"
        raise InputError(f"{study}: {found}, expected one of {known}")
    return tuple(sorted(p.parent for p in (study / "models" / name).glob("*/network.json")))
