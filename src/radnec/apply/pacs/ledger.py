"""What was answered and sent, on disk: a process killed at any moment goes on from here."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from radnec.core.errors import InputError
from radnec.core.files import write_json

ATTEMPTS = 3
"""How often a study may end the process before it counts as failed."""


@dataclasses.dataclass
class Entry:
    """What is known of one study.

    Attributes
    ----------
    instances
        Of the images that were answered for: hashes of their SOP Instance UIDs.
    begun
        How often the work on the present images was begun and not finished.
    sent
        Whether the results have reached the node, where there is one.
    row
        The cells of the summary; empty before there is an answer or a failure.
    """

    instances: list[str] = dataclasses.field(default_factory=list)
    begun: int = 0
    sent: bool = False
    row: dict[str, Any] = dataclasses.field(default_factory=dict)


class Ledger:
    """One JSON file a study, replaced as a whole; it holds hashes and no identifiers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, key: str) -> Entry:
        """Return the entry of a study; an empty one if nothing is known of it."""
        path = self._folder / f"{key}.json"
        if not path.is_file():
            return Entry()
        return Entry(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, key: str, entry: Entry) -> None:
        """Keep the entry of a study."""
        write_json(self._folder / f"{key}.json", dataclasses.asdict(entry))

    def entries(self) -> dict[str, Entry]:
        """Return all entries by the key of their study."""
        return {path.stem: self.read(path.stem) for path in sorted(self._folder.glob("*.json"))}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make sure that no other process works with this ledger; the kernel ends it with us.

        Raises
        ------
        InputError
            If one does.
        """
        lock = FileLock(self._folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise InputError(
                f"{self._folder.parent}: another radnec watch or listen answers into this folder"
            ) from None
        try:
            yield
        finally:
            lock.release()
