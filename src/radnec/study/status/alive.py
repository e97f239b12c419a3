"""Whether a Snakemake is at work in a folder."""

from __future__ import annotations

import platform
from pathlib import Path

import psutil


def snakemake_at_work(folder: Path, host: str = "") -> bool:
    """Return whether a Snakemake is at work in a folder.

    Parameters
    ----------
    folder
        Where it was started.
    host
        The machine on which it was started; "" where that is not known. On another machine than
        this one only its lock tells, and one that was killed leaves its lock behind.
    """
    if not any((folder / ".snakemake" / "locks").glob("*.lock")):
        return False
    if host and host != platform.node():
        return True
    return any(_is_snakemake_in(process, folder) for process in psutil.process_iter())


def _is_snakemake_in(process: psutil.Process, folder: Path) -> bool:
    try:
        words = process.cmdline()
        return any("snakemake" in Path(word).name for word in words[:3]) and (
            Path(process.cwd()) == folder.resolve()
        )
    except psutil.Error:  # it has ended, or belongs to somebody else
        return False
