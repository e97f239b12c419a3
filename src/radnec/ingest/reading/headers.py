"""The header of one DICOM file: found with or without preamble, read only as far as needed."""

from __future__ import annotations

import io
import os
import zlib
from typing import NamedTuple

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from radnec.ingest.reading import foreign
from radnec.ingest.reading.agent_code import name_agent
from radnec.ingest.reading.elements import CutOff, Damaged, Encoding, Raw, elements, value_start
from radnec.ingest.reading.foreign import NotDicom, Unreadable
from radnec.ingest.reading.tags import AGENT_SEQUENCE, FUNCTIONAL_GROUPS, KEYWORD

MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
ENHANCED = frozenset({"1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.4"})

CHARACTER_SET = 0x00080005
_MEDIA_CLASS, _TRANSFER_SYNTAX = 0x00020002, 0x00020010
_CLASS, _MANUFACTURER, _PIXELS = 0x00080016, 0x00080070, 0x7FE00010
_META = frozenset({_MEDIA_CLASS, _TRANSFER_SYNTAX})
_WANTED = frozenset({CHARACTER_SET, AGENT_SEQUENCE, *KEYWORD})
_ENHANCED_TAGS = [*_WANTED, *FUNCTIONAL_GROUPS]

# The last element worth reading: the image description, then private elements by vendor.
_END_OF_IMAGE_GROUP = 0x0028FFFF
_END_BY_VENDOR = {b"PHI": 0x20011FFF, b"GE ": 0x0043FFFF}
_END_OF_META = 0x0002FFFF
_FIRST_READ = 1 << 14
_LARGEST_HEADER = 1 << 27


class RawHeader(NamedTuple):
    """What was read from one file, not yet decoded.

    Attributes
    ----------
    frames
        For an enhanced multi-frame file, its header as pydicom reads it.
    pixels_from
        Where the pixel data begin at the earliest.
    """

    elements: dict[int, Raw]
    frames: Dataset | None
    transfer_syntax: str
    size: int
    pixels_from: int


def read_raw(path: str) -> RawHeader:
    """Read the elements of `tags.KEYWORD` from a file.

    Raises
    ------
    NotDicom
        If the file is something else.
    Unreadable
        If the header is damaged or cut off.
    """
    try:
        file = io.FileIO(path, "rb")
    except FileNotFoundError:
        raise foreign.missing(path) from None
    except PermissionError:
        raise Unreadable("no permission to read it") from None
    with file as stream:
        size = os.fstat(stream.fileno()).st_size
        data = stream.read(_FIRST_READ)
        start = _start(data, path)
        while True:
            whole = len(data) >= min(size, _LARGEST_HEADER)
            try:
                return _parse(data, start, size, whole)
            except CutOff:
                if whole:
                    raise Unreadable("cut off within the header") from None
            except Damaged:
                raise Unreadable("damaged header") from None
            more = stream.read(15 * len(data))
            # A file that shrinks while it is read ends here, whatever its size was.
            size = size if more else len(data)
            data += more


def _start(data: bytes, path: str) -> int:
    """Return where the first element begins: after a preamble, or at the first byte.

    Raises
    ------
    NotDicom
        If the file is of another kind.
    Unreadable
        If its name, its preamble or its content say that it was DICOM once.
    """
    if data[128:132] == b"DICM":
        return 132
    # Without a preamble the file begins with group 2 or 8, whose element numbers and lengths
    # are small; text, NIfTI, images and archives do not.
    group, element = int.from_bytes(data[0:2], "little"), int.from_bytes(data[2:4], "little")
    if len(data) >= 16 and group in (2, 8) and element <= 0x18:
        length = int.from_bytes(data[6:8] if _names_vr(data[4:6]) else data[4:8], "little")
        if length <= 1024:
            return 0
    raise foreign.what_it_is(data, path)


def _parse(data: bytes, start: int, size: int, whole: bool) -> RawHeader:
    meta, body = elements(data, start, Encoding(True, "<"), _META, _END_OF_META)
    if body < 0:
        raise CutOff
    if _text(meta, _MEDIA_CLASS) == MEDIA_DIRECTORY:
        raise NotDicom
    syntax = UID(_text(meta, _TRANSFER_SYNTAX))
    if syntax == DeflatedExplicitVRLittleEndian:
        if not whole:
            raise CutOff
        data = _inflate(data[body:])
        body, size = 0, len(data)
    if not syntax.is_transfer_syntax:
        explicit = _names_vr(data[body + 4 : body + 6])
        syntax = UID(ExplicitVRLittleEndian if explicit else ImplicitVRLittleEndian)
    # What the first element shows counts more than what the transfer syntax says.
    order = "<" if syntax.is_little_endian else ">"
    encoding = Encoding(_names_vr(data[body + 4 : body + 6]), order)
    found, after = elements(data, body, encoding, _WANTED, _END_OF_IMAGE_GROUP)
    name_agent(found, encoding)
    if _text(found, _CLASS) in ENHANCED:
        return _enhanced(data, size, found, syntax, whole)
    maker = found.get(_MANUFACTURER, Raw("", b"")).value[:3].upper()
    if after >= 0 and maker in _END_BY_VENDOR:
        private, after = elements(data, after, encoding, _WANTED, _END_BY_VENDOR[maker])
        found |= private
    # Every image has its pixels after all that is read here, every other object its content.
    if after < 0:
        raise CutOff
    pixels_from = value_start(data, after, encoding, _PIXELS)
    return RawHeader(found, None, str(syntax), size, pixels_from)


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(data, _LARGEST_HEADER)
    except zlib.error:
        raise Damaged from None
    if not inflater.eof:
        raise CutOff
    return inflated


def _enhanced(data: bytes, size: int, found: dict[int, Raw], syntax: UID, whole: bool) -> RawHeader:
    """Read a multi-frame header with pydicom: its nested groups are what it is about."""
    stream = io.BytesIO(data)
    try:
        header = dcmread(stream, stop_before_pixels=True, force=True, specific_tags=_ENHANCED_TAGS)
    except Exception as error:
        # Any parser error on damaged bytes; its text can quote them, so it stays out.
        if not whole:
            raise CutOff from None
        raise Unreadable(f"damaged multi-frame header ({type(error).__name__})") from None
    if stream.tell() >= len(data):
        raise CutOff
    return RawHeader(found, header, str(syntax), size, stream.tell())


def _names_vr(two: bytes) -> bool:
    return two.isalpha() and two.isupper()


def _text(found: dict[int, Raw], tag: int) -> str:
    element = found.get(tag)
    return element.value.decode("ascii", "ignore").strip(" \0") if element else ""
