"""A patient's result as one page that needs no network: the answer, and the images to look at."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radnec.apply.map_tests import estimate, p_value
from radnec.apply.software import software_version
from radnec.apply.text import doubt_lines, false_alarms, warnings
from radnec.core.pages import write_page
from radnec.core.sequences import SEQUENCES
from radnec.figures.slices import NAMES
from radnec.viewer.html import assets, viewer
from radnec.viewer.layers import Layer


def write_patient_page(
    answer: Mapping[str, Any], folder: Path, reference: str, output: Path
) -> None:
    """Write the page of one patient.

    Parameters
    ----------
    answer
        What `radnec.apply.predict.predict_patient` returns.
    folder
        Its `output`: quality.png, and brain/<sequence>.nii.gz, brain/mask.nii.gz and map.nii.gz,
        all on the grid of the reference.
    reference
        The sequence that the viewer shows first.
    """
    brain = folder / "brain"
    present = [name for name in SEQUENCES if (brain / f"{name}.nii.gz").exists()]
    order = sorted(present, key=lambda name: name != reference)
    layers = [
        *(
            Layer(NAMES[name], "scan", brain / f"{name}.nii.gz", name == reference)
            for name in order
        ),
        Layer("brain mask", "mask", brain / "mask.nii.gz", shown=False),
        Layer("map", "map", folder / "map.nii.gz"),
    ]
    each = answer["p_necrosis_of_each_network"]
    context = {
        "answer": answer,
        "networks": each,
        "lowest": min(each.values()),
        "highest": max(each.values()),
        "warnings": warnings(answer),
        "doubt": doubt_lines(answer["doubt"]),
        "false_alarms": false_alarms(answer["likeness"]),
        "estimate": estimate,
        "p_value": p_value,
        "quality": _picture(folder / "quality.png"),
        "version": software_version(),
        "viewer": viewer(layers, label=f"case {answer['case']}", at_once=True),
        "assets": assets(),
    }
    write_page("radnec.apply", "patient.html.j2", context, output)


def _picture(path: Path) -> str:
    """Return a PNG as the address of an image inside the page."""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"
