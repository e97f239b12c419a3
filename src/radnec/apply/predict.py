"""The probability of necrosis for a patient who was not in the study."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from radnec.apply.dicom.capture import draw_summary
from radnec.apply.dicom.equipment import software_version
from radnec.apply.doubt import doubt_of
from radnec.apply.explain import explain_patient
from radnec.apply.likeness import compare_with_study, measure_patient, models_that_read
from radnec.apply.model import Model
from radnec.apply.page import write_patient_page
from radnec.apply.prepare import SequencesMissing, prepare_patient
from radnec.apply.text import as_markdown
from radnec.cases.sources import CaseSource
from radnec.core.errors import InputError
from radnec.core.files import atomic_path, write_json, write_text
from radnec.core.labels import NEGATIVE, POSITIVE
from radnec.core.notices import notice
from radnec.explain.cam import LAST
from radnec.explain.spaces import reference_image
from radnec.novelty.features import captured_features


def predict_patient(
    *,
    model: Model,
    case: str,
    source: CaseSource,
    mask: Path | None,
    output: Path,
    write_dicom: bool = False,
    pseudonym: str | None = None,
    prevalence: float | None = None,
) -> dict[str, Any]:
    """Apply a model of a finished study to one patient.

    Parameters
    ----------
    model
        From `radnec.apply.model.load_model`. With several folds or seeds, each of its networks is
        asked, and the mean of their probabilities decides.
    case
        A pseudonym for the results.
    mask
        Brain mask on the grid of the reference, or None.
    output
        Gets prediction.json, prediction.md, prediction.html (with an interactive viewer),
        quality.png (registration and mask), map.nii.gz (where the networks looked, on the grid of
        the reference scan), summary.png and the images of every stage.
    write_dicom
        Whether to write the folder dicom, see `radnec.apply.dicom.write`; the images have to
        come as DICOM.
    pseudonym
        Stands for the patient in those files; None keeps the identifiers of the source.
    prevalence
        Share of necrosis among the patients that the user sees, above 0 and below 1: for the
        predictive values and the recalibrated probability. None for that of the study.

    Returns
    -------
    dict
        What prediction.json holds: ``p_necrosis``, ``p_recurrence`` (their sum is 1),
        ``predicted``, each network's probability, ``doubt`` (see `radnec.apply.doubt.doubt_of`),
        ``likeness`` (see `radnec.apply.likeness.compare_with_study`), the model, and the notice.

    Raises
    ------
    InputError
        If the images cannot be used.
    """
    if write_dicom and source.kind != "dicom":
        raise InputError(
            "results as DICOM refer to the DICOM images they were made from: "
            f"found images that come as {source.kind}, expected --dicom FOLDER"
        )
    config, sequences = model.config, model.sequences
    phantom = config["cohort"] == "phantom"
    try:
        normalised = prepare_patient(
            case=case,
            source=source,
            mask=mask,
            sequences=sequences,
            config=config,
            device=model.device_name,
            threads=model.threads,
            folder=output,
        )
    except SequencesMissing as missing:
        raise InputError(f"{missing}. {_who_can_answer(model, missing.usable)}") from missing
    volume = np.stack(
        [
            nib.Nifti1Image.from_filename(normalised / f"{sequence}.nii.gz").get_fdata(
                dtype=np.float32
            )
            for sequence in sequences
        ]
    ).astype(config["pack"]["dtype"])  # rounded as the volumes of the study were
    with ExitStack() as stack:
        captured = {
            name: stack.enter_context(captured_features(network))
            for name, network in model.networks.items()
        }
        each = model.probabilities(case, volume)
    features = {name: found[0] for name, found in captured.items()}
    measured = measure_patient(case, output, phantom=phantom)
    p_necrosis = float(np.mean(list(each.values())))
    result = {
        "case": case,
        "p_necrosis": p_necrosis,
        "p_recurrence": 1.0 - p_necrosis,
        "predicted": POSITIVE if p_necrosis > 0.5 else NEGATIVE,
        "p_necrosis_of_each_network": each,
        "model": model.name,
        "sequences": sequences,
        "study": config["study"],
        "doubt": doubt_of(
            model.folder,
            model.name,
            p_necrosis,
            each,
            prevalence=prevalence,
            confidence=float(config["evaluation"]["confidence"]),
        ),
        "likeness": compare_with_study(model.folder, model.name, measured, features),
        "notice": notice(phantom),
    }
    write_json(output / "prediction.json", result)
    write_text(output / "prediction.md", as_markdown(result))
    reference = reference_image(output / "registered")
    heat = output / "map.nii.gz"
    shown = config["explain"]
    explain_patient(
        model.networks.values(),
        volume,
        result["predicted"],
        method=shown["method"],
        # A layer named for the study's figures is known of their backbone alone.
        layer=shown["layer"] if model.name.split("/")[0] == shown["backbone"] else LAST,
        device=model.device,
        like=normalised / f"{sequences[0]}.nii.gz",
        reference=reference,
        output=heat,
    )
    scan = output / "brain" / reference.name
    sequence = reference.name.removesuffix(".nii.gz")
    with atomic_path(output / "summary.png") as temporary:
        draw_summary(result, scan, heat, sequence).savefig(temporary, format="png", dpi=200)
    write_patient_page(result, output, sequence, output / "prediction.html")
    if write_dicom:
        # Here: half a second of imports that other patients need not wait for.
        from radnec.apply.dicom.source import find_source
        from radnec.apply.dicom.write import write_dicom as write_results_as_dicom

        write_results_as_dicom(
            result,
            find_source(Path(source.path), output / "series.tsv", sequence),
            reference=scan,
            heat=heat,
            mask=output / "brain" / "mask.nii.gz",
            mask_method=config["skull_strip"]["backend"] if mask is None else "given",
            mask_version=software_version(),
            pseudonym=pseudonym,
            output=output / "dicom",
        )
    return result


def _who_can_answer(model: Model, usable: Sequence[str]) -> str:
    """Say which models of the study need no more than the sequences that are there."""
    found = f"Found {', '.join(usable) or 'no usable sequence'}"
    able = models_that_read(model.folder, usable)
    if not able:
        return f"{found}: no model of this study can answer"
    return f"{found}: of this study {', '.join(able)} can answer"
