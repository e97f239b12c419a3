"""The data elements of a DICOM file, stepped through without decoding those nobody asked for.

pydicom makes an object of every element it passes. Here only the wanted ones are touched:
that is what makes indexing faster than a bare loop of `pydicom.dcmread`. What an element
means is still pydicom's business (`decode.py`). Lengths are checked against what is there, so
a declared length of gigabytes costs nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

UNDEFINED = 0xFFFFFFFF
_LONG = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
_SHORT = frozenset(
    {b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN"}
    | {b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"}
)
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_DEEPEST = 16


class CutOff(Exception):
    """The bytes end before the elements do."""


class Damaged(Exception):
    """The bytes are not a sequence of elements."""


class Encoding(NamedTuple):
    """How elements are written.

    Attributes
    ----------
    explicit
        Whether each element names its value representation.
    order
        Byte order as `struct` names it: ``<`` or ``>``.
    """

    explicit: bool
    order: str


class Raw(NamedTuple):
    """One element as it stands in the file; `vr` is empty where the file does not name it."""

    vr: str
    value: bytes


def elements(
    data: bytes, start: int, encoding: Encoding, wanted: frozenset[int], last: int
) -> tuple[dict[int, Raw], int]:
    """Collect the `wanted` elements from `start` up to tag `last`.

    Returns
    -------
    tuple
        The elements found, and where the first element after `last` begins; -1 where the
        bytes end before.

    Raises
    ------
    CutOff, Damaged
        If a wanted element or a sequence is not whole.
    """
    found: dict[int, Raw] = {}
    at, end = start, len(data)
    header = _headers(encoding)
    while at + 8 <= end:
        tag, vr, length, value = header(data, at)
        if tag > last:
            return found, at
        if length == UNDEFINED:
            at = _after_sequence(data, value, _inner(encoding, vr), 0)
            if tag in wanted:
                found[tag] = Raw(vr.decode("ascii"), data[value:at])
            continue
        at = value + length
        if tag in wanted:
            if at > end:
                raise CutOff
            found[tag] = Raw(vr.decode("ascii"), data[value:at])
    return found, -1


def first_item(sequence: Raw, encoding: Encoding, wanted: frozenset[int]) -> dict[int, Raw]:
    """Return the `wanted` elements of a sequence's first item; none where it is empty or damaged.

    Parameters
    ----------
    sequence
        As `elements` collects it.
    """
    encoding = _inner(encoding, sequence.vr.encode())
    data = sequence.value
    try:
        found, _ = elements(data[8:], 0, encoding, wanted, max(wanted))
    except (CutOff, Damaged, struct.error):
        return {}
    return found


def value_start(data: bytes, at: int, encoding: Encoding, tag: int) -> int:
    """Return where the value of the element at `at` begins, or `at` if it is another element."""
    if at + 12 > len(data):
        return at
    found, _, _, value = _headers(encoding)(data, at)
    return value if found == tag else at


def _headers(encoding: Encoding) -> Callable[[bytes, int], tuple[int, bytes, int, int]]:
    """Return a function that reads where an element begins: the hot path, made once a file."""
    split = struct.Struct(f"{encoding.order}HH2sH").unpack_from
    four = struct.Struct(f"{encoding.order}I").unpack_from
    explicit = encoding.explicit

    def header(data: bytes, at: int) -> tuple[int, bytes, int, int]:
        """Return tag, value representation, length and where the value begins."""
        group, element, vr, length = split(data, at)
        if explicit:
            if vr in _SHORT:
                return group << 16 | element, vr, length, at + 8
            if vr in _LONG:
                if at + 12 > len(data):
                    raise CutOff
                return group << 16 | element, vr, four(data, at + 8)[0], at + 12
        # Some writers fall back to implicit elements inside explicit files.
        return group << 16 | element, b"", four(data, at + 4)[0], at + 8

    return header


def _inner(encoding: Encoding, vr: bytes) -> Encoding:
    # A sequence of unknown representation is written with implicit elements (PS3.5 6.2.2).
    return Encoding(explicit=False, order="<") if vr == b"UN" else encoding


def _after_sequence(data: bytes, at: int, encoding: Encoding, depth: int) -> int:
    """Return where a sequence of undefined length ends."""
    if depth > _DEEPEST:
        raise Damaged
    split = struct.Struct(f"{encoding.order}HHI").unpack_from
    while True:
        if at + 8 > len(data):
            raise CutOff
        group, element, length = split(data, at)
        tag = group << 16 | element
        at += 8
        if tag == _SEQUENCE_END:
            return at
        if tag != _ITEM:
            raise Damaged
        at = _after_item(data, at, encoding, depth) if length == UNDEFINED else at + length


def _after_item(data: bytes, at: int, encoding: Encoding, depth: int) -> int:
    header = _headers(encoding)
    while at + 8 <= len(data):
        tag, vr, length, value = header(data, at)
        if tag == _ITEM_END:
            return at + 8
        if length == UNDEFINED:
            at = _after_sequence(data, value, _inner(encoding, vr), depth + 1)
        else:
            at = value + length
    raise CutOff
