"""The probability of necrosis for a patient who was not in the study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from radnec.apply.dicom.results import load_writers, write_results
from radnec.apply.doubt import doubt_of
from radnec.apply.explain import explain_patient
from radnec.apply.likeness import compare_with_study, models_that_read
from radnec.apply.map_tests import map_tests_of
from radnec.apply.model import Model
from radnec.apply.page import write_patient_page
from radnec.apply.picture import draw_summary
from radnec.apply.prepare.measure import measure_patient
from radnec.apply.prepare.preparing import Preparing
from radnec.apply.prepare.stages import SequencesMissing
from radnec.apply.side import Side
from radnec.apply.text import as_markdown
from radnec.core.errors import InputError
from radnec.core.files import write_json, write_text
from radnec.core.labels import called
from radnec.core.notices import notice
from radnec.explain.cam import LAST
from radnec.explain.spaces import reference_image
from radnec.novelty.features import captured_features


def predict_patient(
    model: Model,
    preparing: Preparing,
    side: Side,
    *,
    write_dicom: bool = False,
    pseudonym: str | None = None,
    prevalence: float | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Apply a model of a finished study to one patient.

    Into the folder that the preparation was begun with come prediction.json, prediction.md,
    prediction.html (with an interactive viewer), quality.png (registration and mask), map.nii.gz
    (where the networks looked, on the grid of the reference scan), summary.png and the images of
    every stage.

    Parameters
    ----------
    model
        From `radnec.apply.model.load_model`. With several folds or seeds, each of its networks is
        asked, and the mean of their probabilities decides.
    preparing
        The patient, as the model reads one.
    side
        Measures the images and writes the DICOM while this process asks and draws.
    write_dicom
        Whether to write the folder dicom, see `radnec.apply.dicom.write`; the images have to
        come as DICOM.
    pseudonym
        Stands for the patient in those files; None keeps the identifiers of the source.
    prevalence
        Share of necrosis among the patients that the user sees, above 0 and below 1: for the
        predictive values and the recalibrated probability. None for that of the study.
    meanwhile
        Called once `side` has been given the last work for this patient.

    Returns
    -------
    dict
        What prediction.json holds: ``p_necrosis``, ``p_recurrence`` (their sum is 1),
        ``predicted``, each network's probability, ``doubt`` (see `radnec.apply.doubt.doubt_of`),
        ``likeness`` (see `radnec.apply.likeness.compare_with_study`), ``map_tests`` (see
        `radnec.apply.map_tests.map_tests_of`), the model, and the notice.

    Raises
    ------
    InputError
        If the images cannot be used.
    """
    request = preparing.request
    case, source, output = request.case, request.source, request.folder
    if write_dicom and source.kind != "dicom":
        raise InputError(
            "results as DICOM refer to the DICOM images they were made from: "
            f"found images that come as {source.kind}, expected --dicom FOLDER"
        )
    config, sequences = model.config, model.sequences
    phantom = config["cohort"] == "phantom"
    try:
        normalised = preparing.normalised(model.device_name, model.threads)
    except SequencesMissing as missing:
        raise InputError(f"{missing}. {_who_can_answer(model, missing.usable)}") from missing
    measuring = side.submit(measure_patient, case, output, phantom=phantom)
    if write_dicom:
        side.submit(load_writers)
    volume = _read_volume(normalised, sequences, config["pack"]["dtype"])
    with ExitStack() as stack:
        captured = {
            name: stack.enter_context(captured_features(network))
            for name, network in model.networks.items()
        }
        each = model.probabilities(case, volume)
    features = {name: found[0] for name, found in captured.items()}
    p_necrosis = float(np.mean(list(each.values())))
    predicted = called(p_necrosis)
    reference = reference_image(output / "registered")
    heat = output / "map.nii.gz"
    shown = config["explain"]
    explain_patient(
        model.networks.values(),
        volume,
        predicted,
        method=shown["method"],
        # A layer named for the study's figures is known of their backbone alone.
        layer=shown["layer"] if model.name.split("/")[0] == shown["backbone"] else LAST,
        device=model.device,
        like=normalised / f"{sequences[0]}.nii.gz",
        reference=reference,
        output=heat,
    )
    result = {
        "case": case,
        "p_necrosis": p_necrosis,
        "p_recurrence": 1.0 - p_necrosis,
        "predicted": predicted,
        "p_necrosis_of_each_network": each,
        "model": model.name,
        "sequences": list(sequences),
        "study": config["study"],
        "doubt": doubt_of(
            model.folder,
            model.name,
            p_necrosis,
            each,
            prevalence=prevalence,
            confidence=float(config["evaluation"]["confidence"]),
        ),
        "likeness": compare_with_study(model.folder, model.name, measuring.result(), features),
        "map_tests": map_tests_of(model.folder, model.name, config),
        "notice": notice(phantom),
    }
    write_json(output / "prediction.json", result)
    write_text(output / "prediction.md", as_markdown(result))
    sequence = reference.name.removesuffix(".nii.gz")
    draw_summary(result, output / "brain" / reference.name, heat, sequence, output / "summary.png")
    if write_dicom:
        backend = config["skull_strip"]["backend"]
        writing = side.submit(
            write_results,
            result,
            images=Path(source.path),
            folder=output,
            sequence=sequence,
            mask_method=backend if request.mask is None else "given",
            pseudonym=pseudonym,
        )
    meanwhile()
    write_patient_page(result, output, sequence, output / "prediction.html")
    if write_dicom:
        writing.result()
    return result


def _read_volume(normalised: Path, sequences: Sequence[str], dtype: str) -> np.ndarray:
    """Read what the networks read, (channel, x, y, z), rounded as the study's volumes were."""
    images = [
        nib.Nifti1Image.from_filename(normalised / f"{name}.nii.gz").get_fdata(dtype=np.float32)
        for name in sequences
    ]
    return np.stack(images).astype(dtype)


def _who_can_answer(model: Model, usable: Sequence[str]) -> str:
    """Say which models of the study need no more than the sequences that are there."""
    found = f"Found {', '.join(usable) or 'no usable sequence'}"
    able = models_that_read(model.folder, usable)
    if not able:
        return f"{found}: no model of this study can answer"
    return f"{found}: of this study {', '.join(able)} can answer"
