"""Figure 5: one recurrence and one necrosis, the network's input beside its map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from radnec.core.labels import CLASSES
from radnec.core.sequences import reference_of
from radnec.explain.settings import METHODS
from radnec.explain.spaces import mask_on_grid
from radnec.figures.cam_slices import read_choices, verdict
from radnec.figures.evidence import choose_slice, say_outside, within_brain
from radnec.figures.sheet import Sheet, label_corner, label_sides
from radnec.figures.slices import HEAT, NAMES, Volume, show_map, show_outline, show_slice
from radnec.figures.style import PAGE_MM, journal_figure

_BAR = 14.0  # millimetres for the scale at the right
_APART = 3.0  # between the input and the map
_HEAD = 15.0  # of a case: its answer, what map and slice show, the names of the sequences


def draw_figure5(
    *,
    maps: Path,
    normalised: Path,
    brains: Path,
    lesions: Path | None,
    sequences: Sequence[str],
    notice: str,
    output: Path,
    dpi: int = 300,
) -> None:
    """Draw one case of each class.

    As in the paper: A and C are the preprocessed sequences of the recurrence and of the
    necrosis, B and D the maps; the number is the probability of recurrence, where 0 to 0.5 is
    read as necrosis and 0.5 to 1 as recurrence. For the choice of the cases see
    :func:`radnec.figures.choice.choose_case`, for that of the slice
    :func:`radnec.figures.evidence.choose_slice`. The map is shown within the brain only.

    Parameters
    ----------
    maps
        Folder of the maps (see :func:`radnec.explain.run.explain_run`).
    normalised
        Folder with ``<case>/<sequence>.nii.gz``, what the network was given.
    brains
        Folder with ``<case>/mask.nii.gz``.
    lesions
        Folder with ``<case>/lesion.nii.gz`` where the truth is known; it is outlined.
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
            grid = maps / f"{choice.case}.nii.gz"
            brain = mask_on_grid(brains / choice.case / "mask.nii.gz", grid)
            known = lesions / choice.case / "lesion.nii.gz" if lesions else None
            lesion = mask_on_grid(known, grid) if known else None
            outside = within_brain(heat, brain)
            z, shown = choose_slice(heat, brain, lesion)
            sheet.write(1, top + 4.0, f"{choice.resolution} {say_outside(outside)}", fontsize=6.5)
            outlined = " Blue: the true lesion with its oedema." if known else ""
            sheet.write(1, top + 7.0, shown + outlined, fontsize=6.5)
            below = reference_of(sequences)
            under = Volume(normalised / choice.case / f"{below}.nii.gz")
            under.keep(brain)
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
                scan.keep(brain)
                show_slice(axes, scan, z, scan.window())
                if column == 0:
                    label_corner(axes, "ABCD"[first], points=9, weight="bold")
                    label_sides(axes)
            axes = sheet.place(len(names) * width + _APART, top + _HEAD, width, tall)
            axes.set_title(f"{METHODS[choice.method]} on {NAMES[below]}", fontsize=7, pad=2)
            show_slice(axes, under, z, under.window())
            show_map(axes, heat, z)
            if lesion is not None:
                show_outline(axes, Volume.of(lesion, heat), z)
            label_corner(axes, "ABCD"[first + 1], points=9, weight="bold")
            top += _HEAD + tall + 2
        sheet.colourbar(
            PAGE_MM - _BAR + 1.5,
            _HEAD,
            heights[0],
            colours=HEAT,
            label="share of the highest value in the brain",
        )


def _present(normalised: Path, cases: Sequence[str], sequences: Sequence[str]) -> list[str]:
    """Return the network's sequences, then the others that one of the cases has."""
    others = [name for name in NAMES if name not in sequences]
    found = [
        name for name in others if any((normalised / c / f"{name}.nii.gz").exists() for c in cases)
    ]
    return [*sequences, *found]
