"""Enhanced multi-frame files: each frame becomes a slice with the names of a classic header.

DICOM PS3.3 C.7.6.16 keeps what varies in per-frame functional groups and what does not in
shared ones. Both are read into the keywords that single-frame MR images use, so that all that
follows (grouping, identification, geometry) has one kind of header to deal with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydicom.dataset import Dataset

from radnec.ingest.reading.decode import character_sets, decode, plain
from radnec.ingest.reading.foreign import Unreadable
from radnec.ingest.reading.headers import CHARACTER_SET, RawHeader
from radnec.ingest.reading.tags import KEYWORD
from radnec.ingest.reading.types import Plain

_MOST_FRAMES = 100_000
# Free text is decoded as that of classic headers, wrong character sets included.
_TEXTS = frozenset({"SeriesDescription", "ProtocolName", "StudyDescription", "ContrastBolusAgent"})

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
    encodings = character_sets(raw.elements.get(CHARACTER_SET))
    for tag, keyword in KEYWORD.items():
        if tag in raw.elements and keyword in _TEXTS:
            value = decode(tag, raw.elements[tag], "<", encodings)
        else:
            value = plain(header[tag].value) if tag in header else None
        if value is not None:
            base[keyword] = value
    shared = header.get("SharedFunctionalGroupsSequence")
    if shared:
        base |= _values(shared[0])
    frames = header.PerFrameFunctionalGroupsSequence
    if not 0 < len(frames) <= _MOST_FRAMES:
        raise ValueError
    found = [base | _values(frame) for frame in frames]
    shared_usage = shared[0].get("ContrastBolusUsageSequence") if shared else None
    for values, frame in zip(found, frames, strict=True):
        _tell_usage(values, frame.get("ContrastBolusUsageSequence") or shared_usage)
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


def _tell_usage(values: dict[str, Plain], usage: Sequence[Dataset] | None) -> None:
    """Say in the classic element whether the agent was given by the time of a frame.

    An agent that is listed for the exam may not be in the patient yet (PS3.3 C.7.6.16.2.12).
    """
    given = {str(item.get("ContrastBolusAgentAdministered") or "") for item in usage or ()}
    if "YES" in given:
        if not values.get("ContrastBolusAgent"):
            values["ContrastBolusAgent"] = "YES"
    elif "NO" in given:
        values["ContrastBolusAgent"] = "NO"
        for name in ("ContrastBolusVolume", "ContrastBolusTotalDose", "ContrastBolusIngredient"):
            values.pop(name, None)


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
