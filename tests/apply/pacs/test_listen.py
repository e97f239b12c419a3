"""The DICOM node: what is acknowledged is on disk, and what is not on disk is not acknowledged."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pydicom
import pytest
from ingest_builders import T1CE, dicom_slice

from radnec.apply.pacs.listen import listening
from radnec.apply.pacs.send import Node, NotSent
from radnec.core.errors import InputError

pynetdicom = pytest.importorskip("pynetdicom", reason="needs the extra pacs")
STUDY = "1.2.826.0.1.3680043.2.815"


@pytest.fixture
def image(tmp_path) -> Path:
    image = dicom_slice(1, pixels=np.arange(16).reshape(4, 4), series=f"{STUDY}.1", **T1CE)
    image.StudyInstanceUID, image.PatientName = STUDY, "Zyxwolf^Quillon"
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    image.save_as(tmp_path / "image", enforce_file_format=True)
    return tmp_path / "image"


def test_an_image_is_kept_as_it_came(image, tmp_path) -> None:
    inbox = tmp_path / "inbox"
    with listening(inbox, address="127.0.0.1", port=0, title="RADNEC", callers=["PACS"]) as port:
        node = Node(title="RADNEC", host="127.0.0.1", port=port)
        node.send([image], "PACS")
        (kept,) = (path for path in inbox.rglob("*") if path.is_file())
        node.send([image], "PACS")
        assert [path for path in inbox.rglob("*") if path.is_file()] == [kept]
        with pytest.raises(NotSent, match="accepts no association"):
            node.send([image], "STRANGER")
        with pytest.raises(NotSent, match="accepts no association"):
            Node(title="OTHER", host="127.0.0.1", port=port).send([image], "PACS")
    assert pydicom.dcmread(kept) == pydicom.dcmread(image)
    assert STUDY not in str(kept) and "Quillon" not in str(kept)


def test_an_image_that_cannot_be_kept_is_not_acknowledged(image, tmp_path, monkeypatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    inbox = tmp_path / "inbox"
    with listening(inbox, address="127.0.0.1", port=0, title="RADNEC", callers=[]) as port:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(NotSent, match="0xa700"):
            Node(title="RADNEC", host="127.0.0.1", port=port).send([image], "PACS")
    assert not list(inbox.rglob("*.dcm"))


def test_a_port_in_use_is_said(tmp_path) -> None:
    options = {"address": "127.0.0.1", "title": "RADNEC", "callers": []}
    with (
        listening(tmp_path, port=0, **options) as port,
        pytest.raises(InputError, match=f"--port {port}"),
        listening(tmp_path, port=port, **options),
    ):
        pass
