"""The probability of necrosis for a patient who was not in the study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from radnec.apply.dicom.capture import draw_summary
from radnec.apply.dicom.equipment import software_version
from radnec.apply.explain import explain_patient
from radnec.apply.model import Model
from radnec.apply.page import write_patient_page
from radnec.apply.prepare import prepare_patient
from radnec.cases.sources import CaseSource
from radnec.core.errors import InputError
from radnec.core.files import atomic_path, write_json, write_text
from radnec.core.labels import NEGATIVE, POSITIVE
from radnec.core.notices import notice
from radnec.explain.cam import LAST
from radnec.explain.spaces import reference_image


def predict_patient(
    *,
    model: Model,
    case: str,
    source: CaseSource,
    mask: Path | None,
    output: Path,
    write_dicom: bool = False,
    pseudonym: str | None = None,
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
        map.nii.gz (where the networks looked, on the grid of the reference scan), summary.png and
        the images of every stage.
    write_dicom
        Whether to write the folder dicom, see `radnec.apply.dicom.write`; the images have to
        come as DICOM.
    pseudonym
        Stands for the patient in those files; None keeps the identifiers of the source.

    Returns
    -------
    dict
        What prediction.json holds: ``p_necrosis``, ``p_recurrence`` (their sum is 1),
        ``predicted``, each network's probability, the model, and the notice.

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
    volume = np.stack(
        [
            nib.Nifti1Image.from_filename(normalised / f"{sequence}.nii.gz").get_fdata(
                dtype=np.float32
            )
            for sequence in sequences
        ]
    ).astype(config["pack"]["dtype"])  # rounded as the volumes of the study were
    each = model.probabilities(case, volume)
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
        "notice": notice(config["cohort"] == "phantom"),
    }
    write_json(output / "prediction.json", result)
    write_text(output / "prediction.md", _as_text(result))
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


def _as_text(result: dict[str, Any]) -> str:
    """Return the prediction for reading; figure 5 of the paper prints p of recurrence."""
    return (
        f"# Case {result['case']}: {result['predicted']}\n\n"
        f"| probability of necrosis | probability of recurrence |\n|---|---|\n"
        f"| {result['p_necrosis']:.3f} | {result['p_recurrence']:.3f} |\n\n"
        f"Model {result['model']} of study {result['study']}, "
        f"{len(result['p_necrosis_of_each_network'])} network(s), "
        f"sequences {', '.join(result['sequences'])}.\n\n**{result['notice']}**\n"
    )
