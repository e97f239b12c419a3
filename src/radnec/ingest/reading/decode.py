"""From raw elements to plain values: text, numbers, and tuples of them.

Values repeat from slice to slice, so each distinct one is decoded once.
"""

from __future__ import annotations

import functools
import math
import re
import struct
from typing import Any

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.datadict import dictionary_VR
from pydicom.multival import MultiValue
from pydicom.valuerep import TEXT_VR_DELIMS

from radnec.ingest.reading.charsets import misdeclared
from radnec.ingest.reading.elements import Raw
from radnec.ingest.reading.types import Plain

# Private elements are not in pydicom's dictionary without their creator; see `tags.PRIVATE`.
_PRIVATE_VR = {
    0x0019100C: "IS",
    0x0019109C: "LO",
    0x00431039: "IS",
    0x20011003: "FL",
    0x20011020: "CS",
}
_BINARY = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}
_NUMBERS = frozenset({"DS", "IS"})
_PAIRED_HIGH_BYTES = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])*\Z")
_LARGEST = 1e15


def decode(tag: int, raw: Raw, order: str, encodings: tuple[str, ...]) -> Plain | None:
    """Return an element's value, or None when it is empty or cannot be read as its type.

    Parameters
    ----------
    order
        Byte order of binary numbers, ``<`` or ``>``.
    encodings
        Python's names of the declared character sets; () where none is declared.
    """
    return _decode(tag, raw.vr, raw.value, order, encodings)


def character_sets(raw: Raw | None) -> tuple[str, ...]:
    """Return Python's names for the declared character sets, () when none is declared."""
    text = raw.value.decode("ascii", "ignore").strip(" \0") if raw else ""
    if not text:
        return ()
    try:
        return tuple(convert_encodings(text.split("\\")))
    except (LookupError, ValueError):
        return ()


@functools.lru_cache(maxsize=20_000)
def _decode(tag: int, vr: str, raw: bytes, order: str, encodings: tuple[str, ...]) -> Plain | None:
    if tag in _PRIVATE_VR:
        vr = _PRIVATE_VR[tag]
    elif vr in ("", "UN"):
        vr = dictionary_VR(tag)
    if vr in _BINARY:
        return _binary(raw, _BINARY[vr], order)
    if vr in _NUMBERS:
        return _decimals(raw)
    return _texts(raw, encodings)


def _binary(raw: bytes, kind: str, order: str) -> Plain | None:
    size = struct.calcsize(kind)
    count, rest = divmod(len(raw), size)
    if not count or rest:
        return None
    return _numbers(tuple(float(v) for v in struct.unpack(f"{order}{count}{kind}", raw)))


def _decimals(raw: bytes) -> Plain | None:
    try:
        # GE writes its b value as four numbers, of which the first is meant.
        return _numbers(tuple(float(part) for part in raw.strip(b" \0").split(b"\\") if part))
    except ValueError:
        return None


def _numbers(values: tuple[float, ...]) -> Plain | None:
    if not values or not all(math.isfinite(v) and abs(v) < _LARGEST for v in values):
        return None
    return values if len(values) > 1 else values[0]


def _texts(raw: bytes, encodings: tuple[str, ...]) -> Plain | None:
    if not raw.isascii() and (better := misdeclared(raw, encodings)):
        text = raw.decode(better, "replace")
    elif not raw.isascii() and not encodings:
        # Bytes beyond ASCII without a declared character set, as many scanners write them.
        text = raw.decode(_guess(raw), "replace")
    elif raw.isascii() and b"\x1b" not in raw:
        text = raw.decode("ascii")
    else:
        try:
            text = decode_bytes(raw, list(encodings) or ["iso8859"], TEXT_VR_DELIMS)
        except (UnicodeError, LookupError):
            text = raw.decode("latin-1")
    items = tuple(item.strip(" \0") for item in text.split("\\"))
    return items if len(items) > 1 else items[0] or None


def _guess(raw: bytes) -> str:
    """Return the likeliest character set: UTF-8, a Chinese one, else Western European."""
    try:
        raw.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    # Chinese characters are pairs of high bytes; letters with accents stand alone.
    if _PAIRED_HIGH_BYTES.match(raw):
        return "gb18030"
    return "latin-1"


def plain(value: Any) -> Plain | None:
    """Return a value of pydicom as text, number or a tuple of one of them; None when empty."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, MultiValue | list | tuple):
        items = [plain(item) for item in value]
        numbers = tuple(item for item in items if isinstance(item, float))
        if len(numbers) == len(items):
            return numbers or None
        # An empty value among others keeps its place.
        return tuple("" if item is None else str(item) for item in items)
    if isinstance(value, int | float):
        number = float(value)
        return number if math.isfinite(number) and abs(number) < _LARGEST else None
    return str(value).strip(" \0") or None
