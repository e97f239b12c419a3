"""The header elements that ingest reads; nothing else of a header is looked at."""

from __future__ import annotations

from pydicom.datadict import tag_for_keyword

# Elements that differ from slice to slice of one volume: kept for each slice.
PER_SLICE = (
    "SOPInstanceUID",
    "ImagePositionPatient",
    "InstanceNumber",
    "AcquisitionNumber",
    "AcquisitionTime",
    "ContentTime",
    "EchoTime",
    "TriggerTime",
    "TemporalPositionIdentifier",
    "DiffusionBValue",
)

# Elements that the slices of one volume have in common: kept once.
SHARED = (
    "ImageType",
    "SOPClassUID",
    "StudyDate",
    "SeriesDate",
    "AcquisitionDate",
    "StudyTime",
    "SeriesTime",
    "Modality",
    "Manufacturer",
    "StudyDescription",
    "SeriesDescription",
    "ManufacturerModelName",
    "DerivationDescription",
    "AcquisitionContrast",
    "ContrastBolusAgent",
    "BodyPartExamined",
    "ScanningSequence",
    "SequenceVariant",
    "ScanOptions",
    "MRAcquisitionType",
    "SequenceName",
    "AngioFlag",
    "SliceThickness",
    "RepetitionTime",
    "InversionTime",
    "NumberOfAverages",
    "ImagingFrequency",
    "EchoNumbers",
    "MagneticFieldStrength",
    "SpacingBetweenSlices",
    "PercentPhaseFieldOfView",
    "EchoTrainLength",
    "PixelBandwidth",
    "SoftwareVersions",
    "ProtocolName",
    "ContrastBolusRoute",
    "ContrastBolusVolume",
    "ContrastBolusStartTime",
    "ContrastBolusTotalDose",
    "ContrastBolusIngredient",
    "AcquisitionMatrix",
    "InPlanePhaseEncodingDirection",
    "FlipAngle",
    "PatientPosition",
    "PulseSequenceName",
    "EchoPulseSequence",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SeriesNumber",
    "ImageOrientationPatient",
    "FrameOfReferenceUID",
    "NumberOfTemporalPositions",
    "ImageComments",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "PixelSpacing",
    "BitsAllocated",
    "BitsStored",
    "PixelRepresentation",
    "BurnedInAnnotation",
)

# Read to recognise test objects, used in memory only (see `subject.py`), never written.
SUBJECT = (
    "PatientName",
    "PatientID",
    "PatientAge",
    "PatientWeight",
    "PatientComments",
    "PatientSpeciesDescription",
)

# Private elements that say what the standard ones often do not. Each vendor documents them
# in its conformance statement.
PRIVATE = {
    "SiemensBValue": (0x0019, 0x100C),
    "GEPulseSequence": (0x0019, 0x109C),
    "GEBValue": (0x0043, 0x1039),
    "PhilipsBFactor": (0x2001, 0x1003),
    "PhilipsTechnique": (0x2001, 0x1020),
}


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(f"{keyword} is not a keyword of the DICOM dictionary")
    return tag


KEYWORD = {_tag(keyword): keyword for keyword in (*PER_SLICE, *SHARED, *SUBJECT)}
KEYWORD |= {group << 16 | element: name for name, (group, element) in PRIVATE.items()}

# The agent as a code: read where its name is not given.
AGENT, AGENT_SEQUENCE = 0x00180010, 0x00180012

# Of enhanced multi-frame files: sequences, read by pydicom.
FUNCTIONAL_GROUPS = (0x52009229, 0x52009230)
