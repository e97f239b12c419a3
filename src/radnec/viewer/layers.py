"""Images made small enough to travel inside a page."""

from __future__ import annotations

import base64
import dataclasses
import gzip
from pathlib import Path
from typing import Literal

import nibabel as nib
import numpy as np
from matplotlib.colors import Colormap

from radnec.figures.slices import OPACITY_POWER

Kind = Literal["scan", "mask", "map"]


@dataclasses.dataclass(frozen=True)
class Layer:
    """One image of a viewer.

    Attributes
    ----------
    name
        As readers see it; unique within a viewer.
    kind
        ``scan`` (grey, one shown at a time), ``mask`` (above 0 inside) or ``map`` (0 to 1).
    path
        NIfTI of three axes, any orientation; all layers of a viewer lie in one space.
    shown
        Whether it is seen at the start.
    """

    name: str
    kind: Kind
    path: Path
    shown: bool = True


OPACITY: dict[Kind, float] = {"scan": 1.0, "mask": 0.3, "map": 0.6}
"""Of a layer that is shown; a reader changes that of the map."""

_BRIGHTEST = 99.5
"""Percentile of the voxels above zero that a scan shows as white."""


def embedded(layer: Layer, finest_mm: float = 0.0) -> str:
    """Return an image as text: 256 grey levels, compressed, base64.

    Parameters
    ----------
    layer
        The image.
    finest_mm
        Where voxels are smaller, as many of them as fit into so many millimetres are averaged
        along each axis; 0 keeps the image's own grid.

    Notes
    -----
    A viewer for the eye needs no more: a scan is cut at the 99.5th percentile of what is above
    zero, a map goes from 0 to 1, a mask is 0 or 1. Geometry is kept, and nothing else of the
    header.
    """
    image = nib.Nifti1Image.from_filename(layer.path)
    values = np.asarray(image.dataobj, dtype=np.float32)
    if layer.kind == "mask":
        values = (values > 0).astype(np.float32)
    values, affine = _coarser(values, image.affine, finest_mm)
    if layer.kind == "mask":
        values = (values >= 0.5).astype(np.float32)
    top = _top(values) if layer.kind == "scan" else 1.0
    levels = np.round(np.clip(values / top, 0, 1) * 255).astype(np.uint8)
    small = nib.Nifti1Image(levels, affine)
    small.header.set_xyzt_units("mm")
    small.header.set_slope_inter(top / 255, 0)
    small.header["cal_max"] = top
    return base64.b64encode(gzip.compress(small.to_bytes(), mtime=0)).decode("ascii")


def _coarser(
    values: np.ndarray, affine: np.ndarray, finest_mm: float
) -> tuple[np.ndarray, np.ndarray]:
    """Average blocks of voxels (x, y, z) up to a size in mm; return the affine that belongs to it.

    What is left over at the far end of an axis, less than a block, is cut off.
    """
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    blocks = np.maximum(1, np.floor(finest_mm / spacing + 1e-6)).astype(int)
    if (blocks == 1).all():
        return values, affine
    size = np.array(values.shape) // blocks
    kept = values[tuple(slice(0, n * b) for n, b in zip(size, blocks, strict=True))]
    split = kept.reshape(size[0], blocks[0], size[1], blocks[1], size[2], blocks[2])
    moved = affine.copy()
    moved[:3, :3] = affine[:3, :3] * blocks
    moved[:3, 3] = affine[:3, 3] + affine[:3, :3] @ ((blocks - 1) / 2)
    return split.mean(axis=(1, 3, 5)), moved


def _top(values: np.ndarray) -> float:
    inside = values[values > 0]
    return float(np.percentile(inside, _BRIGHTEST)) if inside.size else 1.0


def colours_of(colormap: Colormap) -> dict[str, list[int]]:
    """Return a matplotlib colour map as the viewer takes it.

    Opacity rises with the value as in the figures, so that the lowest values of a map, which
    are nearly everywhere, do not cover the scan.
    """
    steps = np.linspace(0, 1, 16)
    red, green, blue, _ = (np.round(colormap(steps) * 255).astype(int).T).tolist()
    alpha = np.round(steps**OPACITY_POWER * 255).astype(int).tolist()
    places = np.round(steps * 255).astype(int).tolist()
    return {"R": red, "G": green, "B": blue, "A": alpha, "I": places}
