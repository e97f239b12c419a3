"""Results to a node: by C-STORE, or by DICOMweb (STOW-RS)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pydicom

from radnec.core.errors import InputError

_NODE = re.compile(r"(?P<title>[\x21-\x5b\x5d-\x7e]{1,16})@(?P<host>[^@:\s]+):(?P<port>\d{1,5})")
_SECONDS = 30.0
_NEEDED = {"dicom": "pynetdicom", "web": "dicomweb_client"}


class NotSent(Exception):
    """The node did not take the results; they can be sent again."""


@dataclasses.dataclass(frozen=True)
class Node:
    """Where results go.

    Attributes
    ----------
    url
        Root of a DICOMweb service; empty for a DICOM node.
    title, host, port
        Of a DICOM node: its application entity title and address.
    """

    url: str = ""
    title: str = ""
    host: str = ""
    port: int = 0

    def send(self, files: Sequence[Path], own_title: str) -> None:
        """Send DICOM files.

        Raises
        ------
        NotSent
            If the node cannot be reached or refuses a file.
        """
        if self.url:
            _stow(self.url, files)
        else:
            _store(self, files, own_title)


def read_node(text: str) -> Node:
    """Return the node that a command line names: ``TITLE@host:port`` or an http(s) address.

    Raises
    ------
    InputError
        If it is neither, or the package that it needs is not installed.
    """
    if text.startswith(("http://", "https://")):
        require("web")
        return Node(url=text.rstrip("/"))
    found = _NODE.fullmatch(text)
    if not found or not 0 < int(found["port"]) < 65536:
        raise InputError(f"--send: found {text!r}, expected TITLE@host:port or a DICOMweb address")
    require("dicom")
    return Node(title=found["title"], host=found["host"], port=int(found["port"]))


def require(kind: str) -> None:
    """Refuse early where the package of a protocol (``dicom``, ``web``) is missing.

    Raises
    ------
    InputError
        With what to install.
    """
    if find_spec(_NEEDED[kind]) is None:
        name = _NEEDED[kind].replace("_", "-")
        raise InputError(f"{name} is not installed: pip install {name}")


def _store(node: Node, files: Sequence[Path], own_title: str) -> None:
    from pynetdicom import AE

    images = [pydicom.dcmread(path) for path in files]
    entity = AE(ae_title=own_title)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = _SECONDS
    for image in images:
        entity.add_requested_context(image.SOPClassUID, image.file_meta.TransferSyntaxUID)
    association = entity.associate(node.host, node.port, ae_title=node.title)
    if not association.is_established:
        raise NotSent(f"{node.title} at {node.host}:{node.port} accepts no association")
    try:
        for path, image in zip(files, images, strict=True):
            try:
                status = association.send_c_store(image).get("Status")
            except (ValueError, RuntimeError) as error:  # its class was refused; or it hung up
                raise NotSent(f"{node.title} does not take {path.name}: {error}") from None
            # 0xB000 and the like are warnings: it is stored.
            if status is None or (status != 0 and status >> 12 != 0xB):
                said = "no answer" if status is None else f"status {status:#06x}"
                raise NotSent(f"{node.title} did not store {path.name}: {said}")
    finally:
        association.release()


def _stow(url: str, files: Sequence[Path]) -> None:
    from dicomweb_client import DICOMwebClient
    from requests import RequestException

    client = DICOMwebClient(url=url)
    # Retries are the caller's, who keeps what was not sent.
    client.set_http_retry_params(retry=False)
    try:
        answer = client.store_instances([pydicom.dcmread(path) for path in files])
    except RequestException as error:
        raise NotSent(f"{url}: {type(error).__name__}") from None
    if answer.get("FailedSOPSequence"):
        raise NotSent(f"{url} did not store {len(answer.FailedSOPSequence)} of {len(files)} files")
