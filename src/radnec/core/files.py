"""Atomic writing: files and folders appear whole or not at all. Checksums of what was written."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from radnec.core.errors import InputError


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` that replaces it when the block succeeds.

    The temporary name keeps all suffixes, since image libraries choose the format by them.
    """
    path = Path(path)
    with _workplace(path) as folder:
        temporary = folder / path.name
        yield temporary
        temporary.replace(path)


@contextmanager
def atomic_dir(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path` that replaces it when the block succeeds."""
    path = Path(path)
    with _workplace(path) as folder:
        temporary = folder / path.name
        temporary.mkdir()
        yield temporary
        if path.exists():
            # Renaming aside first keeps the moment without a folder as short as possible.
            path.replace(folder / "replaced")
        temporary.replace(path)


@contextmanager
def _workplace(path: Path) -> Iterator[Path]:
    """Yield a new folder beside `path`, on the same file system; it is gone afterwards.

    A killed process leaves its own behind. The next one that writes `path` takes it away, and
    with it whatever a survivor of a killed Snakemake is still writing: the newest writer wins.
    """
    holder = path.parent / f".writing-{path.name}"
    shutil.rmtree(holder, ignore_errors=True)
    holder.mkdir(parents=True, exist_ok=True)
    # A name unique to this writer: a process that survived a kill can neither take its unfinished
    # files for finished ones nor remove them.
    own = Path(tempfile.mkdtemp(dir=holder))
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        with suppress(OSError):
            holder.rmdir()


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON with sorted keys, atomically; NaN is refused."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, allow_nan=False) + "\n")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_checksum(path: Path) -> None:
    """Write the SHA-256 of a file beside it, as `sha256sum --check` reads it."""
    write_text(_checksum_of(path), f"{sha256(path)}  {Path(path).name}\n")


def verify_checksum(path: Path) -> None:
    """Check that a file is still the one whose checksum was written beside it.

    Raises
    ------
    InputError
        If it is not, or one of the two is missing; the message says what to do.
    """
    beside = _checksum_of(path)
    expected = beside.read_text(encoding="utf-8").split()[0] if beside.is_file() else "none"
    found = sha256(path) if Path(path).is_file() else "no file"
    if found != expected:
        raise InputError(changed(path, found, expected))


def changed(path: Path, found: str, expected: str) -> str:
    """Return the message on a file that is not what was written."""
    return (
        f"{path} is not what was written (SHA-256 {found[:12]}, expected {expected[:12]}): "
        "a damaged disk, or somebody edited it. Delete it and start again, it will be made anew"
    )


def _checksum_of(path: Path) -> Path:
    return Path(path).with_suffix(".sha256")
