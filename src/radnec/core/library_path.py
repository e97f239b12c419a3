"""Makes the library of this checkout the one that jobs import."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def export_library_path() -> None:
    """Put the folder of this library first in PYTHONPATH, for all processes started from here.

    Jobs in conda environments and on other machines, where the library is not installed, use
    the copy beside the Snakefile; no other installed version can come before it. A library that
    is installed is left where Python looks for it: in front of everything else, the other
    packages of its folder would hide modules of Python itself.
    """
    folder = Path(__file__).resolve().parents[2]
    if folder.name not in ("site-packages", "dist-packages"):
        others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        first = [str(folder), *(path for path in others if path and path != str(folder))]
        os.environ["PYTHONPATH"] = os.pathsep.join(first)
    # `python` in a rule is this Python, also where its environment was not activated.
    here = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([here, os.environ.get("PATH", "")])
