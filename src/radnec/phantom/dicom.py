"""Writing a simulated series as DICOM, one file a slice, the way its vendor would.

Every identifying attribute is invented and begins with one of `FAKE_MARKS` (the birth date
is `FAKE_BIRTH_DATE`), so that a search finds any that escapes into a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

from radnec.core.seeding import derive_seed
from radnec.phantom.sampling import Geometry
from radnec.phantom.scanners import Scanner
from radnec.phantom.signal import SEQUENCE_PARAMETERS
from radnec.phantom.vendors import SeriesStyle

FAKE_MARKS = ("FAKENAME", "FAKEID-", "FAKEACC-", "FAKEHOSPITAL", "FAKEDOCTOR", "FAKESTREET")
FAKE_BIRTH_DATE = "19010203"

_TO_LPS = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True)
class Study:
    """What all series of one case share."""

    case: str
    seed: int
    scanner: Scanner
    date: str

    def uid(self, *names: str) -> str:
        """Return a UID that depends on seed, case and names only."""
        return str(generate_uid(entropy_srcs=[str(self.seed), self.case, *names]))


@dataclass(frozen=True)
class Series:
    """One series.

    Attributes
    ----------
    name
        `localizer` or a sequence.
    number, seconds
        Series number, and its time since midnight.
    stacks
        Parallel slices: pixels (slices, rows, columns) in scanner units, and their place.
    thickness
        Slice thickness in mm.
    """

    name: str
    number: int
    seconds: float
    stacks: tuple[tuple[NDArray[np.float32], Geometry], ...]
    thickness: float
    style: SeriesStyle


def write_series(study: Study, series: Series, folder: Path) -> list[Path]:
    """Write one file a slice into `folder`; return the paths in slice order.

    The names carry no meaning: their order is not the order of the slices.
    """
    folder.mkdir(parents=True, exist_ok=True)
    planes = [(pixels, geometry) for stack, geometry in series.stacks for pixels in stack]
    places = [index for stack, _ in series.stacks for index in range(len(stack))]
    numbers = np.random.default_rng(derive_seed(study.seed, study.case, series.name, "files"))
    shuffled = numbers.permutation(len(planes)) + 1
    dataset = _common(study, series)
    paths = []
    for count, ((pixels, geometry), place) in enumerate(zip(planes, places, strict=True)):
        stored = np.clip(np.rint(pixels / series.style.slope), 0, 4095).astype("<u2")
        _describe_slice(dataset, study, series.name, geometry, place, count)
        dataset.PixelData = stored.tobytes()
        dataset.SmallestImagePixelValue = int(stored.min())
        dataset.LargestImagePixelValue = int(stored.max())
        path = folder / f"IM{shuffled[count]:06d}"
        dataset.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def _common(study: Study, series: Series) -> FileDataset:
    """Return the attributes that all slices of a series share."""
    scanner, style = study.scanner, series.style
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = generate_uid(entropy_srcs=["radnec phantom"])
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SpecificCharacterSet = "ISO_IR 100"
    data.SOPClassUID = MRImageStorage
    data.Modality = "MR"

    data.PatientName = f"FAKENAME^{study.case}"
    data.PatientID = f"FAKEID-{study.case}"
    data.PatientBirthDate = FAKE_BIRTH_DATE
    data.PatientSex = ""
    data.PatientAddress = f"FAKESTREET {study.case}"
    data.AccessionNumber = f"FAKEACC-{study.case}"
    data.InstitutionName = "FAKEHOSPITAL"
    data.ReferringPhysicianName = "FAKEDOCTOR^Referring"

    time = _clock(series.seconds)
    data.StudyDate = data.SeriesDate = data.AcquisitionDate = data.ContentDate = study.date
    data.StudyTime = _clock(8 * 3600.0)
    data.SeriesTime = data.AcquisitionTime = data.ContentTime = time
    data.StudyInstanceUID = study.uid("study")
    data.SeriesInstanceUID = study.uid("series", series.name)
    data.FrameOfReferenceUID = study.uid("frame")
    data.PositionReferenceIndicator = ""
    data.StudyID = "1"
    data.SeriesNumber = series.number
    data.StudyDescription = style.study_description
    data.SeriesDescription = data.ProtocolName = style.description

    data.Manufacturer = scanner.manufacturer
    data.ManufacturerModelName = scanner.model
    data.MagneticFieldStrength = 3.0
    data.ImagingFrequency = 127.74
    data.ImagedNucleus = "1H"
    data.ReceiveCoilName = "8HRBRAIN"
    data.BodyPartExamined = "HEAD"
    data.PatientPosition = "HFS"
    data.Laterality = ""

    data.ScanningSequence = list(style.scanning_sequence)
    data.SequenceVariant = list(style.sequence_variant)
    data.ScanOptions = list(style.scan_options)
    data.MRAcquisitionType = "2D"
    if style.sequence_name:
        data.SequenceName = style.sequence_name
    sequence = SEQUENCE_PARAMETERS[series.name]
    data.RepetitionTime = sequence.tr
    data.EchoTime = sequence.te
    if sequence.ti is not None:
        data.InversionTime = sequence.ti
    data.FlipAngle = sequence.flip
    data.EchoTrainLength = style.echo_train
    data.EchoNumbers = 1
    data.NumberOfAverages = 1
    data.ImageType = list(style.image_type)
    data.InPlanePhaseEncodingDirection = "ROW"
    data.AcquisitionMatrix = [0, scanner.frequency, scanner.phase, 0]
    data.PercentPhaseFieldOfView = 100 * scanner.phase_fraction
    data.PercentSampling = 100.0
    if style.contrast is not None:
        data.ContrastBolusAgent = style.contrast
        if style.contrast:
            data.ContrastBolusRoute = "IV"
            data.ContrastBolusVolume = 14.0

    data.SliceThickness = series.thickness
    data.SamplesPerPixel = 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, 12, 11
    data.PixelRepresentation = 0
    if style.slope != 1.0:
        data.RescaleIntercept, data.RescaleSlope, data.RescaleType = 0.0, style.slope, "US"
    data.WindowCenter, data.WindowWidth = 600, 1200
    return data


def _describe_slice(
    data: FileDataset, study: Study, name: str, geometry: Geometry, place: int, count: int
) -> None:
    """Set what differs between slices: slice `place` of its stack, `count` of the series."""
    across, down = _TO_LPS @ geometry.axes[:, 0], _TO_LPS @ geometry.axes[:, 1]
    position = _TO_LPS @ (geometry.affine @ [0, 0, place, 1])[:3]
    data.SpacingBetweenSlices = geometry.spacing
    data.PixelSpacing = [_decimal(geometry.pixel), _decimal(geometry.pixel)]
    data.Rows, data.Columns = geometry.rows, geometry.columns
    data.ImageOrientationPatient = [_decimal(value) for value in (*across, *down)]
    data.ImagePositionPatient = [_decimal(value) for value in position]
    data.SliceLocation = _decimal(float(np.cross(across, down) @ position))
    data.InstanceNumber = count + 1
    data.AcquisitionNumber = 1
    data.SOPInstanceUID = study.uid("instance", name, str(count))
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID


def _decimal(value: float) -> pydicom.valuerep.DSfloat:
    """Return a decimal string of at most 16 characters."""
    return pydicom.valuerep.DSfloat(float(value), auto_format=True)


def _clock(seconds: float) -> str:
    """Return seconds since midnight as HHMMSS.ffffff."""
    whole = int(seconds)
    micro = round((seconds - whole) * 1e6)
    return f"{whole // 3600:02d}{whole // 60 % 60:02d}{whole % 60:02d}.{micro:06d}"
