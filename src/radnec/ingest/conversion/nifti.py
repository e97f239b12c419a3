"""NIfTI files of this project: RAS+ axes, one affine, no identity, the same bytes each time."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nibabel as nib
import numpy as np

from radnec.core.packing import gzipped


def tidy(image: nib.nifti1.Nifti1Image) -> nib.nifti1.Nifti1Image:
    """Return the image with axes nearest to RAS+, plain values and an empty header.

    Axes are flipped and permuted only, so no voxel is resampled. Integers stay integers;
    other values become float32.
    """
    turned = nib.funcs.as_closest_canonical(image)
    data = np.asanyarray(turned.dataobj)
    if np.issubdtype(data.dtype, np.integer):
        low, high = int(data.min()), int(data.max())
        kind: type = np.int16 if low >= -(2**15) and high < 2**15 else np.int32
        data = data.astype(kind) if high < 2**31 else data.astype(np.float32)
    else:
        data = data.astype(np.float32)
    # A new header: that of a converter can hold names in descrip, aux_file and extensions.
    clean = nib.nifti1.Nifti1Image(np.ascontiguousarray(data), turned.affine)
    clean.header.set_xyzt_units("mm")
    clean.set_qform(turned.affine, code=1)
    clean.set_sform(turned.affine, code=1)
    return clean


def save(image: nib.nifti1.Nifti1Image, path: Path) -> None:
    """Write an image as .nii.gz without time or name in the gzip header."""
    Path(path).write_bytes(gzipped(image.to_bytes()))


def fingerprint(image: nib.nifti1.Nifti1Image) -> str:
    """Return a short hash of the values alone: equal for equal pixels, whatever the header."""
    data = np.ascontiguousarray(np.asanyarray(image.dataobj), dtype="<f4")
    digest = hashlib.sha256(repr(data.shape).encode())
    digest.update(data.tobytes())
    return digest.hexdigest()[:16]
