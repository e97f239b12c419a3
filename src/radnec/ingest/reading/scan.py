"""Every header below a folder, read on one or several cores."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from radnec.ingest.reading.foreign import NotDicom, Unreadable
from radnec.ingest.reading.headers import read_raw
from radnec.ingest.reading.slices import slices_of
from radnec.ingest.reading.types import Header, Slice
from radnec.ingest.reading.walk import walk

_CHUNK = 256


@dataclasses.dataclass
class Scan:
    """What was found below one folder.

    Attributes
    ----------
    archives
        Packed files among those that are not DICOM; what is inside is not looked at.
    unreadable
        Damaged DICOM files, by path, with what is wrong in words free of identity.
    """

    slices: list[Slice]
    files: int = 0
    not_dicom: int = 0
    archives: int = 0
    unreadable: dict[str, str] = dataclasses.field(default_factory=dict)


def scan(root: Path, *, threads: int = 1) -> Scan:
    """Read every header below `root`.

    Parameters
    ----------
    threads
        Number of processes that read; 1 reads in this one.

    Returns
    -------
    Scan
        Slices in the order of the sorted paths, whatever the number of processes.
    """
    found = Scan(slices=[])
    headers: dict[Any, Header] = {}
    chunks = _chunks(walk(root))
    if threads == 1:
        _gather(found, headers, map(read_files, chunks))
    else:
        with ProcessPoolExecutor(threads) as pool:
            _gather(found, headers, pool.map(read_files, chunks))
    return found


def read_files(paths: Sequence[str]) -> Scan:
    """Read the headers of some files."""
    found = Scan(slices=[], files=len(paths))
    headers: dict[Any, Header] = {}
    for path in paths:
        try:
            found.slices.extend(slices_of(path, read_raw(path), headers))
        except NotDicom as other:
            found.not_dicom += 1
            found.archives += other.archive
        except Unreadable as reason:
            found.unreadable[path] = str(reason)
    return found


def _chunks(paths: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(itertools.islice(paths, _CHUNK)):
        yield chunk


def _gather(found: Scan, headers: dict[Any, Header], parts: Iterable[Scan]) -> None:
    for part in parts:
        found.files += part.files
        found.not_dicom += part.not_dicom
        found.archives += part.archives
        found.unreadable |= part.unreadable
        known: dict[int, Header] = {}
        for one in part.slices:
            # Equal headers from different chunks become one object again.
            header = known.get(id(one.header))
            if header is None:
                same = tuple(sorted(one.header.items()))
                header = known[id(one.header)] = headers.setdefault(same, one.header)
            found.slices.append(one._replace(header=header))
