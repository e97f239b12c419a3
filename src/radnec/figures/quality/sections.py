"""Flat pictures of a volume: sections, outlines and masks at one scale, as readers hang them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage
from skimage.feature import canny

from radnec.preprocess.volumes import Volume

Plane = Literal["sagittal", "coronal", "axial"]
Section = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

PLANES: tuple[Plane, ...] = ("sagittal", "coronal", "axial")
_AXIS: dict[Plane, int] = {plane: axis for axis, plane in enumerate(PLANES)}
# Widths of the Gaussian before edges are looked for, in pixels.
_EDGE_WIDTH = 2.0


@dataclass(frozen=True)
class Frame:
    """The part of a volume that the pictures show, and their size.

    Attributes
    ----------
    low, high
        First voxel shown and the one after the last, along x, y, z (RAS).
    spacing
        Distances between voxels along x, y, z in mm.
    pixels
        Width and height of a picture.
    """

    low: tuple[int, int, int]
    high: tuple[int, int, int]
    spacing: tuple[float, float, float]
    pixels: int

    def section(self, data: Volume, plane: Plane, index: int) -> Section:
        """Return one section of a volume (x, y, z; RAS), square, its shape kept.

        Hung as radiologists do: front or top upwards, the patient's right on the left, the
        front of a sagittal section on the left.
        """
        axis = _AXIS[plane]
        across, up = (a for a in range(3) if a != axis)
        flat = np.take(data, index, axis=axis).astype(np.float32)
        extent = [(self.high[a] - self.low[a]) * self.spacing[a] for a in range(3)]
        step = max(extent) / self.pixels
        middle = [(self.high[a] + self.low[a] - 1) / 2 for a in (across, up)]
        # Row 0 is the top, column 0 the patient's right (or front): the far end of both axes.
        matrix = np.array([[0.0, -step / self.spacing[across]], [-step / self.spacing[up], 0.0]])
        offset = np.array(middle) - matrix @ np.full(2, (self.pixels - 1) / 2)
        return np.asarray(
            ndimage.affine_transform(
                flat, matrix, offset, output_shape=(self.pixels, self.pixels), order=1
            )
        )


def frame_around(
    shown: npt.NDArray[np.bool_], spacing: npt.NDArray[np.float64], pixels: int
) -> Frame:
    """Return the frame that holds the voxels `shown` (x, y, z), or all where there are none."""
    if not shown.any():
        shown = np.ones_like(shown)
    ends = [
        np.flatnonzero(shown.any(axis=tuple(a for a in range(3) if a != axis)))[[0, -1]]
        for axis in range(3)
    ]
    x, y, z = ((int(first), int(last) + 1) for first, last in ends)
    a, b, c = (float(value) for value in spacing)
    return Frame((x[0], y[0], z[0]), (x[1], y[1], z[1]), (a, b, c), pixels)


def grey(section: Section, low: float, high: float) -> Picture:
    """Return a section as a picture (row, column, red-green-blue), black at `low`."""
    scaled = np.clip((section - low) / max(high - low, 1e-6), 0, 1)
    return np.repeat((scaled * 255).astype(np.uint8)[..., None], 3, axis=2)


def draw_edges(picture: Picture, section: Section, colour: tuple[int, int, int]) -> None:
    """Draw the strong edges of another section over a picture."""
    top = float(section.max())
    if top > 0:
        picture[canny(section / top, sigma=_EDGE_WIDTH, low_threshold=0.02)] = colour


def draw_outline(picture: Picture, section: Section, colour: tuple[int, int, int]) -> None:
    """Draw the outline of a mask's section, 0 to 1, over a picture."""
    inside = section > 0.5
    picture[inside & ~ndimage.binary_erosion(inside)] = colour


def mark_right(picture: Picture, plane: Plane) -> Picture:
    """Return a picture with an R at the patient's right; a sagittal one as it is."""
    if plane == "sagittal":
        return picture
    marked = Image.fromarray(picture)
    place = (3, picture.shape[0] // 2 - 8)
    ImageDraw.Draw(marked).text(place, "R", fill="white", font=ImageFont.load_default(13))
    return np.asarray(marked)
