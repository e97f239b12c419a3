"""One picture a case: the registration, the brain mask, and what the networks will see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL.PngImagePlugin import PngInfo

from radnec.core.files import atomic_path, write_json
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.figures.quality.contact_sheet import Panel, draw_sheet
from radnec.figures.quality.sections import (
    Frame,
    Picture,
    Plane,
    draw_edges,
    draw_outline,
    frame_around,
    grey,
)
from radnec.preprocess.pyramid import head_of
from radnec.preprocess.quality.snr import air_around, signal_to_noise
from radnec.preprocess.volumes import Volume, read_mask, read_volume, spacing_of, to_ras

PIXELS = 190
# Outlines on grey: near to Okabe and Ito's vermilion, and their yellow.
_EDGES = (230, 110, 20)
_MASK = (240, 228, 66)


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
    *,
    case: str,
    registered: Path,
    brain: Path,
    normalised: Path,
    records: Mapping[str, Path],
    notice: str,
    picture: Path,
    measures: Path,
) -> None:
    """Draw what preprocessing made of a case, and measure the noise of its images.

    Parameters
    ----------
    registered, brain, normalised
        The case's folders; empty from the stage on at which it left the study.
    records
        ``register``, ``strip`` and ``normalise`` to the records of the stages.
    notice
        What every reader must know about the data.
    picture
        PNG to write. First row: the reference with the edges of each registered sequence.
        Second: the reference with the outline of the brain mask. Third: the normalised input.
    measures
        JSON to write: ``case``, ``reference`` and ``snr`` of each sequence (or null).
    """
    stages = {name: Record.read(path) for name, path in records.items()}
    remarks = [f"{stage}: {text}" for stage, record in stages.items() for text in record.warnings]
    left = [f"left at {name}: {r.reason}" for name, r in stages.items() if not r.ok][:1]
    folders = {"register": registered, "strip": brain, "normalise": normalised}
    for name, record in stages.items():
        record.verify(folders[name])
    rows: list[tuple[str, list[Panel]]] = []
    facts: dict[str, object] = {"case": case, "reference": None, "snr": {}}
    if stages["register"].ok:
        drawn = _load(stages, registered, brain)
        rows.append(("registration", _registration(drawn, stages["register"])))
        if drawn.mask is not None:
            volume = stages["strip"].measures["mask_volume_ml"]
            rows.append((f"brain mask, {volume:.0f} ml", _mask_panels(drawn)))
            facts["snr"] = _noise(drawn, stages["register"], registered)
        facts["reference"] = drawn.reference
    if stages["normalise"].ok:
        rows.append(("what the networks see", _normalised(normalised, stages["normalise"])))
    sheet = draw_sheet(
        title=f"Case {case}",
        lines=left + remarks or ["no remark"],
        rows=rows,
        notice=notice,
        colours=[_EDGES, _MASK],
    )
    description = PngInfo()
    description.add_text("Description", notice)
    with atomic_path(picture) as temporary:
        sheet.save(temporary, format="PNG", pnginfo=description)
    write_json(measures, facts)


def _load(stages: Mapping[str, Record], registered: Path, brain: Path) -> _Case:
    """Read the registered images and the mask, if there is one."""
    reference = str(stages["register"].measures["reference"])
    names = [name for name in SEQUENCES if f"{name}.nii.gz" in stages["register"].files]
    images = {}
    for name in names:
        images[name], affine = to_ras(*read_volume(registered / f"{name}.nii.gz"))
    mask = None
    if stages["strip"].ok:
        stored, own = read_mask(brain / "mask.nii.gz")
        mask, _ = to_ras(stored.astype(np.float32), own)
    frame = frame_around(head_of(images[reference]), spacing_of(affine), PIXELS)
    windows = {}
    for name, data in images.items():
        low, high = np.percentile(data[::3, ::3], [2, 99.5])
        if mask is not None and (mask > 0.5).any():
            # Fat would leave the brain dark.
            high = np.percentile(data[::3, ::3][mask[::3, ::3] > 0.5], 99.8)
        windows[name] = (float(low), float(high))
    return _Case(images, reference, mask, frame, windows)


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
    """Return the outline of the mask on four axial slices, one coronal and one sagittal."""
    assert case.mask is not None
    slices = np.flatnonzero(case.mask.any(axis=(0, 1)))
    heights = [int(slices[int(share * (len(slices) - 1))]) for share in (0.12, 0.35, 0.6, 0.88)]
    places: list[tuple[Plane, int]] = [("axial", height) for height in heights]
    places += [("coronal", case.middle(1)), ("sagittal", case.middle(0))]
    panels = []
    for plane, index in places:
        shown = _shown(case, plane, index)
        draw_outline(shown, case.frame.section(case.mask, plane, index), _MASK)
        panels.append(Panel(shown, f"{plane} {index + 1}"))
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


def _noise(case: _Case, record: Record, registered: Path) -> dict[str, float | None]:
    """Measure the signal-to-noise ratio of each sequence on every other row and column."""
    assert case.mask is not None
    thin = (slice(None, None, 2), slice(None, None, 2))
    spacing = np.diag([*(np.array(case.frame.spacing) * [2, 2, 1]), 1.0])
    air = air_around(case.images[case.reference][thin], spacing)
    ratios = {}
    for name, data in case.images.items():
        ratio = signal_to_noise(data[thin], case.mask[thin] > 0.5, air)
        ratios[name] = None if ratio is None else round(ratio, 2)
    return ratios
