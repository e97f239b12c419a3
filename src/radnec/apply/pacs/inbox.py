"""A folder that fills: which studies lie below it, and which of them have gone quiet."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from radnec.ingest.checks.privacy import sealed
from radnec.ingest.reading.scan import read_files
from radnec.ingest.reading.volume import short_hash

# MR Image, Enhanced MR Image, Enhanced MR Color Image, Legacy Converted Enhanced MR Image. What
# this software answers with is none of them, so an answer that comes back is no new study.
_MR_CLASSES = frozenset(f"1.2.840.10008.5.1.4.1.1.4{ending}" for ending in ("", ".1", ".3", ".4"))


@dataclasses.dataclass(frozen=True)
class Study:
    """The MR images of one study.

    Attributes
    ----------
    key
        Short hash of the Study Instance UID.
    files
        Sorted paths.
    instances
        A hash of each image's SOP Instance UID.
    """

    key: str
    files: tuple[Path, ...]
    instances: frozenset[str]


@dataclasses.dataclass(frozen=True)
class _File:
    """What was last seen of a file; `study` is empty where it is no MR image (yet)."""

    size: int
    changed: int
    study: str = ""
    instance: str = ""


class Inbox:
    """Looks at a folder again and again; a header is read when its file is new or has changed.

    Parameters
    ----------
    folder
        Any layout. Names that begin with a dot are passed over.
    quiet
        Seconds without a new or changed file after which a study is taken for complete. The time
        a file itself names says nothing: a copy may keep that of its original.
    clock
        Seconds that only grow.
    """

    def __init__(
        self, folder: Path, quiet: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder, self.quiet, self._clock = folder, quiet, clock
        self._files: dict[Path, _File] = {}
        self._last_change: dict[str, float] = {}

    def look(self) -> list[Study]:
        """Return the studies that are quiet now, by key."""
        now = self._clock()
        seen: dict[Path, _File] = {}
        for path, size, changed in _files_below(self._folder):
            known = self._files.get(path)
            if known is None or (known.size, known.changed) != (size, changed):
                known = _read(path, size, changed)
                self._last_change[known.study] = now
            seen[path] = known
        self._files = seen
        by_study: dict[str, list[Path]] = {}
        for path, file in seen.items():
            if file.study:
                by_study.setdefault(file.study, []).append(path)
        return [
            Study(key, tuple(sorted(paths)), frozenset(seen[path].instance for path in paths))
            for key, paths in sorted(by_study.items())
            if now - self._last_change[key] >= self.quiet
        ]


def _files_below(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Yield path, size and time of change in nanoseconds of every file."""
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(root) / name
            try:
                status = path.stat()
            except FileNotFoundError:  # moved away in the meantime
                continue
            if not name.startswith("."):
                yield path, status.st_size, status.st_mtime_ns


def _read(path: Path, size: int, changed: int) -> _File:
    with sealed("reading the header of a file that arrived"):
        slices = read_files([str(path)]).slices
    for one in slices:
        study = str(one.header.get("StudyInstanceUID", ""))
        if study and one.uid and one.header.get("SOPClassUID") in _MR_CLASSES:
            return _File(size, changed, short_hash(study), one.uid)
    return _File(size, changed)
