"""What this machine computes with."""

from __future__ import annotations

import platform
from pathlib import Path


def processor() -> str:
    """Return the model of the processor; where the system does not tell it, its architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
