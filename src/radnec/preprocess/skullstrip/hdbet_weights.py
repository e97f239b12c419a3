"""HD-BET's network: found in a folder, or fetched once from where it is published."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from radnec.core.errors import InputError
from radnec.core.files import sha256, write_json
from radnec.preprocess.settings.hd_bet_weights import HdBetWeightsSettings
from radnec.preprocess.skullstrip.packaged import PACKAGED, packaged_network

log = logging.getLogger(__name__)

# What HD-BET 2 reads, below the folder of its network.
FILES = ("plans.json", "dataset.json", "fold_all/checkpoint_final.pth")
_ZENODO = re.compile(r"(https?://[^/]+)/records?/(\d+)/files/([^?]+)")
_CHUNK = 1 << 20


def fetch_hdbet(*, backend: str, settings: HdBetWeightsSettings, output: Path) -> None:
    """Make sure that a backend's networks are there, and write down which they are.

    Parameters
    ----------
    backend
        ``hd-bet``, whose network lies in a folder or is fetched, or one of `PACKAGED`.
    output
        JSON to write: ``backend``, ``network`` and ``licence`` for the report, ``folder``, and the
        SHA-256 of each file of the networks, so that what depends on them runs again when they
        are others.

    Raises
    ------
    InputError
        If the network is neither in the folder nor can be fetched, or what was fetched is not
        what was published.
    OSError
        If the disk is full; nothing half-done stays.
    """
    if backend in PACKAGED:
        write_json(output, {"backend": backend, **packaged_network(backend)})
        return
    folder = Path(settings.folder).expanduser()
    if missing_files(folder):
        if not settings.url:
            raise InputError(missing_message(folder))
        try:
            _fetch(settings, folder)
        except urllib.error.URLError as error:
            raise InputError(
                f"hd_bet_weights.url: {settings.url} cannot be fetched ({error}). "
                f"{missing_message(folder)}: hd-bet-1, deepbet and atlas fetch nothing"
            ) from None
    write_json(
        output,
        {
            "backend": backend,
            "network": "HD-BET 2 (Isensee et al. 2019, Hum Brain Mapp 40:4952)",
            "licence": "Apache 2.0",
            "folder": str(folder),
            "files": {name: sha256(folder / name) for name in FILES},
        },
    )


def require_network(folder: Path) -> None:
    """Check that a folder holds all files of the network.

    Raises
    ------
    InputError
        Naming the first file that is missing and what to do.
    """
    if missing_files(folder):
        raise InputError(missing_message(folder))


def missing_message(folder: Path) -> str:
    """Say which file of the network is missing where, and where it comes from."""
    return (
        f"HD-BET's network is incomplete: {folder / missing_files(folder)[0]} does not exist. "
        "Unpack release_v1.5.0.zip of https://zenodo.org/records/14445620 so that "
        f"{', '.join(str(folder / name) for name in FILES)} exist, or let hd_bet_weights.url "
        "name the archive, or choose another skull_strip.backend"
    )


def is_on_zenodo(url: str) -> bool:
    """Return whether an archive is on Zenodo, whose record states its checksum."""
    return _ZENODO.match(url) is not None


def missing_files(folder: Path) -> list[str]:
    """Return which files of the network a folder lacks."""
    return [name for name in FILES if not (folder / name).is_file()]


def _fetch(settings: HdBetWeightsSettings, folder: Path) -> None:
    """Download, check, unpack and move into place, all or nothing."""
    expected = settings.checksum or _published_checksum(settings.url)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hd-bet-", dir=folder.parent) as name:
        archive = Path(name) / "archive.zip"
        found = _download(settings.url, archive, expected.partition(":")[0])
        if found != expected:
            raise InputError(
                f"hd_bet_weights: {settings.url} has checksum {found}, expected {expected}; "
                "nothing was installed"
            )
        unpacked = Path(name) / "unpacked"
        with zipfile.ZipFile(archive) as content:
            _require_space(folder.parent, sum(entry.file_size for entry in content.infolist()))
            content.extractall(unpacked)
        roots = [path.parent for path in sorted(unpacked.rglob("plans.json"))]
        if not roots or missing_files(roots[0]):
            raise InputError(f"hd_bet_weights: {settings.url} does not contain {', '.join(FILES)}")
        try:
            roots[0].rename(folder)
        except OSError:
            # Another study fetched it in the meantime; a half-filled folder is an error.
            require_network(folder)


def _download(url: str, target: Path, algorithm: str) -> str:
    """Download a file and return its checksum as ``algorithm:hexadecimal``."""
    digest = hashlib.new(algorithm)
    log.info("fetching %s", url)
    with urllib.request.urlopen(url, timeout=60) as answer, target.open("wb") as stream:
        _require_space(target.parent, int(answer.headers.get("Content-Length") or 0))
        while chunk := answer.read(_CHUNK):
            digest.update(chunk)
            stream.write(chunk)
    return f"{algorithm}:{digest.hexdigest()}"


def _published_checksum(url: str) -> str:
    """Return the checksum that the archive's Zenodo record states."""
    match = _ZENODO.match(url)
    if match is None:
        raise InputError(
            f"hd_bet_weights.checksum is empty and hd_bet_weights.url is {url!r}: expected "
            "'sha256:...' or 'md5:...' for an archive that is not on Zenodo"
        )
    site, record, name = match.groups()
    with urllib.request.urlopen(f"{site}/api/records/{record}", timeout=60) as answer:
        files = json.load(answer)["files"]
    stated: list[str] = [entry["checksum"] for entry in files if entry["key"] == name]
    if not stated:
        raise InputError(f"hd_bet_weights.url: the record {record} has no file {name!r}")
    return stated[0]


def _require_space(folder: Path, needed: int) -> None:
    """Stop before a disk fills up.

    Raises
    ------
    OSError
        Naming the folder, what is needed and what is free.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(
            f"HD-BET's network needs {needed / 1e6:.0f} MB in {folder}, "
            f"{free / 1e6:.0f} MB are free"
        )
