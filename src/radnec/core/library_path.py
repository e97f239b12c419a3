"""Makes the library of this checkout the one that jobs import."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def export_library_path() -> None:
    """Put the folder of this library first in PYTHONPATH, for all processes started from here.

    Jobs in conda environments and on other machines, where the library is not installed, use
    the copy beside the Snakefile; no other installed version can come before it.
    """
    source = str(Path(__file__).resolve().parents[2])
    others = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != source]
    os.environ["PYTHONPATH"] = os.pathsep.join([source, *others])
    # `python` in a rule is this Python, also where its environment was not activated.
    here = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([here, os.environ.get("PATH", "")])
