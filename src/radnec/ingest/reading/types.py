"""What reading a DICOM file gives: header values, and slices that share a header."""

from __future__ import annotations

from typing import NamedTuple

Plain = str | float | tuple[str, ...] | tuple[float, ...]
"""A value of a header element: text, a number, or several of them."""

Header = dict[str, Plain]
"""DICOM keyword to value; elements that are empty or unreadable are left out."""


class Slice(NamedTuple):
    """One image: a file, or one frame of a multi-frame file.

    Attributes
    ----------
    frame
        0-based number of the frame; None for a file with one image.
    header
        What the slices of a volume have in common; one object shared by many slices.
    position
        Image Position (Patient): centre of the first voxel, mm, DICOM axes (LPS).
    cut_off
        The file is too short for its pixel data.
    """

    path: str
    frame: int | None
    header: Header
    uid: str
    position: tuple[float, float, float] | None
    instance: int | None
    acquisition: int | None
    time: str | None
    echo_time: float | None
    trigger: float | None
    temporal: float | None
    b_value: float | None
    cut_off: bool


def texts(header: Header, names: tuple[str, ...]) -> list[str]:
    """Return the text of some elements, one string a value."""
    found: list[str] = []
    for name in names:
        value = header.get(name)
        if isinstance(value, tuple):
            found.append(" ".join(str(item) for item in value))
        elif isinstance(value, str):
            found.append(value)
    return found
