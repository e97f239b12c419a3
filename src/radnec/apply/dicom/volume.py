"""Results on the grid of the reference scan, as frames in the patient's coordinates."""

from __future__ import annotations

from pathlib import Path

import highdicom
import nibabel as nib
import numpy as np


def frames_of(path: Path, frame_of_reference: str) -> highdicom.Volume:
    """Return a NIfTI image as axial DICOM frames.

    NIfTI counts millimetres towards right, anterior, superior; DICOM towards left, posterior,
    superior. Axes are flipped and permuted only, so no voxel is resampled and oblique scans stay
    oblique.

    Parameters
    ----------
    path
        Image of three axes on the grid of the reference scan.
    frame_of_reference
        UID of the source series' frame of reference.

    Returns
    -------
    highdicom.Volume
        Axes (slice towards the head, row towards the back, column towards the left), float32.
    """
    image = nib.Nifti1Image.from_filename(path)
    values = np.asarray(image.dataobj, dtype=np.float32)
    to_lps = np.diag([-1.0, -1.0, 1.0, 1.0])
    volume = highdicom.Volume(
        values,
        affine=to_lps @ image.affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=frame_of_reference,
    )
    return volume.to_patient_orientation("HPL")
