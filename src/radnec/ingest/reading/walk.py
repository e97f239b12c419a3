"""The files below a case's folder, in an order that does not depend on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from radnec.core.errors import CaseExcluded


def walk(root: Path) -> Iterator[str]:
    """Yield every regular file below `root`, a folder's files before its folders, by name.

    Linked folders are followed, each real folder once, so that a link to a parent does not
    loop. A link to what is not there is yielded as well: it stands for a file that is missing.
    Names are not looked at: DICOM files often have no extension.

    Raises
    ------
    CaseExcluded
        If `root` is not a folder; its path stays out of the message.
    """
    if not Path(root).is_dir():
        raise CaseExcluded("the case's DICOM folder does not exist")
    yield from _below(str(root), set())


def _below(folder: str, seen: set[tuple[int, int]]) -> Iterator[str]:
    status = Path(folder).stat()
    identity = (status.st_dev, status.st_ino)
    if identity in seen:
        return
    seen.add(identity)
    # scandir knows without another look at the disk what is a file and what a folder.
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_file() or (entry.is_symlink() and not entry.is_dir()):
            yield entry.path
    for entry in entries:
        if entry.is_dir():
            yield from _below(entry.path, seen)
