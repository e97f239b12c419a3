"""The stages of a study, run for one patient."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path

from radnec.apply.prepare.request import Request
from radnec.cases.sources import CaseSource
from radnec.cohort.select import SelectionSettings, judge
from radnec.core.errors import InputError
from radnec.core.sequences import SEQUENCES, reference_of
from radnec.core.tables import read_tsv, write_tsv
from radnec.ingest.convert import convert_case
from radnec.ingest.identification.types import CHOSEN, NOT_CHOSEN
from radnec.ingest.index import index_case
from radnec.ingest.settings import IngestSettings
from radnec.preprocess.normalise import normalise_case
from radnec.preprocess.register import register_case
from radnec.preprocess.settings.normalisation import NormalisationSettings
from radnec.preprocess.settings.registration import RegistrationSettings
from radnec.preprocess.settings.skull_strip import SkullStripSettings
from radnec.preprocess.skullstrip.strip import strip_case


class SequencesMissing(InputError):
    """What a model reads is not there, or has too few slices.

    Attributes
    ----------
    usable
        The sequences that are there.
    """

    def __init__(self, message: str, usable: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.usable = tuple(usable)


def convert(request: Request) -> None:
    """Index and convert the images."""
    config, case, folder = request.config, request.case, request.folder
    # Studies before this section have none.
    if config.get("lesion", {}).get("crop"):
        raise InputError(
            "the study's lesion.crop is true: its networks read the surroundings of a lesion, "
            "which is not known for this patient; expected a study of whole brains"
        )
    source = _files_needed(request.source, request.sequences)
    overrides = config["series_overrides"]
    ingest = IngestSettings.from_mapping(config["ingest"])
    index_case(
        case=case,
        source=source,
        min_confidence=ingest.min_confidence,
        overrides=Path(overrides) if overrides else None,
        series=folder / "series.tsv",
        record=request.record("index"),
    )
    if source.kind == "dicom":
        _leave_out_unread(folder / "series.tsv", request.sequences)
    convert_case(
        case=case,
        source=source,
        series=folder / "series.tsv",
        index_record=request.record("index"),
        settings=ingest,
        images=folder / "nifti",
        record=request.record("convert"),
    )
    selection = SelectionSettings.from_mapping(config["selection"])
    converted = request.finished("convert")
    ordered = [s for s in SEQUENCES if s in request.sequences]
    if reason := judge(converted, ordered, selection.min_slices):
        usable = [s for s in SEQUENCES if not judge(converted, [s], selection.min_slices)]
        raise SequencesMissing(f"{case} cannot be used by this model: {reason}", usable)


def register(request: Request) -> None:
    """Register the converted images."""
    request.finished("convert")
    register_case(
        case=request.case,
        images=request.folder / "nifti",
        convert_record=request.record("convert"),
        settings=RegistrationSettings.from_mapping(request.config["registration"]),
        seed=request.config["seed"],
        registered=request.folder / "registered",
        record=request.record("register"),
    )


def strip_and_normalise(request: Request, masks: Path | None) -> None:
    """Take everything but the brain out of the registered images, and normalise them.

    Parameters
    ----------
    masks
        From `radnec.apply.prepare.mask.predict_mask`.
    """
    config, folder = request.config, request.folder
    strip_case(
        hdbet_masks=masks,
        case=request.case,
        registered=folder / "registered",
        register_record=request.record("register"),
        given_mask=request.mask,
        images=folder / "nifti",
        settings=SkullStripSettings.from_mapping(config["skull_strip"]),
        seed=config["seed"],
        brain=folder / "brain",
        record=request.record("strip"),
    )
    normalise_case(
        case=request.case,
        brain=folder / "brain",
        strip_record=request.record("strip"),
        settings=NormalisationSettings.from_mapping(config["normalisation"]),
        normalised=folder / "normalised",
        record=request.record("normalise"),
    )
    request.finished("normalise")


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
