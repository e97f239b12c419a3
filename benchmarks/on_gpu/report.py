"""Lines of JSON that are whole, whenever a run is stopped."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


class Report:
    """Writes lines of JSON, each whole and at once.

    Parameters
    ----------
    path
        File to append to beside standard output, or None.
    begun
        Time since the epoch at which all began.
    """

    def __init__(self, path: Path | None, begun: float) -> None:
        self.path, self.begun = path, begun

    def say(self, section: str, what: str, **values: Any) -> None:
        """Write one line."""
        fields = {"section": section, "what": what, "at_s": round(time.time() - self.begun, 1)}
        line = json.dumps(fields | {key: rounded(value) for key, value in values.items()}) + "\n"
        sys.stdout.write(line)
        sys.stdout.flush()
        if self.path:
            with self.path.open("a", encoding="utf-8") as stream:
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())


def rounded(value: Any) -> Any:
    """Return floats with four digits, so that a line can be read."""
    return float(f"{value:.4g}") if isinstance(value, float) else value
