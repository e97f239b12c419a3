"""A DICOM node that takes images by C-STORE and keeps them before it says so."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from radnec.core.errors import InputError
from radnec.ingest.reading.volume import short_hash

log = logging.getLogger(__name__)

_SUCCESS, _OUT_OF_RESOURCES, _CANNOT_UNDERSTAND = 0x0000, 0xA700, 0xC000


@contextmanager
def listening(
    inbox: Path, *, address: str, port: int, title: str, callers: Sequence[str]
) -> Iterator[int]:
    """Accept images while the block runs; yields the port.

    Parameters
    ----------
    inbox
        Gets ``<study>/<image>.dcm``, named by hashes. The files are as they came, identifiers
        included.
    address
        Of the interface to listen on; 127.0.0.1 is reached from this machine alone.
    port
        0 takes a free one.
    title
        Of this application entity; who calls another one is refused.
    callers
        Titles of those who may send; empty admits everyone.

    Raises
    ------
    InputError
        If the port cannot be used.
    """
    from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts, evt
    from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

    entity = AE(ae_title=title)
    entity.require_called_aet = True
    entity.require_calling_aet = list(callers)
    entity.add_supported_context(Verification)
    for context in AllStoragePresentationContexts:
        # Whole studies are sent, reports and all: who is refused one object often gives up.
        entity.add_supported_context(str(context.abstract_syntax), ALL_TRANSFER_SYNTAXES)
    inbox.mkdir(parents=True, exist_ok=True)
    handlers: list[Any] = [(evt.EVT_C_STORE, _keep, [inbox])]
    try:
        server = entity.start_server((address, port), block=False, evt_handlers=handlers)
    except OSError as error:
        raise InputError(f"--address {address} --port {port}: {error.strerror}") from None
    assert server is not None  # it is where start_server does not block
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()


def _keep(event: Any, inbox: Path) -> int:
    """Write an object to disk and return the status of the C-STORE response.

    Success means that the file is on the disk under its final name: a sender that saw it need not
    send again, whatever happens to this process.
    """
    try:
        study = str(event.dataset.StudyInstanceUID)
        image = str(event.request.AffectedSOPInstanceUID)
    except Exception as error:  # pydicom raises of all kinds on what it cannot decode
        log.warning("an object that cannot be read was refused: %s", type(error).__name__)
        return _CANNOT_UNDERSTAND
    folder = inbox / short_hash(study)
    name = f"{hashlib.sha256(image.encode()).hexdigest()[:24]}.dcm"
    try:
        folder.mkdir(exist_ok=True)
        # A dot: what is not whole is not looked at.
        unfinished = folder / f".{name}.{event.assoc.native_id}"
        with unfinished.open("wb") as stream:
            stream.write(event.encoded_dataset())
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(folder / name)
        _sync(folder)
    except OSError as error:
        log.error("an object could not be kept: %s", error.strerror)
        return _OUT_OF_RESOURCES
    return _SUCCESS


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
