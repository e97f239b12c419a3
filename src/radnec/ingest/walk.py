"""The files below a case's folder, in an order that does not depend on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from radnec.core.errors import CaseExcluded


def walk(root: Path) -> Iterator[str]:
    """Yield every regular file below `root`, depth first, names sorted.

    Linked folders are followed, each real folder once, so that a link to a parent does not
    loop. Names are not looked at: DICOM files often have no extension.

    Raises
    ------
    CaseExcluded
        If `root` is not a folder; its path stays out of the message.
    """
    if not Path(root).is_dir():
        raise CaseExcluded("the case's DICOM folder does not exist")
    seen: set[tuple[int, int]] = set()
    for folder, folders, files in os.walk(root, followlinks=True):
        status = Path(folder).stat()
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            folders.clear()
            continue
        seen.add(identity)
        folders.sort()
        for name in sorted(files):
            path = Path(folder, name)
            if path.is_file():
                yield str(path)
