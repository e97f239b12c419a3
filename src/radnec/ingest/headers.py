"""The header of one DICOM file: found with or without preamble, read only as far as needed.

pydicom's own element reader does the parsing, on the first bytes of the file in memory. That
is faster than `pydicom.dcmread` (elements nobody asks for are stepped over, the pixel data
and most private groups are never reached), and a declared length of gigabytes costs nothing.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.filereader import data_element_generator
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from radnec.ingest.tags import ENHANCED_ONLY, FUNCTIONAL_GROUPS, KEYWORD

MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
ENHANCED = frozenset({"1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.4"})

_TRANSFER_SYNTAX, _MEDIA_CLASS = 0x00020010, 0x00020002
_CHARACTER_SET, _CLASS, _MANUFACTURER = 0x00080005, 0x00080016, 0x00080070
_WANTED = [_CHARACTER_SET, *KEYWORD]
_WANTED_ENHANCED = [*_WANTED, *ENHANCED_ONLY, *FUNCTIONAL_GROUPS]
_META = [_TRANSFER_SYNTAX, _MEDIA_CLASS]

# The last element worth reading: the image description, then private elements by vendor.
_END_OF_IMAGE_GROUP = 0x0028FFFF
_END_BY_VENDOR = {b"PHI": 0x20011FFF, b"GE ": 0x0043FFFF}
_EXTENSIONS = (".dcm", ".ima", ".dicom", ".dic")
_PIXEL_GROUP = 0x7FE00000
_FIRST_READ = 1 << 15
_LARGEST_HEADER = 1 << 27


class Unreadable(Exception):
    """A file is DICOM but its header cannot be read; the message says why, without identity."""


class NotDicom(Exception):
    """A file is not DICOM."""


class RawHeader(NamedTuple):
    """What was read from one file, not yet decoded."""

    elements: dict[int, RawDataElement | DataElement]
    transfer_syntax: str
    size: int
    pixels_from: int
    """Where the pixel data begin at the earliest; -1 when the file ended before."""


def read_raw(path: str) -> RawHeader:
    """Read the elements of `tags.KEYWORD` from a file.

    Raises
    ------
    NotDicom
        If the file is something else.
    Unreadable
        If the header is damaged or cut off.
    """
    with Path(path).open("rb", buffering=0) as stream:
        size = os.fstat(stream.fileno()).st_size
        data = stream.read(_FIRST_READ)
        try:
            start = _start(data)
        except NotDicom:
            if path.lower().endswith(_EXTENSIONS) or (data and not any(data)):
                raise Unreadable("not DICOM despite name or place") from None
            raise
        while True:
            whole = len(data) >= min(size, _LARGEST_HEADER)
            try:
                header = _parse(data, start, size)
            except NotDicom:
                raise
            except Unreadable:
                if whole:
                    raise
            except Exception as error:
                # Any parser error on damaged bytes; its text can quote them, so it stays out.
                if whole:
                    raise Unreadable(f"damaged header ({type(error).__name__})") from None
            else:
                if header.pixels_from >= 0 or whole:
                    return header
            more = stream.read(15 * len(data))
            size = len(data) if not more else size
            data += more


def _start(data: bytes) -> int:
    """Return where the first element begins: after a preamble, or at the first byte."""
    if data[128:132] == b"DICM":
        return 132
    # Without a preamble the file begins with group 2 or 8, whose element numbers and lengths
    # are small; text, NIfTI, images and archives do not.
    group, element = int.from_bytes(data[0:2], "little"), int.from_bytes(data[2:4], "little")
    if len(data) >= 16 and group in (2, 8) and element <= 0x18:
        explicit = data[4:6].isalpha() and data[4:6].isupper()
        length = int.from_bytes(data[6:8] if explicit else data[4:8], "little")
        if length <= 1024:
            return 0
    raise NotDicom


def _parse(data: bytes, start: int, size: int) -> RawHeader:
    stream = io.BytesIO(data)
    stream.seek(start)
    meta = {
        int(e.tag): e for e in _elements(stream, UID(ExplicitVRLittleEndian), _META, 0x0002FFFF)[0]
    }
    body = stream.tell()
    syntax = _transfer_syntax(meta.get(_TRANSFER_SYNTAX), data[body : body + 6])
    if _text(meta.get(_MEDIA_CLASS)) == MEDIA_DIRECTORY:
        raise NotDicom
    if syntax == DeflatedExplicitVRLittleEndian:
        inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[body:], _LARGEST_HEADER)
        stream, body, size = io.BytesIO(inflated), 0, len(inflated)
    enhanced = _text(meta.get(_MEDIA_CLASS)) in ENHANCED
    wanted, last = (
        (_WANTED_ENHANCED, _PIXEL_GROUP - 1) if enhanced else (_WANTED, _END_OF_IMAGE_GROUP)
    )
    found, reached = _elements(stream, syntax, wanted, last)
    if not enhanced and _text(_first(found, _CLASS)) in ENHANCED:
        # No usable file meta group: the class is known only now.
        stream.seek(body)
        found, reached = _elements(stream, syntax, _WANTED_ENHANCED, _PIXEL_GROUP - 1)
    elements = {int(e.tag): e for e in found}
    for element in elements.values():
        if isinstance(element, RawDataElement) and 0xFFFFFFFF > element.length > _length(element):
            raise Unreadable("cut off within the header")
    return RawHeader(elements, str(syntax), size, stream.tell() if reached else -1)


def _elements(
    stream: io.BytesIO, syntax: UID, wanted: list[int], last: int
) -> tuple[list[RawDataElement | DataElement], bool]:
    """Read the `wanted` elements up to tag `last`; also say whether a later one was seen."""
    limit, reached = last, False

    def stop(tag: int, vr: str | None, length: int) -> bool:
        nonlocal reached
        reached = tag > limit
        return reached

    found = []
    reader: Iterator[RawDataElement | DataElement] = data_element_generator(
        stream, syntax.is_implicit_VR, syntax.is_little_endian, stop, specific_tags=wanted
    )
    for element in reader:
        if element.tag == _MANUFACTURER and last == _END_OF_IMAGE_GROUP:
            limit = _END_BY_VENDOR.get(bytes(element.value or b"")[:3].upper(), last)
        found.append(element)
    return found, reached


def _transfer_syntax(element: RawDataElement | DataElement | None, first: bytes) -> UID:
    name = UID(_text(element))
    if name.is_transfer_syntax:
        return name
    explicit = first[4:6].isalpha() and first[4:6].isupper()
    return UID(ExplicitVRLittleEndian if explicit else ImplicitVRLittleEndian)


def _length(element: RawDataElement) -> int:
    return len(element.value or b"")


def _text(element: RawDataElement | DataElement | None) -> str:
    value = element.value if element is not None else b""
    return value.decode("ascii", "ignore").strip(" \0") if isinstance(value, bytes) else ""


def _first(
    elements: list[RawDataElement | DataElement], tag: int
) -> RawDataElement | DataElement | None:
    return next((element for element in elements if element.tag == tag), None)
