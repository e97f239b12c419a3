"""Conversion by dicom2nifti, from an array of slices; each of its refusals has a reason."""

from __future__ import annotations

from collections.abc import Sequence

import nibabel as nib
from pydicom.dataset import Dataset

from radnec.core.errors import CaseExcluded

# The texts of dicom2nifti 2.6 (ConversionError, ConversionValidationError) in plain words.
REASONS = {
    "MISSING_DICOM_FILES": "slices are missing: the volumes of the series differ in number",
    "NOT_A_VOLUME": "all slices lie in one place: not a volume",
    "NON_CUBICAL_IMAGE/GANTRY_TILT": "gantry tilt: the stack leans against its slices",
    "SLICE_INCREMENT_INCONSISTENT": "slice spacing is inconsistent, or a slice is missing",
    "INSTANCE_NUMBER_INCONSISTENT": "instance numbers are not consecutive",
    "TOO_FEW_SLICES/LOCALIZER": "too few slices for a volume: a localizer or single images",
    "IMAGE_ORIENTATION_INCONSISTENT": "slices have different orientations",
    "NON_IMAGING_DICOM_FILES": "slices have no orientation: not images",
    "UNSUPPORTED_DATA": "data of a kind that dicom2nifti does not support",
    "NO_DICOM_FILES_FOUND": "no image among the slices",
    "IMPLICIT_VR_ENHANCED_DICOM": "multi-frame file with implicit value representation",
    "INCONSISTENT_ACQUISITION_NUMBERS": "acquisition numbers of the slices do not agree",
    "MOSAIC_TYPE_NOT_SUPPORTED": "Siemens mosaic of an unsupported kind",
    "Unsupported or missing PixelMeasuresSequence": "no voxel size in the multi-frame header",
    "Unsupported or missing PlaneOrientationSequence/ImageOrientationPatient": (
        "no orientation in the multi-frame header"
    ),
    "Unsupported or missing PlanePositionSequence/ImagePositionPatient": (
        "no slice positions in the multi-frame header"
    ),
}


def to_nifti(slices: Sequence[Dataset]) -> nib.nifti1.Nifti1Image:
    """Convert slices to an image in the scanner's orientation.

    Parameters
    ----------
    slices
        Single-frame datasets of one volume with their pixels.

    Raises
    ------
    CaseExcluded
        If dicom2nifti refuses them; the reason is in `REASONS`.
    """
    from dicom2nifti.convert_dicom import dicom_array_to_nifti
    from dicom2nifti.exceptions import ConversionError, ConversionValidationError

    if not slices:
        raise CaseExcluded(REASONS["NO_DICOM_FILES_FOUND"])
    try:
        found = dicom_array_to_nifti(list(slices), None, reorient_nifti=False)
        image: nib.Nifti1Image = found["NII"]
    except (ConversionError, ConversionValidationError) as error:
        raise CaseExcluded(REASONS.get(str(error), "dicom2nifti refuses the series")) from None
    except MemoryError:
        raise
    except Exception as error:
        # Where it has no check of its own, it fails with whatever Python raises.
        kind = type(error).__name__
        raise CaseExcluded(f"dicom2nifti cannot convert the series ({kind})") from None
    return image
