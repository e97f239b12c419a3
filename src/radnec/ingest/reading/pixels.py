"""The pixels of slices: read, decompressed, and put into headers that carry no identity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_rescale, pixel_array
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage

from radnec.core.errors import CaseExcluded
from radnec.ingest.reading.types import Slice

# The pixels of more voxels than this do not fit a workstation; no brain scan has them.
_MOST_VOXELS = 1 << 29
_LARGEST_SIDE = 4096


def clean_slices(slices: Sequence[Slice]) -> list[Dataset]:
    """Return single-frame MR datasets with pixels and geometry only, in the given order.

    Compressed pixels are decompressed, frames of multi-frame files stand alone, and the
    instance numbers count the slices. Names, dates and identifiers are left behind.

    Raises
    ------
    CaseExcluded
        If a slice has no pixel data, is cut off, or has pixels of an unsupported kind.
    """
    _require_possible(slices)
    files: dict[str, Dataset] = {}
    found = []
    for number, (one, source) in enumerate(_sources(slices, files), start=1):
        found.append(_clean(one, source, number))
    return found


def _require_possible(slices: Sequence[Slice]) -> None:
    header = slices[0].header
    rows, columns = header.get("Rows"), header.get("Columns")
    if not isinstance(rows, float) or not isinstance(columns, float):
        raise CaseExcluded("no image matrix in the headers")
    if not (0 < rows <= _LARGEST_SIDE and 0 < columns <= _LARGEST_SIDE):
        raise CaseExcluded(f"an image matrix of {rows:g} x {columns:g} is not possible")
    if rows * columns * len(slices) > _MOST_VOXELS:
        raise CaseExcluded(f"{rows * columns * len(slices):.3g} voxels are not possible")
    kind = header.get("PhotometricInterpretation", "MONOCHROME2")
    if kind != "MONOCHROME2":
        known = kind if kind in ("MONOCHROME1", "RGB", "PALETTE COLOR", "YBR_FULL") else "unknown"
        raise CaseExcluded(f"photometric interpretation {known}, expected MONOCHROME2")


def _sources(slices: Sequence[Slice], files: dict[str, Dataset]) -> Iterator[tuple[Slice, Dataset]]:
    for one in slices:
        if one.frame is None:
            yield one, dcmread(one.path, force=True)
        else:
            if one.path not in files:
                files.clear()
                files[one.path] = dcmread(one.path, force=True)
            yield one, files[one.path]


def _clean(one: Slice, source: Dataset, number: int) -> Dataset:
    if "PixelData" not in source:
        raise CaseExcluded("a slice has no pixel data")
    if "TransferSyntaxUID" not in source.file_meta:
        source.file_meta.TransferSyntaxUID = UID(str(one.header["TransferSyntaxUID"]))
    pixels = _pixels(one, source)
    clean = Dataset()
    clean.file_meta = FileMetaDataset()
    clean.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    clean.file_meta.MediaStorageSOPClassUID = MRImageStorage
    clean.SOPClassUID = MRImageStorage
    clean.Modality = "MR"
    clean.SeriesInstanceUID = "2.25.1"
    clean.InstanceNumber = number
    clean.ImagePositionPatient = list(one.position or ())
    clean.ImageOrientationPatient = list(one.header["ImageOrientationPatient"])  # type: ignore[arg-type]
    clean.PixelSpacing = list(one.header["PixelSpacing"])  # type: ignore[arg-type]
    clean.Rows, clean.Columns = pixels.shape
    clean.SamplesPerPixel, clean.PhotometricInterpretation = 1, "MONOCHROME2"
    clean.BitsAllocated = clean.BitsStored = 8 * pixels.itemsize
    clean.HighBit = clean.BitsStored - 1
    clean.PixelRepresentation = int(np.issubdtype(pixels.dtype, np.signedinteger))
    slope, intercept = _rescale(one, source)
    if (slope, intercept) != (1.0, 0.0):
        clean.RescaleSlope, clean.RescaleIntercept = slope, intercept
    clean.PixelData = pixels.tobytes()
    clean["PixelData"].VR = "OW" if pixels.itemsize > 1 else "OB"
    return clean


def _pixels(one: Slice, source: Dataset) -> np.ndarray:
    """Return the stored values of a slice, (rows, columns), little-endian integers."""
    try:
        # One frame alone: what a damaged header says of the others is never allocated.
        pixels = pixel_array(source, index=one.frame or 0)
    except MemoryError:
        raise
    except Exception as error:
        # Decoders raise errors of any type, with texts that quote the file.
        syntax = UID(str(one.header.get("TransferSyntaxUID", "")))
        if syntax.is_transfer_syntax and syntax.is_compressed:
            # The name is the standard's, not the file's.
            raise CaseExcluded(
                f"pixel data of a slice, compressed as {syntax.name}, cannot be decompressed "
                f"({type(error).__name__}): damaged, or of a kind that no decoder here reads"
            ) from None
        raise CaseExcluded(
            f"pixel data of a slice cannot be read ({type(error).__name__})"
        ) from None
    if pixels.ndim != 2 or not np.issubdtype(pixels.dtype, np.integer):
        raise CaseExcluded("pixels are not one grey value each")
    return np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("<"))


def _rescale(one: Slice, source: Dataset) -> tuple[float, float]:
    place = source
    if one.frame is not None:
        for groups in (
            source.get("PerFrameFunctionalGroupsSequence", [])[one.frame : one.frame + 1],
            source.get("SharedFunctionalGroupsSequence", [])[:1],
        ):
            if groups and groups[0].get("PixelValueTransformationSequence"):
                place = groups[0].PixelValueTransformationSequence[0]
                break
    slope, intercept = place.get("RescaleSlope"), place.get("RescaleIntercept")
    return float(slope if slope is not None else 1.0), float(intercept or 0.0)


def values(clean: Dataset) -> np.ndarray:
    """Return the rescaled values of a clean slice, (rows, columns)."""
    return np.asarray(apply_rescale(clean.pixel_array, clean))
