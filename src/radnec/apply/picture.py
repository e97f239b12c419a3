"""A one-page summary as a picture: the answer, its doubt, and where the networks looked."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from radnec.apply.software import MANUFACTURER, software_version
from radnec.apply.text import doubt_lines, warnings
from radnec.core.files import atomic_path
from radnec.figures.sheet import Sheet
from radnec.figures.slices import NAMES, Volume, brain_box, show_map, show_slice, slices_with_brain
from radnec.figures.style import MM_PER_INCH, NEGATIVE_COLOUR, POSITIVE_COLOUR

_WIDTH, _HEIGHT = 180.0, 118.0  # mm
_DPI = 200
# Darker than the colour of necrosis, and readable on white.
_LOUD = "#a33b00"
# Of the text below the bar: letters in a line, and its height in mm.
_LETTERS, _LINE = 140, 3.3
_COLUMNS = 4
_APART_MM = 5.0


def draw_summary(
    answer: Mapping[str, Any], reference: Path, heat: Path, sequence: str, output: Path
) -> None:
    """Draw the page: the answer, where the network looked, and what every reader must know.

    Parameters
    ----------
    answer
        What `radnec.apply.predict.predict_patient` returns.
    reference, heat
        The stripped reference scan and the map in [0, 1], both NIfTI on the same grid.
    sequence
        Of the reference.
    output
        PNG to write.
    """
    loud = [line for text in warnings(answer) for line in textwrap.wrap(text, _LETTERS)]
    doubt = [
        line for text in doubt_lines(answer["doubt"]) for line in textwrap.wrap(text, _LETTERS)
    ]
    below = _LINE * (len(loud) + len(doubt))
    size = (_WIDTH / MM_PER_INCH, (_HEIGHT + below) / MM_PER_INCH)
    sheet = Sheet(Figure(figsize=size, facecolor="white"))
    sheet.write(6, 5, f"Case {answer['case']}", fontsize=11, fontweight="bold")
    sheet.write(6, 11, _about(answer), fontsize=7)
    _draw_probability(sheet, answer)
    if loud:
        sheet.write(6, 31, "\n".join(loud), fontsize=6.5, color=_LOUD, fontweight="bold")
    sheet.write(6, 31 + _LINE * len(loud), "\n".join(doubt), fontsize=6.5)
    _draw_slices(sheet, reference, heat, 31 + below)
    label = NAMES.get(sequence, sequence)
    sheet.write(
        6,
        98 + below,
        f"{label} without and with the class activation map of the answer given: red where the "
        "evidence was largest.\nA map shows what the network used, not where the lesion is. "
        "The patient's right is on the left.",
        fontsize=6.5,
    )
    sheet.write(6, 107 + below, str(answer["notice"]), fontsize=7.5, fontweight="bold", wrap=True)
    with atomic_path(output) as temporary:
        sheet.figure.savefig(temporary, format="png", dpi=_DPI)


def _about(answer: Mapping[str, Any]) -> str:
    each = list(answer["p_necrosis_of_each_network"].values())
    spread = f", single networks {min(each):.2f} to {max(each):.2f}" if len(each) > 1 else ""
    return (
        f"Model {answer['model']} of study {answer['study']}, {len(each)} network"
        f"{'s' if len(each) > 1 else ''}{spread}; {MANUFACTURER} {software_version()}"
    )


def _draw_probability(sheet: Sheet, answer: Mapping[str, Any]) -> None:
    """Draw the probability of necrosis as a bar from 0 to 1, each network as a tick."""
    axes = sheet.place(6, 19, _WIDTH - 12, 9)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    p = float(answer["p_necrosis"])
    axes.barh(0.5, p, height=0.8, color=POSITIVE_COLOUR)
    axes.barh(0.5, 1 - p, left=p, height=0.8, color=NEGATIVE_COLOUR)
    for one in answer["p_necrosis_of_each_network"].values():
        axes.plot([one, one], [0.1, 0.9], color="white", linewidth=0.8)
    text: dict[str, Any] = {"va": "center", "fontsize": 7.5, "color": "white", "fontweight": "bold"}
    if p >= 0.2:
        axes.text(0.01, 0.5, f"necrosis {p:.3f}", ha="left", **text)
    if 1 - p >= 0.2:
        axes.text(0.99, 0.5, f"recurrence {1 - p:.3f}", ha="right", **text)


def _draw_slices(sheet: Sheet, reference: Path, heat: Path, top: float) -> None:
    """Draw the slices where the map is highest, plain above and overlaid below."""
    scan, shown = Volume(reference), Volume(heat)
    box = brain_box(scan, margin_mm=5)
    scan.crop(*box)
    shown.crop(*box)
    # For the eye only: what lies outside of the brain would cover the picture.
    shown.data = np.where(scan.data > 0, shown.data, 0.0)
    known = slices_with_brain(scan, most=scan.data.shape[2])
    # A coarse map is flat over many slices: among equals, those with more brain.
    order = sorted(
        known,
        key=lambda z: (
            -round(float(shown.data[..., z].max()), 2),
            -int((scan.data[..., z] > 0).sum()),
        ),
    )
    best = _apart(order, scan.spacing[2])
    window = scan.window()
    width = (_WIDTH - 12) / _COLUMNS
    for column, z in enumerate(sorted(best)):
        for row in range(2):
            axes = sheet.place(6 + column * width, top + row * 33, width - 1, 32)
            show_slice(axes, scan, z, window)
            if row:
                show_map(axes, shown, z)


def _apart(ordered: Sequence[int], spacing: float) -> list[int]:
    """Take the first slices of an order that lie apart from each other: neighbours look alike."""
    taken: list[int] = []
    for z in ordered:
        if len(taken) < _COLUMNS and all(abs(z - one) * spacing >= _APART_MM for one in taken):
            taken.append(z)
    return taken
