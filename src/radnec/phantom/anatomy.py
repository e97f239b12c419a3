"""The head: tissue fractions on the 1 mm grid of the MNI152 template.

How each tissue is made
-----------------------
Grey and white matter are the ICBM152 2009a probability maps that nilearn carries. The
brain mask and the head with skull and scalp (MNI152NLin6Asym) come with nimare. Both
are in MNI space on grids that differ by whole voxels only. Inside the brain mask,
cerebrospinal fluid is what grey and white matter leave. Outside it the intensity of the
T1-weighted head says what a voxel holds: dark is air or bone (neither gives signal),
middle is muscle and skin, bright is fat and marrow, with linear mixtures between. The
eyeballs, dark on T1 as fluid is, are two spheres of fluid. The superior sagittal sinus
runs as a triangle of blood along the midline, on the brain.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from radnec.core.errors import InputError
from radnec.phantom.fields import Floats

_HEAD = "resources/templates/tpl-MNI152NLin6Asym_res-01_T1w.nii.gz"
_MASK = "resources/templates/tpl-MNI152NLin6Asym_res-01_desc-brain_mask.nii.gz"
_GREY = "datasets/data/mni_icbm152_gm_tal_nlin_sym_09a_converted.nii.gz"
_WHITE = "datasets/data/mni_icbm152_wm_tal_nlin_sym_09a_converted.nii.gz"

# Intensities of the template head (its grey matter is 5550, its white matter 7560).
_DARK, _MIDDLE, _BRIGHT = 1500.0, 4800.0, 8200.0
_EYES = ((57, 189, 32), (125, 189, 32))
_EYE_RADIUS = 11.5
_SINUS_BOTTOM, _SINUS_FRONT, _SINUS_FRONT_BOTTOM = 62, 150, 95
_RIM = 0.6  # part of fluid in the thin layer between the brain mask and the dura


@dataclass(frozen=True)
class Anatomy:
    """Tissue fractions of one template head.

    Attributes
    ----------
    fractions
        float32 (6, voxels of the head): white, grey, fluid, fat, muscle, blood; the rest is dark.
    where
        Flat indices (C order) of these voxels in the grid.
    white, grey
        uint8 maps (x, y, z), RAS+, 255 is all.
    brain
        bool map (x, y, z).
    origin
        World position (mm, MNI) of voxel (0, 0, 0); the voxels are 1 mm.
    """

    fractions: NDArray[np.float32]
    where: NDArray[np.intp]
    white: NDArray[np.uint8]
    grey: NDArray[np.uint8]
    brain: NDArray[np.bool_]
    origin: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Size of the grid (x, y, z)."""
        x, y, z = self.brain.shape
        return x, y, z

    def mix(self, values: Floats) -> NDArray[np.float32]:
        """Return the map (x, y, z) of a quantity that each tissue gives `values` (6,) of."""
        volume = np.zeros(self.shape, dtype=np.float32)
        volume.ravel()[self.where] = values.astype(np.float32) @ self.fractions
        return volume


@lru_cache(maxsize=1)
def load_anatomy() -> Anatomy:
    """Build the template head, once a process."""
    head_image = _packaged("nimare", _HEAD)
    origin = head_image.affine[:3, 3]
    head = np.ascontiguousarray(head_image.dataobj, dtype=np.float32)
    brain = _filled(np.ascontiguousarray(_packaged("nimare", _MASK).dataobj) > 0)
    brain[:, :, 0] = False  # the neck that goes on below holds no brain
    white = _on_grid(_packaged("nilearn", _WHITE), origin, head.shape) * brain
    grey = _on_grid(_packaged("nilearn", _GREY), origin, head.shape) * brain
    rim = ndimage.binary_dilation(brain, iterations=2) & ~brain
    eyes = _eyes(head.shape)
    sinus = _sinus(brain)

    # An empty frame: sampling beyond the grid repeats its edge, which then is air. Only at
    # the bottom the edge stays, so that the neck goes on below the template.
    frame = np.zeros(head.shape, dtype=bool)
    frame[1:-1, 1:-1, :-1] = True
    where = np.flatnonzero(((head > _DARK) | rim | brain | sinus | (eyes > 0)) & frame)

    level, ball = head.ravel()[where], eyes.ravel()[where]
    inner, between = brain.ravel()[where], rim.ravel()[where]
    pale, dark = (part.ravel()[where] / np.float32(255) for part in (white, grey))
    excess = np.maximum(pale + dark, 1)
    pale /= excess
    dark /= excess
    blood = sinus.ravel()[where].astype(np.float32)
    outer = ~(inner | between) * (1 - ball) * (1 - blood)
    soft = np.clip((level - _DARK) / (_MIDDLE - _DARK), 0, 1) * outer
    fat = soft * np.clip((level - _MIDDLE) / (_BRIGHT - _MIDDLE), 0, 1)
    fluid = np.where(
        inner, np.maximum(1 - pale - dark, 0), np.where(between, _RIM * (1 - blood), ball)
    )
    fractions = np.stack([pale, dark, fluid, fat, soft - fat, blood]).astype(np.float32)
    return Anatomy(fractions, where, white, grey, brain, origin)


def _eyes(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return the fraction of each voxel that an eyeball fills."""
    reach = int(_EYE_RADIUS) + 2
    i, j, k = np.ogrid[-reach : reach + 1, -reach : reach + 1, -reach : reach + 1]
    ball = np.clip(_EYE_RADIUS + 0.5 - np.sqrt(i**2 + j**2 + k**2), 0, 1)
    eyes = np.zeros(shape, dtype=np.float32)
    for x, y, z in _EYES:
        eyes[x - reach : x + reach + 1, y - reach : y + reach + 1, z - reach : z + reach + 1] = ball
    return eyes


def _sinus(brain: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the superior sagittal sinus: a triangle that narrows away from the brain."""
    sinus = np.zeros_like(brain)
    middle = brain.shape[0] // 2
    for aside in range(-4, 5):
        plane = brain[middle - 6 : middle + 7].any(axis=0)
        depth = 6 - abs(aside)
        grown = ndimage.binary_dilation(plane, iterations=depth) & ~plane
        grown[:, :_SINUS_BOTTOM] = False
        grown[_SINUS_FRONT:, :_SINUS_FRONT_BOTTOM] = False
        sinus[middle + aside] = grown & ~brain[middle + aside]
    return sinus


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Close the brain mask over the ventricles and cisterns, which the package leaves out."""
    half = mask[::2, ::2, ::2]  # the gaps are wide, half the resolution closes them
    closed = ndimage.binary_closing(np.pad(half, 4), iterations=3)[4:-4, 4:-4, 4:-4]
    filled = ndimage.binary_fill_holes(closed)
    return np.asarray(mask | filled.repeat(2, 0).repeat(2, 1).repeat(2, 2))


def _packaged(package: str, path: str) -> nib.Nifti1Image:
    """Open a file that a package carries, without importing the package."""
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    file = Path(folders[0]) / path if folders else None
    if file is None or not file.is_file():
        raise InputError(f"the phantom needs {path} of the package {package}, which is not there")
    return nib.Nifti1Image.from_filename(file)


def _on_grid(image: nib.Nifti1Image, origin: Floats, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Crop a 1 mm map (0 to 255) to another grid that differs by whole voxels."""
    start = np.round(origin - image.affine[:3, 3]).astype(int)
    box = tuple(slice(s, s + n) for s, n in zip(start, shape, strict=True))
    return np.ascontiguousarray(np.asarray(image.dataobj)[box], dtype=np.uint8)
