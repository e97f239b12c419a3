"""One picture a case: the registration, the brain mask, and what the networks will see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL.PngImagePlugin import PngInfo

from radnec.core.files import atomic_path
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.figures.quality.contact_sheet import Panel, draw_sheet
from radnec.figures.quality.sections import (
    PLANES,
    Frame,
    Picture,
    Plane,
    draw_edges,
    draw_outline,
    frame_around,
    grey,
    mark_right,
)
from radnec.preprocess.pyramid import head_of
from radnec.preprocess.quality.images import PreprocessedCase, RegisteredImages
from radnec.preprocess.volumes import Volume, read_volume, spacing_of, to_ras

PIXELS = 190
# Outlines on grey: near to Okabe and Ito's vermilion, and their yellow.
_EDGES = (230, 110, 20)
_MASK = (240, 228, 66)
# Of the axial slices through a mask, from its lowest to its highest: cerebellum, orbits, basal
# ganglia, vertex.
_HEIGHTS = (0.1, 0.27, 0.5, 0.87)


@dataclass(frozen=True)
class _Case:
    """Images of a case as they are drawn: RAS, with the frame that holds the head."""

    images: dict[str, Volume]
    reference: str
    mask: Volume | None
    frame: Frame
    windows: dict[str, tuple[float, float]]

    def middle(self, axis: int) -> int:
        """Return the middle of the brain along an axis, or of the head."""
        low, high = self.frame.low[axis], self.frame.high[axis]
        if self.mask is not None and self.mask.any():
            other = tuple(a for a in range(3) if a != axis)
            low, high = np.flatnonzero(self.mask.any(axis=other))[[0, -1]]
        return int(low + high) // 2


def draw_quality_case(
    case: PreprocessedCase, *, remarks: Sequence[str], notice: str, picture: Path
) -> None:
    """Draw what preprocessing made of a case.

    Parameters
    ----------
    case
        See `radnec.preprocess.quality.images.read_case`.
    remarks
        What its measures say against it, beside the warnings of the stages.
    notice
        What every reader must know about the data.
    picture
        PNG to write. First row: the reference with the edges of each registered sequence.
        Second: the reference with the outline of the brain mask. Third: the normalised input.
        A case that left the study is drawn as far as it came, one that left at the registration
        as it was scanned.
    """
    stages = case.stages
    found = [f"{stage}: {text}" for stage, record in stages.items() for text in record.warnings]
    found += [f"quality: {text}" for text in remarks]
    left = [f"left at {name}: {r.reason}" for name, r in stages.items() if not r.ok][:1]
    rows: list[tuple[str, list[Panel]]] = []
    if case.registered is None:
        rows += _scanned(case)
    else:
        drawn = _framed(case.registered)
        rows.append(("registration", _registration(drawn, stages["register"])))
        if drawn.mask is not None:
            volume = stages["strip"].measures["mask_volume_ml"]
            rows.append((f"brain mask, {volume:.0f} ml", _mask_panels(drawn)))
    if stages["normalise"].ok:
        rows.append(("what the networks see", _normalised(case.normalised, stages["normalise"])))
    sheet = draw_sheet(
        title=f"Case {case.name}",
        remarks=left + found,
        rows=rows,
        notice=notice,
        colours=[_EDGES, _MASK],
    )
    description = PngInfo()
    description.add_text("Description", notice)
    with atomic_path(picture) as temporary:
        sheet.save(temporary, format="PNG", pnginfo=description)


def _scanned(case: PreprocessedCase) -> list[tuple[str, list[Panel]]]:
    """Return rows with each image as it was scanned, two images a row."""
    names = [name for name in SEQUENCES if f"{name}.nii.gz" in case.stages["convert"].files]
    rows = []
    for first in range(0, len(names), 2):
        panels = []
        for name in names[first : first + 2]:
            data, affine = to_ras(*read_volume(case.scanned / f"{name}.nii.gz"))
            frame = frame_around(np.ones(data.shape, dtype=bool), spacing_of(affine), PIXELS)
            low, high = np.percentile(data[::3, ::3], [2, 99.5])
            for axis, plane in enumerate(PLANES):
                section = frame.section(data, plane, data.shape[axis] // 2)
                caption = f"{name}, as scanned" if axis == 0 else ""
                panels.append(Panel(grey(section, float(low), float(high)), caption))
        rows.append(("before the registration", panels))
    return rows


def _framed(registered: RegisteredImages) -> _Case:
    """Choose the part that is drawn and the window of each image."""
    images, mask = registered.images, registered.mask
    spacing = spacing_of(registered.affine)
    frame = frame_around(head_of(images[registered.reference]), spacing, PIXELS)
    windows = {}
    for name, data in images.items():
        low, high = np.percentile(data[::3, ::3], [2, 99.5])
        if mask is not None and (mask > 0.5).any():
            # Fat would leave the brain dark.
            high = np.percentile(data[::3, ::3][mask[::3, ::3] > 0.5], 99.8)
        windows[name] = (float(low), float(high))
    return _Case(images, registered.reference, mask, frame, windows)


def _shown(case: _Case, plane: Plane, index: int) -> Picture:
    section = case.frame.section(case.images[case.reference], plane, index)
    return grey(section, *case.windows[case.reference])


def _registration(case: _Case, record: Record) -> list[Panel]:
    """Return the reference with each sequence's edges, axial and sagittal."""
    panels = []
    for name in (name for name in case.images if name != case.reference):
        for plane, axis in (("axial", 2), ("sagittal", 0)):
            index = case.middle(axis)
            shown = _shown(case, plane, index)  # type: ignore[arg-type]
            low, high = case.windows[name]
            section = case.frame.section(case.images[name], plane, index)  # type: ignore[arg-type]
            draw_edges(shown, np.clip(section - low, 0, high - low), _EDGES)
            panels.append(Panel(shown, _movement(name, record) if plane == "axial" else ""))
    return panels or [Panel(_shown(case, "axial", case.middle(2)), "nothing to register")]


def _movement(name: str, record: Record) -> str:
    """Say what registration measured of a sequence; nothing where images came registered."""
    known = record.measures
    if f"{name}_rotation" not in known:
        return f"edges of {name}, came registered"
    return (
        f"edges of {name}: {known[f'{name}_rotation']:.1f}°, "
        f"{known[f'{name}_translation']:.1f} mm, shares "
        f"{float(known[f'{name}_similarity_before']) - 1:.3f} before, "  # type: ignore[arg-type]
        f"{float(known[f'{name}_similarity_after']) - 1:.3f} after"  # type: ignore[arg-type]
    )


def _mask_panels(case: _Case) -> list[Panel]:
    """Return the outline of the mask on four axial slices, one coronal and one sagittal.

    The second axial slice passes through the orbits, into which masks leak.
    """
    assert case.mask is not None
    slices = np.flatnonzero(case.mask.any(axis=(0, 1)))
    heights = [int(slices[int(share * (len(slices) - 1))]) for share in _HEIGHTS]
    places: list[tuple[Plane, int]] = [("axial", height) for height in heights]
    places += [("coronal", case.middle(1)), ("sagittal", case.middle(0))]
    panels = []
    for plane, index in places:
        shown = _shown(case, plane, index)
        draw_outline(shown, case.frame.section(case.mask, plane, index), _MASK)
        side = "" if plane == "sagittal" else ", R: patient's right"
        panels.append(Panel(mark_right(shown, plane), f"{plane} {index + 1}{side}"))
    return panels


def _normalised(folder: Path, record: Record) -> list[Panel]:
    """Return the middle of each normalised volume, the first also from the side and front."""
    names = [name for name in SEQUENCES if f"{name}.nii.gz" in record.files]
    panels = []
    for name in names:
        data, affine = to_ras(*read_volume(folder / f"{name}.nii.gz"))
        frame = frame_around(np.ones(data.shape, dtype=bool), spacing_of(affine), PIXELS)
        window = (float(data.min()), float(data.max()))
        planes: list[Plane] = ["axial"]
        if name == names[0]:
            planes += ["coronal", "sagittal"]
        for plane in planes:
            axis = ("sagittal", "coronal", "axial").index(plane)
            section = frame.section(data, plane, data.shape[axis] // 2)
            panels.append(Panel(grey(section, *window), name if plane == "axial" else ""))
    size = " x ".join(str(n) for n in data.shape)
    panels[0] = Panel(panels[0].picture, f"{panels[0].caption}, {size} voxels")
    return panels
