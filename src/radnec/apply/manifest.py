"""What an exported folder holds, by checksum: a damaged or edited one is refused."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from radnec.core.errors import InputError
from radnec.core.files import sha256, write_text

ABOUT = "export.json"
SUMS = "SHA256SUMS"


def is_export(folder: Path) -> bool:
    """Return whether a folder was written by `radnec export`."""
    return (folder / ABOUT).is_file()


def write_sums(folder: Path) -> None:
    """Write SHA256SUMS over every other file, as ``sha256sum --check`` reads it."""
    lines = [f"{sha256(folder / name)}  {name}\n" for name in _files(folder)]
    write_text(folder / SUMS, "".join(lines))


def verify(folder: Path) -> None:
    """Check every file of an exported folder.

    The list tells damage and edits. It does not tell who wrote the folder: whoever can change a
    file can change the list.

    Raises
    ------
    InputError
        If a file is missing, is not what was exported, or was not exported: names them all.
    """
    path = folder / SUMS
    if not path.is_file():
        raise InputError(f"{folder}: no {SUMS}, expected the whole folder as it was exported")
    expected: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name or ".." in PurePosixPath(name).parts:
            raise InputError(f"{path} line {number}: found {line!r}, expected 'SHA-256  file'")
        expected[name] = digest
    found = _files(folder)
    faults = [f"{name}: missing" for name in sorted(set(expected) - set(found))]
    faults += [f"{name}: not part of the export" for name in sorted(set(found) - set(expected))]
    for name in sorted(set(found) & set(expected)):
        digest = sha256(folder / name)
        if digest != expected[name]:
            faults.append(f"{name}: SHA-256 {digest[:12]}, expected {expected[name][:12]}")
    if faults:
        raise InputError(
            f"{folder} is not what was exported; ask for it again.\n" + "\n".join(faults)
        )


def _files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and path != folder / SUMS
    )
