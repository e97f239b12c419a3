"""Enhanced multi-frame files: each frame becomes a slice with the names of a classic header.

DICOM PS3.3 C.7.6.16 keeps what varies in per-frame functional groups and what does not in
shared ones. Both are read into the keywords that single-frame MR images use, so that all that
follows (grouping, identification, geometry) has one kind of header to deal with.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from radnec.ingest.decode import Plain, character_sets, decode, plain
from radnec.ingest.headers import RawHeader, Unreadable
from radnec.ingest.tags import FUNCTIONAL_GROUPS, KEYWORD

_SHARED, _PER_FRAME = sorted(FUNCTIONAL_GROUPS)
_MOST_FRAMES = 100_000

# Functional group, element in it, name in a single-frame header.
_GROUPS = (
    ("PixelMeasuresSequence", "PixelSpacing", "PixelSpacing"),
    ("PixelMeasuresSequence", "SliceThickness", "SliceThickness"),
    ("PixelMeasuresSequence", "SpacingBetweenSlices", "SpacingBetweenSlices"),
    ("PlanePositionSequence", "ImagePositionPatient", "ImagePositionPatient"),
    ("PlaneOrientationSequence", "ImageOrientationPatient", "ImageOrientationPatient"),
    ("MRTimingAndRelatedParametersSequence", "RepetitionTime", "RepetitionTime"),
    ("MRTimingAndRelatedParametersSequence", "FlipAngle", "FlipAngle"),
    ("MRTimingAndRelatedParametersSequence", "EchoTrainLength", "EchoTrainLength"),
    ("MRTimingAndRelatedParametersSequence", "RFEchoTrainLength", "EchoTrainLength"),
    ("MREchoSequence", "EffectiveEchoTime", "EchoTime"),
    ("MRModifierSequence", "InversionTimes", "InversionTime"),
    ("MRModifierSequence", "InversionRecovery", "InversionRecovery"),
    ("MRDiffusionSequence", "DiffusionBValue", "DiffusionBValue"),
    ("MRImageFrameTypeSequence", "FrameType", "ImageType"),
    ("MRImageFrameTypeSequence", "ComplexImageComponent", "ComplexImageComponent"),
    ("MRImageFrameTypeSequence", "AcquisitionContrast", "AcquisitionContrast"),
    ("MRAveragesSequence", "NumberOfAverages", "NumberOfAverages"),
    ("FrameAnatomySequence", "AnatomicRegionSequence", "BodyPartExamined"),
    ("FrameContentSequence", "TemporalPositionIndex", "TemporalPositionIdentifier"),
    ("FrameContentSequence", "FrameAcquisitionNumber", "AcquisitionNumber"),
    ("FrameContentSequence", "FrameAcquisitionDateTime", "AcquisitionTime"),
)


def is_enhanced(raw: RawHeader) -> bool:
    """Say whether a file is an enhanced multi-frame MR image."""
    return _PER_FRAME in raw.elements


def frames_of(raw: RawHeader) -> Iterator[tuple[int, dict[str, Plain]]]:
    """Yield each frame's number and its header values under single-frame names.

    Raises
    ------
    Unreadable
        If the functional groups are damaged, or their number is not the number of frames.
    """
    encodings = character_sets(raw.elements.get(0x00080005))
    common: dict[str, Plain] = {}
    for tag, element in raw.elements.items():
        keyword = KEYWORD.get(tag)
        value = decode(element, encodings) if keyword else None
        if keyword and value is not None:
            common[keyword] = value
    common["TransferSyntaxUID"] = raw.transfer_syntax
    try:
        groups = Dataset(
            {BaseTag(tag): raw.elements[tag] for tag in FUNCTIONAL_GROUPS if tag in raw.elements}
        )
        shared = groups.get(_SHARED)
        frames = groups[_PER_FRAME].value
        base = common | (_values(shared.value[0]) if shared is not None and shared.value else {})
        if not 0 < len(frames) <= _MOST_FRAMES:
            raise ValueError
        # Read all before the first is passed on: a file is read whole or refused.
        found = [(number, base | _values(frame)) for number, frame in enumerate(frames)]
    except Exception as error:
        raise Unreadable(f"damaged multi-frame header ({type(error).__name__})") from None
    for _, values in found:
        values.setdefault("InstanceNumber", 1.0)
        _describe_sequence(values)
    yield from found


def _values(group: Dataset) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for sequence, element, name in _GROUPS:
        items = group.get(sequence)
        if not items or element not in items[0]:
            continue
        value = items[0].get(element)
        if element == "AnatomicRegionSequence":
            value = value[0].get("CodeMeaning") if value else None
        known = plain(value)
        if known is not None:
            found[name] = known
    return found


def _describe_sequence(values: dict[str, Plain]) -> None:
    """Fill ScanningSequence, which multi-frame headers spell in other elements."""
    kinds = {"SPIN": ("SE",), "GRADIENT": ("GR",), "BOTH": ("SE", "GR")}
    scanning = list(kinds.get(str(values.get("EchoPulseSequence", "")), ()))
    if values.get("InversionRecovery") == "YES":
        scanning.append("IR")
    if scanning and "ScanningSequence" not in values:
        values["ScanningSequence"] = tuple(scanning)
    if "PulseSequenceName" in values:
        values.setdefault("SequenceName", values["PulseSequenceName"])
    if isinstance(time := values.get("AcquisitionTime"), str) and len(time) > 8:
        values["AcquisitionTime"] = time[8:]
