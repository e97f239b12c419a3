"""Files that do not begin as DICOM: other files beside slices, or slices that are damaged."""

from __future__ import annotations

import tarfile
from pathlib import Path


class Unreadable(Exception):
    """A file is DICOM but its header cannot be read; the message says why, without identity."""


class NotDicom(Exception):
    """A file is not DICOM, or a directory of DICOM files (DICOMDIR).

    `archive` says that it is packed, so that images may be inside.
    """

    def __init__(self, *, archive: bool = False) -> None:
        super().__init__()
        self.archive = archive


_EXTENSIONS = (".dcm", ".ima", ".dicom", ".dic")
# Every image names its object class, which begins like this, near the start of the file.
_PREAMBLE = 124
_OBJECT_CLASS = b"1.2.840.10008.5.1.4.1.1."
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf\x27\x1c", b"Rar!")
# Databases and documents of viewers that quote UIDs: SQLite, Windows thumbnails, HDF5, MATLAB, PDF.
_OTHERS = (b"SQLite format 3", b"\xd0\xcf\x11\xe0", b"\x89HDF", b"MATLAB", b"%PDF", b"\x89PNG")
# AppleSingle and AppleDouble (RFC 1740): what macOS writes beside files on foreign disks.
_APPLE = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")
# What stands in a file whose content git-annex or Git LFS has not fetched.
_POINTERS = (b"/annex/objects/", b".git/annex/objects", b"version https://git-lfs")


def what_it_is(data: bytes, path: str) -> NotDicom | Unreadable:
    """Return the exception for a file by its first bytes and its name."""
    place = Path(path)
    extension = place.suffix.lower()
    slice_like = extension in _EXTENSIONS or not extension.strip(".0123456789")
    if data.startswith(_APPLE) or place.name.startswith("._"):
        return NotDicom()
    if data.startswith(_ARCHIVES) or _is_tar(data):
        return NotDicom(archive=True)
    if data.startswith(_OTHERS):
        return NotDicom()
    if any(mark in data[:200] for mark in _POINTERS) and len(data) < 1024:
        return Unreadable("a pointer of git-annex or Git LFS, its content was not fetched")
    if (
        not data
        and extension not in _EXTENSIONS
        and slice_like
        and any(map(str.isdigit, place.name))
    ):
        return Unreadable("empty")
    zeros = bool(data) and not any(data[:_PREAMBLE])
    if extension in _EXTENSIONS or (zeros and slice_like):
        return Unreadable("not DICOM despite name or place")
    if slice_like and _OBJECT_CLASS in data and b"\0" in data:
        return Unreadable("damaged at its beginning")
    return NotDicom()


def missing(path: str) -> NotDicom | Unreadable:
    """Return the exception for a link whose target is not there."""
    extension = Path(path).suffix.lower()
    if extension in _EXTENSIONS or not extension.strip(".0123456789"):
        return Unreadable("a link to a file that is not there")
    return NotDicom()


def _is_tar(data: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(data[:512], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True
