"""Figure 4: where the network looked in one case, on every slice of its scan."""

from __future__ import annotations

from pathlib import Path

from radnec.core.errors import InputError
from radnec.core.tables import read_tsv
from radnec.explain.settings import METHODS
from radnec.explain.spaces import REFERENCE_FOLDER, SUMMARY, reference_image
from radnec.figures.choice import Choice, choose_cases
from radnec.figures.evidence import say_outside, within_brain
from radnec.figures.sheet import Sheet, label_corner, label_sides
from radnec.figures.slices import (
    HEAT,
    NAMES,
    Volume,
    brain_box,
    show_map,
    show_outline,
    show_slice,
    slices_with_brain,
)
from radnec.figures.style import MM_PER_INCH, PAGE_MM, journal_figure
from radnec.figures.text import wrap_text

COLUMNS = 8
_BAR = 14.0  # millimetres for the scale at the right
_GAP = 1.4


def draw_figure4(
    *,
    maps: Path,
    brains: Path,
    lesions: Path | None,
    slices: int,
    notice: str,
    output: Path,
    dpi: int = 300,
) -> None:
    """Draw the map of one case over the axial slices of its reference scan.

    The case is the first of :func:`radnec.figures.choice.choose_cases`. Each row of scans has the
    same slices below it with the map laid over them, within the brain only; one scale serves all
    slices.

    Parameters
    ----------
    maps
        Folder of the maps (see :func:`radnec.explain.run.explain_run`).
    brains
        Folder with ``<case>/<sequence>.nii.gz`` and ``<case>/mask.nii.gz`` on the grid of the
        reference scan.
    lesions
        Folder with ``<case>/lesion.nii.gz`` where the truth is known; it is outlined.
    slices
        Most slices shown; a scan with more is shown at even steps.
    notice
        What every reader must know about the data.
    output
        Path of the figure without ending.
    dpi
        Pixels per inch of the PNG.

    Raises
    ------
    InputError
        If there is no map, or it does not lie on the grid of the scan.
    """
    choice = read_choices(maps)[0]
    scan_file = reference_image(brains / choice.case)
    scan = Volume(scan_file)
    heat = Volume(maps / REFERENCE_FOLDER / f"{choice.case}.nii.gz")
    if heat.data.shape != scan.data.shape:
        raise InputError(
            f"{maps}: the map of case {choice.case} has size {heat.data.shape}, "
            f"expected {scan.data.shape} as {scan_file}"
        )
    outside = within_brain(heat, Volume(brains / choice.case / "mask.nii.gz").data > 0)
    truth = Volume(lesions / choice.case / "lesion.nii.gz") if lesions else None
    shown = slices_with_brain(scan, slices)
    box = brain_box(scan, margin_mm=6.0)
    for volume in (scan, heat, *([truth] if truth else [])):
        volume.crop(*box)
    width = (PAGE_MM - _BAR) / COLUMNS
    tall = width * scan.data.shape[1] * scan.aspect / scan.data.shape[0]
    title = _title(choice, NAMES[scan_file.name.split(".")[0]], outside, truth is not None)
    head = 3.0 * len(title) + 2.0
    rows = -(-len(shown) // COLUMNS)
    height = head + rows * (2 * tall + _GAP)
    with journal_figure(PAGE_MM, height, output=output, notice=notice, dpi=dpi) as figure:
        sheet = Sheet(figure)
        window = scan.window()
        for index, z in enumerate(shown):
            row, column = divmod(index, COLUMNS)
            top = head + row * (2 * tall + _GAP)
            plain = sheet.place(column * width, top, width, tall)
            laid = sheet.place(column * width, top + tall, width, tall)
            show_slice(plain, scan, z, window)
            show_slice(laid, scan, z, window)
            show_map(laid, heat, z)
            if truth is not None:
                show_outline(laid, truth, z)
            label_corner(plain, str(z + 1))
            if index == 0:
                label_sides(plain)
        for number, line in enumerate(title):
            sheet.write(1, 0.5 + 3.0 * number, line, fontsize=7)
        sheet.colourbar(
            PAGE_MM - _BAR + 1.5,
            head,
            min(50.0, 2 * tall * rows),
            colours=HEAT,
            label=f"{METHODS[choice.method]}, share of the highest value in the brain",
        )


def read_choices(maps: Path) -> list[Choice]:
    """Return the cases that the figures show, recurrence first.

    Raises
    ------
    InputError
        If the summary of the maps has no case.
    """
    choices = choose_cases(read_tsv(maps / SUMMARY, dtype={"case": str}))
    if not choices:
        raise InputError(f"{maps / SUMMARY}: no case, expected at least one test case")
    return choices


def verdict(choice: Choice) -> str:
    """Return the network's answer as the paper prints it: the probability of recurrence."""
    read_as = "recurrence" if choice.p_recurrence >= 0.5 else "necrosis"
    return (
        f"Case {choice.case} ({choice.label}): "
        f"probability of recurrence {choice.p_recurrence:.2f}, read as {read_as}"
    )


def _title(choice: Choice, sequence: str, outside: float, outlined: bool) -> list[str]:
    text = (
        f"{verdict(choice)}. Axial {sequence} slices, numbered from below and "
        f"seen from the feet; beneath each row the same slices with the map. {choice.resolution} "
        f"{say_outside(outside)}"
    )
    if outlined:
        text += " Blue outline: the true lesion with its oedema."
    # At few pixels per inch the letters come out up to a twentieth wider.
    return wrap_text(text, width=0.95 * (PAGE_MM - 2) / MM_PER_INCH, points=7)
