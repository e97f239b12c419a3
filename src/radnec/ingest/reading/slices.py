"""From the elements of a file to its slices, their common header values kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from radnec.ingest.reading.decode import character_sets, decode
from radnec.ingest.reading.foreign import Unreadable
from radnec.ingest.reading.headers import CHARACTER_SET, RawHeader
from radnec.ingest.reading.multiframe import frames_of
from radnec.ingest.reading.tags import KEYWORD, PER_SLICE
from radnec.ingest.reading.types import Header, Plain, Slice

_PER_SLICE = {tag: keyword for tag, keyword in KEYWORD.items() if keyword in PER_SLICE}
_RAW_DATA = "1.2.840.10008.5.1.4.1.1.66"
_MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4"
_BIG_ENDIAN = "1.2.840.10008.1.2.2"


def slices_of(path: str, raw: RawHeader, headers: dict[Any, Header]) -> Iterator[Slice]:
    """Yield the slices of one file.

    Parameters
    ----------
    headers
        Header of each distinct content so far; filled here, so that equal ones are one object.

    Raises
    ------
    Unreadable
        If the header lacks what every image has.
    """
    if raw.frames is not None:
        for frame, values in frames_of(raw):
            own: dict[str, Plain | None] = {name: values.pop(name, None) for name in PER_SLICE}
            shared = headers.setdefault(tuple(sorted(values.items())), values)
            yield _slice(path, frame, shared, own, _is_cut_off(raw, shared))
        return
    common = tuple(item for item in raw.elements.items() if item[0] not in _PER_SLICE)
    key = (raw.transfer_syntax, common)
    header = headers.get(key)
    order = ">" if raw.transfer_syntax == _BIG_ENDIAN else "<"
    encodings = character_sets(raw.elements.get(CHARACTER_SET))
    if header is None:
        header = {"TransferSyntaxUID": raw.transfer_syntax}
        for tag, element in common:
            value = decode(tag, element, order, encodings) if tag in KEYWORD else None
            if value is not None:
                header[KEYWORD[tag]] = value
        _require_image(header)
        headers[key] = header
    own = {
        keyword: decode(tag, raw.elements[tag], order, encodings)
        for tag, keyword in _PER_SLICE.items()
        if tag in raw.elements
    }
    yield _slice(path, None, header, own, _is_cut_off(raw, header))


def _require_image(header: Header) -> None:
    """Refuse a header without what every DICOM object, or every MR image, must have."""
    series = header.get("SeriesInstanceUID")
    if not isinstance(series, str) or not series.isprintable():
        raise Unreadable("damaged header: no series")
    kind = header.get("SOPClassUID")
    image = kind == _MR_IMAGE or (header.get("Modality") == "MR" and kind != _RAW_DATA)
    if image and not {"Rows", "Columns"} <= header.keys():
        raise Unreadable("damaged header: no image matrix")


def _slice(
    path: str, frame: int | None, header: Header, own: dict[str, Plain | None], cut_off: bool
) -> Slice:
    time = own.get("AcquisitionTime") or own.get("ContentTime")
    b_value = _number(own.get("DiffusionBValue"))
    for private in ("SiemensBValue", "GEBValue", "PhilipsBFactor"):
        if b_value is None:
            b_value = _number(header.get(private))
    uid = str(own.get("SOPInstanceUID") or "")
    return Slice(
        path=path,
        frame=frame,
        header=header,
        uid=hashlib.blake2b(uid.encode(), digest_size=8).hexdigest() if uid else "",
        position=_position(own.get("ImagePositionPatient")),
        instance=_whole(own.get("InstanceNumber")),
        acquisition=_whole(own.get("AcquisitionNumber")),
        time=str(time) if time else None,
        echo_time=_number(own.get("EchoTime")),
        trigger=_number(own.get("TriggerTime")),
        temporal=_number(own.get("TemporalPositionIdentifier")),
        b_value=b_value,
        cut_off=cut_off,
    )


def _is_cut_off(raw: RawHeader, header: Header) -> bool:
    """Say whether a file is shorter than its uncompressed pixel data need."""
    if header.get("TransferSyntaxUID", raw.transfer_syntax) not in _UNCOMPRESSED:
        return False
    factors = [
        _number(header.get(name, 1.0))
        for name in ("Rows", "Columns", "SamplesPerPixel", "NumberOfFrames")
    ]
    bits = _number(header.get("BitsAllocated", 16.0)) or 16.0
    voxels = 1.0
    for factor in factors:
        voxels *= factor if factor is not None else 1.0
    return raw.size - raw.pixels_from < voxels * bits / 8


_UNCOMPRESSED = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"})


def _number(value: Plain | None) -> float | None:
    if isinstance(value, tuple):
        value = value[0] if value else None
    return value if isinstance(value, float) else None


def _whole(value: Plain | None) -> int | None:
    number = _number(value)
    return int(number) if number is not None else None


def _position(value: Plain | None) -> tuple[float, float, float] | None:
    if isinstance(value, tuple) and len(value) == 3 and all(isinstance(v, float) for v in value):
        return value  # type: ignore[return-value]
    return None
