"""The next patient's images, prepared exactly as those of the study were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from radnec.cases.sources import CaseSource
from radnec.cohort.select import SelectionSettings, judge
from radnec.core.errors import InputError
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.ingest.convert import convert_case
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


def prepare_patient(
    *,
    case: str,
    source: CaseSource,
    mask: Path | None,
    sequences: list[str],
    config: dict[str, Any],
    device: str,
    threads: int,
    folder: Path,
) -> Path:
    """Run index, conversion, registration, stripping and normalisation for one patient.

    Parameters
    ----------
    sequences
        What the network reads; no other sequence is required.
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
    InputError
        If the images cannot be used: says at which stage, and why. If the study's networks read
        cut-outs around the lesion, which for this patient nobody has drawn.
    """
    # Studies before this section have none.
    if config.get("lesion", {}).get("crop"):
        raise InputError(
            "the study's lesion.crop is true: its networks read the surroundings of a lesion, "
            "which is not known for this patient; expected a study of whole brains"
        )
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
    reason = judge(converted, [s for s in SEQUENCES if s in sequences], selection.min_slices)
    if reason:
        raise InputError(f"{case} cannot be used: {reason}")
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


def _usable(path: Path) -> Record:
    record = Record.read(path)
    if not record.ok:
        raise InputError(f"{record.case} cannot be used, stage {record.stage}: {record.reason}")
    return record
