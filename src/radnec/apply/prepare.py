"""The next patient's images, prepared exactly as those of the study were."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from radnec.cases.sources import CaseSource
from radnec.cohort.select import SelectionSettings, judge
from radnec.core.errors import InputError
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES, reference_of
from radnec.core.tables import read_tsv, write_tsv
from radnec.ingest.convert import convert_case
from radnec.ingest.identification.types import CHOSEN, NOT_CHOSEN
from radnec.ingest.index import index_case
from radnec.ingest.settings import IngestSettings
from radnec.preprocess.normalise import normalise_case
from radnec.preprocess.register import register_case
from radnec.preprocess.settings.hd_bet_weights import HdBetWeightsSettings
from radnec.preprocess.settings.normalisation import NormalisationSettings
from radnec.preprocess.settings.registration import RegistrationSettings
from radnec.preprocess.settings.skull_strip import LEARNED, SkullStripSettings
from radnec.preprocess.skullstrip.hdbet_batch import predict_masks
from radnec.preprocess.skullstrip.hdbet_weights import fetch_hdbet
from radnec.preprocess.skullstrip.strip import strip_case


class SequencesMissing(InputError):
    """What a model reads is not there, or has too few slices.

    Attributes
    ----------
    usable
        The sequences that are there.
    """

    def __init__(self, message: str, usable: Sequence[str]) -> None:
        super().__init__(message)
        self.usable = tuple(usable)


def prepare_patient(
    *,
    case: str,
    source: CaseSource,
    mask: Path | None,
    sequences: Sequence[str],
    config: Mapping[str, Any],
    device: str,
    threads: int,
    folder: Path,
) -> Path:
    """Run index, conversion, registration, stripping and normalisation for one patient.

    Parameters
    ----------
    sequences
        What the network reads. No other sequence is required, and of the others only the one that
        becomes the reference is looked at: a movement or a fault of an image that no network
        reads changes no answer, and its registration takes seconds.
    config
        The configuration of the study, see `radnec.provenance.config.read_config`.
    folder
        Gets the folders of all stages and their records.

    Returns
    -------
    Path
        Folder with the normalised volumes, ``<sequence>.nii.gz``.

    Raises
    ------
    SequencesMissing
        If a sequence that the network reads is not there; says which are.
    InputError
        If the images cannot be used for another reason: says at which stage, and why. If the
        study's networks read cut-outs around the lesion, which for this patient nobody has drawn.
    """
    # Studies before this section have none.
    if config.get("lesion", {}).get("crop"):
        raise InputError(
            "the study's lesion.crop is true: its networks read the surroundings of a lesion, "
            "which is not known for this patient; expected a study of whole brains"
        )
    source = _files_needed(source, sequences)
    overrides = config["series_overrides"]
    ingest = IngestSettings.from_mapping(config["ingest"])
    at = {name: folder / "records" / f"{name}.json" for name in _STAGES}
    index_case(
        case=case,
        source=source,
        min_confidence=ingest.min_confidence,
        overrides=Path(overrides) if overrides else None,
        series=folder / "series.tsv",
        record=at["index"],
    )
    if source.kind == "dicom":
        _leave_out_unread(folder / "series.tsv", sequences)
    convert_case(
        case=case,
        source=source,
        series=folder / "series.tsv",
        index_record=at["index"],
        settings=ingest,
        images=folder / "nifti",
        record=at["convert"],
    )
    selection = SelectionSettings.from_mapping(config["selection"])
    converted = _usable(at["convert"])
    ordered = [s for s in SEQUENCES if s in sequences]
    if reason := judge(converted, ordered, selection.min_slices):
        usable = [s for s in SEQUENCES if not judge(converted, [s], selection.min_slices)]
        raise SequencesMissing(f"{case} cannot be used by this model: {reason}", usable)
    register_case(
        case=case,
        images=folder / "nifti",
        convert_record=at["convert"],
        settings=RegistrationSettings.from_mapping(config["registration"]),
        seed=config["seed"],
        registered=folder / "registered",
        record=at["register"],
    )
    strip = SkullStripSettings.from_mapping(config["skull_strip"])
    masks = None
    if strip.backend in LEARNED and mask is None:
        network, masks = folder / "hd_bet_network.json", folder / "hd_bet" / "masks.json"
        fetch_hdbet(
            backend=strip.backend,
            settings=HdBetWeightsSettings.from_mapping(config["hd_bet_weights"]),
            output=network,
        )
        predict_masks(
            registered={case: folder / "registered"},
            records={case: at["register"]},
            network=network,
            mirroring=strip.mirroring,
            networks=strip.networks,
            code="",
            device=device,
            threads=threads,
            output=masks,
        )
    strip_case(
        hdbet_masks=masks,
        case=case,
        registered=folder / "registered",
        register_record=at["register"],
        given_mask=mask,
        images=folder / "nifti",
        settings=strip,
        seed=config["seed"],
        brain=folder / "brain",
        record=at["strip"],
    )
    normalise_case(
        case=case,
        brain=folder / "brain",
        strip_record=at["strip"],
        settings=NormalisationSettings.from_mapping(config["normalisation"]),
        normalised=folder / "normalised",
        record=at["normalise"],
    )
    _usable(at["normalise"])
    return folder / "normalised"


_STAGES = ("index", "convert", "register", "strip", "normalise")


def _files_needed(source: CaseSource, sequences: Sequence[str]) -> CaseSource:
    """Return a source of NIfTI files without those that nothing depends on."""
    needed = _needed(source.files, sequences) if source.kind == "nifti" else set(source.files)
    kept = {name: file for name, file in source.files.items() if name in needed}
    return dataclasses.replace(source, files=kept)


def _leave_out_unread(series: Path, sequences: Sequence[str]) -> None:
    """Mark chosen series that nothing depends on as not chosen."""
    table = read_tsv(series, dtype=str)
    chosen = table["status"] == CHOSEN
    needed = _needed(table.loc[chosen, "sequence"], sequences)
    unread = chosen & ~table["sequence"].isin(needed)
    if unread.any():
        table.loc[unread, ["status", "reason"]] = NOT_CHOSEN, "the model does not read it"
        write_tsv(table, series)


def _needed(available: Iterable[str], sequences: Sequence[str]) -> set[str]:
    """Return what is read, and the reference; everything where something that is read is missing.

    Then there is no answer, and what is there is of interest.
    """
    there = set(available)
    if not there.issuperset(sequences):
        return there
    return {*sequences, reference_of(there)}


def _usable(path: Path) -> Record:
    record = Record.read(path)
    if not record.ok:
        raise InputError(f"{record.case} cannot be used, stage {record.stage}: {record.reason}")
    return record
