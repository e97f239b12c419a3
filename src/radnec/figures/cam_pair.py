"""Figure 5: one recurrence and one necrosis, the network's input beside its map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from radnec.core.labels import CLASSES
from radnec.core.sequences import reference_of
from radnec.figures.cam_slices import read_choices, verdict
from radnec.figures.sheet import Sheet, label_corner, label_sides
from radnec.figures.slices import HEAT, NAMES, Volume, show_map, show_slice
from radnec.figures.style import PAGE_MM, journal_figure

_BAR = 14.0  # millimetres for the scale at the right
_APART = 3.0  # between the input and the map
_HEAD = 12.0  # of a case: its answer, what the map can show, the names of the sequences


def draw_figure5(
    *,
    maps: Path,
    normalised: Path,
    sequences: Sequence[str],
    notice: str,
    output: Path,
    dpi: int = 300,
) -> None:
    """Draw one case of each class.

    As in the paper: A and C are the preprocessed sequences of the recurrence and of the
    necrosis, B and D the maps; the number is the probability of recurrence, where 0 to 0.5 is
    read as necrosis and 0.5 to 1 as recurrence. Shown is the slice on which the map is highest in
    the brain. For the choice of the cases see :func:`radnec.figures.choice.choose_case`.

    Parameters
    ----------
    maps
        Folder of the maps (see :func:`radnec.explain.run.explain_run`).
    normalised
        Folder with ``<case>/<sequence>.nii.gz``, what the network was given.
    sequences
        The network's input; other sequences that a case has are shown and marked as such.
    notice
        What every reader must know about the data.
    output
        Path of the figure without ending.
    dpi
        Pixels per inch of the PNG.

    Raises
    ------
    InputError
        If there is no map.
    """
    choices = read_choices(maps)
    heats = [Volume(maps / f"{choice.case}.nii.gz") for choice in choices]
    names = _present(normalised, [choice.case for choice in choices], sequences)
    width = (PAGE_MM - _BAR - _APART) / (len(names) + 1)
    heights = [width * h.data.shape[1] * h.aspect / h.data.shape[0] for h in heats]
    height = sum(heights) + len(choices) * _HEAD + 2 * (len(choices) - 1)
    with journal_figure(PAGE_MM, height, output=output, notice=notice, dpi=dpi) as figure:
        sheet = Sheet(figure)
        top = 0.0
        for choice, heat, tall in zip(choices, heats, heights, strict=True):
            sheet.write(1, top + 0.5, verdict(choice), fontsize=7.5, fontweight="bold")
            sheet.write(1, top + 4.0, choice.resolution, fontsize=6.5)
            below = reference_of(sequences)
            under = Volume(normalised / choice.case / f"{below}.nii.gz")
            z = _highest(heat, under)
            first = 2 * CLASSES.index(choice.label)
            for column, name in enumerate(names):
                axes = sheet.place(column * width, top + _HEAD, width, tall)
                path = normalised / choice.case / f"{name}.nii.gz"
                used = "" if name in sequences else " (not given)"
                axes.set_title(NAMES[name] + used, fontsize=7, pad=2)
                if not path.exists():
                    axes.text(0.5, 0.5, "not available", ha="center", fontsize=6.5)
                    continue
                scan = Volume(path)
                show_slice(axes, scan, z, scan.window())
                if column == 0:
                    label_corner(axes, "ABCD"[first], points=9, weight="bold")
                    label_sides(axes)
            axes = sheet.place(len(names) * width + _APART, top + _HEAD, width, tall)
            axes.set_title(f"Grad-CAM on {NAMES[below]}", fontsize=7, pad=2)
            show_slice(axes, under, z, under.window())
            show_map(axes, heat, z)
            label_corner(axes, "ABCD"[first + 1], points=9, weight="bold")
            top += _HEAD + tall + 2
        sheet.colourbar(
            PAGE_MM - _BAR + 1.5,
            _HEAD,
            heights[0],
            colours=HEAT,
            label="share of the highest value",
        )


def _highest(heat: Volume, scan: Volume) -> int:
    """Return the slice on which a map is highest in the brain, the middle one of several such.

    A map can be highest in the air around a head; a slice of air shows nobody what it means.
    """
    peaks = np.where(scan.data > scan.data.min(), heat.data, 0.0).max(axis=(0, 1))
    # Interpolation leaves differences in the last digits of a plateau.
    shared = np.flatnonzero(peaks >= peaks.max() * (1 - 1e-5))
    return int(shared[len(shared) // 2])


def _present(normalised: Path, cases: Sequence[str], sequences: Sequence[str]) -> list[str]:
    """Return the network's sequences, then the others that one of the cases has."""
    others = [name for name in NAMES if name not in sequences]
    found = [
        name for name in others if any((normalised / c / f"{name}.nii.gz").exists() for c in cases)
    ]
    return [*sequences, *found]
