"""Enhanced multi-frame files: each frame becomes a slice with the names of a classic header.

DICOM PS3.3 C.7.6.16 keeps what varies in per-frame functional groups and what does not in
shared ones. Both are read into the keywords that single-frame MR images use, so that all that
follows (grouping, identification, geometry) has one kind of header to deal with.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from radnec.ingest.reading.decode import plain
from radnec.ingest.reading.headers import RawHeader, Unreadable
from radnec.ingest.reading.tags import KEYWORD
from radnec.ingest.reading.types import Plain

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


def frames_of(raw: RawHeader) -> Iterator[tuple[int, dict[str, Plain]]]:
    """Yield each frame's number and its header values under single-frame names.

    Raises
    ------
    Unreadable
        If the functional groups are damaged, or there are too many frames to be possible.
    """
    try:
        # Read all before the first is passed on: a file is read whole or refused.
        found = _read_frames(raw)
    except Exception as error:
        # pydicom decodes nested groups when they are touched, with errors of any type.
        raise Unreadable(f"damaged multi-frame header ({type(error).__name__})") from None
    yield from enumerate(found)


def _read_frames(raw: RawHeader) -> list[dict[str, Plain]]:
    header = raw.frames
    if header is None:
        raise ValueError
    base: dict[str, Plain] = {"TransferSyntaxUID": raw.transfer_syntax}
    for tag, keyword in KEYWORD.items():
        value = plain(header[tag].value) if tag in header else None
        if value is not None:
            base[keyword] = value
    if agents := header.get("ContrastBolusAgentSequence"):
        base.setdefault("ContrastBolusAgent", str(agents[0].get("CodeMeaning") or ""))
    if shared := header.get("SharedFunctionalGroupsSequence"):
        base |= _values(shared[0])
    frames = header.PerFrameFunctionalGroupsSequence
    if not 0 < len(frames) <= _MOST_FRAMES:
        raise ValueError
    found = [base | _values(frame) for frame in frames]
    for values in found:
        values.setdefault("InstanceNumber", 1.0)
        _describe_sequence(values)
    return found


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
