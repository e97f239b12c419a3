"""Axial slices as a reader of MRI expects them, and maps laid over them."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.image import AxesImage

# Red is high and green is low, as in the paper's figure 4. Lightness falls all the way from
# green to red, so that readers who cannot tell red from green, and grey prints, keep the order.
HEAT = LinearSegmentedColormap.from_list(
    "heat", ["#A6F2C2", "#C9E265", "#F2C230", "#F08A24", "#DB4A1B", "#A80C1E"]
)
"""Colours of a map from low (green) to high (red)."""

HIGHEST_OPACITY = 0.85
"""Opacity of the highest value; that of the others falls with the value, to none at 0."""

OPACITY_POWER = 0.6
"""Below 1, so that low values (green) are still seen over the grey of the scan."""

OUTLINE = "#56B4E9"

NAMES = {"t1ce": "T1ce", "t1": "T1", "t2": "T2", "flair": "FLAIR"}
"""Sequences as readers write them."""


class Volume:
    """An image in right-anterior-superior order, cut into axial slices.

    Parameters
    ----------
    path
        NIfTI of three axes in any orientation.
    """

    def __init__(self, path: Path) -> None:
        image = nib.as_closest_canonical(nib.Nifti1Image.from_filename(path))
        self.data: np.ndarray = np.asarray(image.dataobj, dtype=np.float32)
        self.spacing = tuple(float(size) for size in image.header.get_zooms()[:3])

    @classmethod
    def of(cls, data: np.ndarray, like: Volume) -> Volume:
        """Return an array (x, y, z) on the grid of another volume."""
        volume = cls.__new__(cls)
        volume.data, volume.spacing = np.asarray(data, dtype=np.float32), like.spacing
        return volume

    @property
    def aspect(self) -> float:
        """Height of a pixel over its width in an axial slice."""
        return self.spacing[1] / self.spacing[0]

    def axial(self, z: int) -> np.ndarray:
        """Return a slice (row, column) seen from below: the patient's right is on the left."""
        return self.data[::-1, ::-1, z].T

    def crop(self, x: slice, y: slice) -> None:
        """Keep a part of every axial slice."""
        self.data = self.data[x, y]

    def window(self) -> tuple[float, float]:
        """Return the grey scale of the whole case: nothing to the 99.5th percentile of the head.

        Where intensities are scaled to both sides of 0, it begins at the 0.5th percentile.
        """
        inside = self.data[self.data != 0]
        if not inside.size:
            return 0.0, 1.0
        low, high = np.percentile(inside, [0.5, 99.5])
        return min(0.0, float(low)), float(high)

    def keep(self, mask: np.ndarray) -> None:
        """Set all outside of a mask (x, y, z) to the lowest value: black."""
        self.data = np.where(mask, self.data, min(0.0, float(self.data.min())))


def brain_box(volume: Volume, margin_mm: float) -> tuple[slice, slice]:
    """Return the part along x and y that holds all that is above zero, with a margin."""
    bounds = []
    for axis, other in ((0, (1, 2)), (1, (0, 2))):
        filled = np.flatnonzero((volume.data > 0).any(axis=other))
        size = volume.data.shape[axis]
        margin = round(margin_mm / volume.spacing[axis])
        low, high = (filled[0], filled[-1] + 1) if filled.size else (0, size)
        bounds.append(slice(max(0, int(low) - margin), min(size, int(high) + margin)))
    return bounds[0], bounds[1]


def slices_with_brain(volume: Volume, most: int) -> list[int]:
    """Return the slices that show something, at most so many, evenly taken.

    A slice counts when at least 2 % of its pixels are above zero.
    """
    filled = (volume.data > 0).mean(axis=(0, 1)) >= 0.02
    found = np.flatnonzero(filled)
    if found.size == 0:
        found = np.arange(volume.data.shape[2])
    if found.size > most:
        found = found[np.round(np.linspace(0, found.size - 1, most)).astype(int)]
    return [int(z) for z in found]


def show_slice(axes: Axes, volume: Volume, z: int, window: tuple[float, float]) -> None:
    """Draw one grey slice without axes."""
    axes.imshow(volume.axial(z), cmap="gray", vmin=window[0], vmax=window[1], aspect=volume.aspect)
    axes.set_axis_off()


def show_map(axes: Axes, heat: Volume, z: int) -> AxesImage:
    """Lay one slice of a map over what is drawn, the stronger the less transparent."""
    values = heat.axial(z)
    return axes.imshow(
        values,
        cmap=HEAT,
        vmin=0.0,
        vmax=1.0,
        alpha=HIGHEST_OPACITY * np.clip(values, 0, 1) ** OPACITY_POWER,
        aspect=heat.aspect,
        interpolation="bilinear",
    )


def show_outline(axes: Axes, mask: Volume, z: int) -> None:
    """Draw the outline of a mask, above 0 inside, where the slice has any of it."""
    inside = mask.axial(z) > 0
    if inside.any():
        axes.contour(inside.astype(float), levels=[0.5], colors=[OUTLINE], linewidths=0.7)
