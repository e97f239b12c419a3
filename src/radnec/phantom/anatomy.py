"""The head: tissue fractions on the 1 mm grid of the MNI152 template.

How each tissue is made
-----------------------
Grey and white matter are the ICBM152 2009a probability maps that nilearn carries. The
brain mask and the head with skull and scalp (MNI152NLin6Asym) come with nimare. Both
are in MNI space on grids that differ by whole voxels only. Inside the brain mask,
cerebrospinal fluid is what grey and white matter leave. Outside it the intensity of the
T1-weighted head says what a voxel holds: dark is air or bone (neither gives signal),
middle is muscle and skin, bright is fat and marrow, with linear mixtures between. The
eyeballs, dark on T1 as fluid is, are two spheres of fluid.
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

_HEAD = "resources/templates/tpl-MNI152NLin6Asym_res-01_T1w.nii.gz"
_MASK = "resources/templates/tpl-MNI152NLin6Asym_res-01_desc-brain_mask.nii.gz"
_GREY = "datasets/data/mni_icbm152_gm_tal_nlin_sym_09a_converted.nii.gz"
_WHITE = "datasets/data/mni_icbm152_wm_tal_nlin_sym_09a_converted.nii.gz"

# Intensities of the template head (its grey matter is 5550, its white matter 7560).
_DARK, _MIDDLE, _BRIGHT = 1500.0, 4800.0, 8200.0
_EYES = ((57, 189, 32), (125, 189, 32))
_EYE_RADIUS = 11.5


@dataclass(frozen=True)
class Anatomy:
    """Tissue fractions of one template head.

    Attributes
    ----------
    fractions
        float32 (voxels of the head, 5): white, grey, fluid, fat, muscle; the rest is dark.
    where
        Flat indices (C order) of these voxels in the grid.
    white, grey, brain
        float32, float32 and bool maps on the whole grid (x, y, z), RAS+.
    origin
        World position (mm, MNI) of voxel (0, 0, 0); the voxels are 1 mm.
    """

    fractions: NDArray[np.float32]
    where: NDArray[np.intp]
    white: NDArray[np.float32]
    grey: NDArray[np.float32]
    brain: NDArray[np.bool_]
    origin: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Size of the grid (x, y, z)."""
        x, y, z = self.brain.shape
        return x, y, z

    def mix(self, values: NDArray) -> NDArray[np.float32]:
        """Return the map (x, y, z) of a quantity that each tissue gives `values` (5,) of."""
        volume = np.zeros(self.shape, dtype=np.float32)
        volume.ravel()[self.where] = self.fractions @ values.astype(np.float32)
        return volume


@lru_cache(maxsize=1)
def load_anatomy() -> Anatomy:
    """Build the template head, once a process."""
    head_image = _packaged("nimare", _HEAD)
    origin = head_image.affine[:3, 3]
    head = np.asarray(head_image.dataobj, dtype=np.float32)
    brain = _filled(np.asarray(_packaged("nimare", _MASK).dataobj) > 0)
    white = _on_grid(_packaged("nilearn", _WHITE), origin, head.shape) * brain
    grey = _on_grid(_packaged("nilearn", _GREY), origin, head.shape) * brain
    excess = np.maximum(white + grey, 1.0)
    white, grey = white / excess, grey / excess

    # A thin layer of fluid lies between the brain mask and the dura.
    rim = ndimage.binary_dilation(brain, iterations=2) & ~brain
    outside = ~brain & ~rim
    fluid = np.where(brain, 1.0 - white - grey, np.where(rim, 0.6, 0.0)).astype(np.float32)
    soft = np.clip((head - _DARK) / (_MIDDLE - _DARK), 0, 1) * outside
    fat = soft * np.clip((head - _MIDDLE) / (_BRIGHT - _MIDDLE), 0, 1)
    muscle = soft - fat
    for x, y, z in _EYES:
        box = np.s_[x - 14 : x + 15, y - 14 : y + 15, z - 14 : z + 15]
        i, j, k = np.ogrid[-14:15, -14:15, -14:15]
        ball = np.clip(_EYE_RADIUS + 0.5 - np.sqrt(i**2 + j**2 + k**2), 0, 1)
        fluid[box] = np.maximum(fluid[box], ball)
        fat[box] *= 1 - ball
        muscle[box] *= 1 - ball

    # An empty frame: sampling beyond the grid repeats its edge, which then is air. Only at
    # the bottom the edge stays, so that the neck goes on below the template.
    for tissue in (white, grey, fluid, fat, muscle):
        tissue[[0, -1]] = 0
        tissue[:, [0, -1]] = 0
        tissue[:, :, -1] = 0
    brain[:, :, 0] = False
    where = np.flatnonzero((white + grey + fluid + soft).ravel() > 0)
    fractions = np.stack([t.ravel()[where] for t in (white, grey, fluid, fat, muscle)], axis=1)
    return Anatomy(fractions.astype(np.float32), where, white, grey, brain, origin)


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Close the brain mask over the ventricles and cisterns, which the package leaves out."""
    closed = ndimage.binary_closing(np.pad(mask, 6), iterations=5)[6:-6, 6:-6, 6:-6]
    return ndimage.binary_fill_holes(closed | mask)


def _packaged(package: str, path: str) -> nib.Nifti1Image:
    """Open a file that a package carries, without importing the package."""
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    file = Path(folders[0]) / path if folders else None
    if file is None or not file.is_file():
        raise InputError(f"the phantom needs {path} of the package {package}, which is not there")
    return nib.load(file)


def _on_grid(
    image: nib.Nifti1Image, origin: NDArray, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Crop a 1 mm map (0 to 255) to another grid that differs by whole voxels."""
    start = np.round(origin - image.affine[:3, 3]).astype(int)
    box = tuple(slice(s, s + n) for s, n in zip(start, shape, strict=True))
    return np.asarray(image.dataobj)[box].astype(np.float32) / 255.0
