"""The probability of necrosis for a patient who was not in the study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from radnec.apply.prepare import prepare_patient
from radnec.core.cases import CaseSource
from radnec.core.errors import InputError
from radnec.core.files import write_json, write_text
from radnec.core.labels import NEGATIVE, POSITIVE
from radnec.core.notices import notice
from radnec.provenance.config import read_config
from radnec.training.device import prepare_device
from radnec.training.predict import load_network, predict_cases, read_description


def predict_patient(
    *,
    study: Path,
    model: str,
    case: str,
    source: CaseSource,
    mask: Path | None,
    device: str,
    threads: int,
    output: Path,
    allow_code: bool = False,
) -> dict[str, Any]:
    """Apply a model of a finished study to one patient.

    Parameters
    ----------
    study
        results/<study>.
    model
        ``<backbone>/<inputs>``. With several folds or seeds, each of its networks is asked,
        and the mean of their probabilities decides.
    case
        A pseudonym for the results.
    mask
        Brain mask on the grid of the reference, or None.
    allow_code
        Whether a network of the study may be built by a module outside this package
        (``package.module:factory``); a study from elsewhere could name any.
    output
        Gets prediction.json, prediction.md and the images of every stage.

    Returns
    -------
    dict
        What prediction.json holds: ``p_necrosis``, ``p_recurrence`` (their sum is 1),
        ``predicted``, each network's probability, the model, and the notice.

    Raises
    ------
    InputError
        If the study, the model or the images cannot be used.
    """
    config = read_config(study)
    networks = sorted(path.parent for path in (study / "models" / model).glob("*/network.json"))
    if not networks:
        known = sorted("/".join(p.parts[-2:]) for p in (study / "models").glob("*/*"))
        raise InputError(f"{study}: no trained model {model!r}, expected one of {known}")
    sequences = list(read_description(networks[0])["sequences"])
    target = prepare_device(device, threads)
    loaded = {folder.name: load_network(folder, target, trusted=allow_code) for folder in networks}
    normalised = prepare_patient(
        case=case,
        source=source,
        mask=mask,
        sequences=sequences,
        config=config,
        device=device,
        threads=threads,
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
    each = {}
    for folder in networks:
        answers = predict_cases(
            loaded[folder.name], [(case, volume)], target, read_description(folder)
        )
        each[folder.name] = float(answers["p_necrosis"][0])
    p_necrosis = float(np.mean(list(each.values())))
    result = {
        "case": case,
        "p_necrosis": p_necrosis,
        "p_recurrence": 1.0 - p_necrosis,
        "predicted": POSITIVE if p_necrosis > 0.5 else NEGATIVE,
        "p_necrosis_of_each_network": each,
        "model": model,
        "sequences": sequences,
        "study": config["study"],
        "notice": notice(config["cohort"] == "phantom"),
    }
    write_json(output / "prediction.json", result)
    write_text(output / "prediction.md", _as_text(result))
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
