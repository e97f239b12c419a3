"""From raw elements to plain values: text, numbers, and tuples of them.

Values repeat from slice to slice, so each distinct one is decoded once.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from pydicom.charset import convert_encodings
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.multival import MultiValue
from pydicom.values import convert_value

Plain = str | float | tuple[str, ...] | tuple[float, ...]

_PRIVATE_VR = {
    0x0019100C: "IS",
    0x0019109C: "LO",
    0x00431039: "IS",
    0x20011003: "FL",
    0x20011020: "CS",
}
_TEXT = frozenset({"CS", "LO", "SH", "LT", "ST", "UT", "PN", "AE", "UC"})
_PAIRED_HIGH_BYTES = re.compile(rb"(?:[\x00-\x7f]|[\x81-\xfe][\x40-\xfe])*\Z")


def decode(element: RawDataElement | DataElement, encodings: tuple[str, ...]) -> Plain | None:
    """Return an element's value, or None when it is empty or cannot be read as its type."""
    if isinstance(element, DataElement):
        return plain(element.value)
    if not element.value:
        return None
    tag = int(element.tag)
    return _decode(tag, element.VR, element.value, element.is_little_endian, encodings)


def character_sets(element: RawDataElement | DataElement | None) -> tuple[str, ...]:
    """Return Python's names for the declared character sets, () when none is declared."""
    value = element.value if element is not None else None
    if not isinstance(value, bytes) or not value.strip():
        return ()
    try:
        return tuple(convert_encodings(value.decode("ascii").strip().split("\\")))
    except (LookupError, ValueError):
        return ()


@functools.lru_cache(maxsize=20_000)
def _decode(
    tag: int, vr: str | None, raw: bytes, little_endian: bool, encodings: tuple[str, ...]
) -> Plain | None:
    if vr is None or vr == "UN" or tag in _PRIVATE_VR:
        vr = _PRIVATE_VR.get(tag) or dictionary_VR(tag)
    if vr in _TEXT and not raw.isascii() and not encodings:
        # Bytes beyond ASCII without a declared character set, as many scanners write them.
        raw, encodings = _guess(raw)
    element = RawDataElement(tag, vr, len(raw), raw, 0, False, little_endian)  # type: ignore[arg-type]
    try:
        return plain(convert_value(vr, element, list(encodings) or None))
    except Exception:
        # Damaged values are simply absent; what cannot do without them says so by name.
        return None


def _guess(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or (_PAIRED_HIGH_BYTES.match(raw) and _mostly_han(text)):
            return text.encode("utf-8"), ("utf-8",)
    return raw, ("latin-1",)


def _mostly_han(text: str) -> bool:
    beyond = [character for character in text if ord(character) > 127]
    return all("\u4e00" <= character <= "\u9fff" for character in beyond)


def plain(value: Any) -> Plain | None:
    """Return a value of pydicom as text, number or a tuple of one of them; None when empty."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, MultiValue | list | tuple):
        items = [plain(item) for item in value]
        numbers = tuple(item for item in items if isinstance(item, float))
        if len(numbers) == len(items):
            return numbers
        # An empty value among others keeps its place, as in ImageType ORIGINAL\\PRIMARY\\\\M.
        return tuple("" if item is None else str(item) for item in items)
    if isinstance(value, int | float):
        number = float(value)
        return number if abs(number) < 1e15 else None
    return str(value).strip(" \0") or None
