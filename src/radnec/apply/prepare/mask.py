"""The brain mask of a patient, where a network of the study's skull stripping outlines it."""

from __future__ import annotations

from pathlib import Path

from radnec.apply.prepare.request import Request
from radnec.core.records import Measure, Record
from radnec.core.sequences import SEQUENCES, reference_of
from radnec.preprocess.settings.hd_bet_weights import HdBetWeightsSettings
from radnec.preprocess.settings.skull_strip import LEARNED, SkullStripSettings
from radnec.preprocess.skullstrip.hdbet_batch import predict_masks
from radnec.preprocess.skullstrip.hdbet_weights import fetch_hdbet


def predict_mask(request: Request, device: str, threads: int) -> Path | None:
    """Predict the mask of a patient whose images are converted; they need not be registered.

    Registration passes the file of the reference on as it is, so the mask is that of the study's
    own way, where it is predicted after registration.

    Returns
    -------
    Path or None
        What `radnec.preprocess.skullstrip.strip.strip_case` takes as ``hdbet_masks``; None where
        no network is needed.
    """
    config, folder = request.config, request.folder
    strip = SkullStripSettings.from_mapping(config["skull_strip"])
    if strip.backend not in LEARNED or request.mask is not None:
        return None
    converted = request.finished("convert")
    reference = reference_of(name for name in SEQUENCES if f"{name}.nii.gz" in converted.files)
    file = f"{reference}.nii.gz"
    network, masks = folder / "hd_bet_network.json", folder / "hd_bet" / "masks.json"
    known = folder / "hd_bet" / "reference.json"
    of_reference = {file: converted.files[file]}
    measures: dict[str, Measure] = {"reference": reference}
    Record(request.case, "register", "ok", "", [], of_reference, measures).write(known)
    fetch_hdbet(
        backend=strip.backend,
        settings=HdBetWeightsSettings.from_mapping(config["hd_bet_weights"]),
        output=network,
    )
    predict_masks(
        registered={request.case: folder / "nifti"},
        records={request.case: known},
        network=network,
        mirroring=strip.mirroring,
        networks=strip.networks,
        code="",
        device=device,
        threads=threads,
        output=masks,
    )
    return masks
