"""Through a real PACS: dcmtk sends to Orthanc, Orthanc to radnec, radnec back to Orthanc."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import trained_study
from ingest_builders import T1CE, dicom_slice

from radnec.core.tables import read_tsv

ORTHANC = shutil.which("Orthanc")
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
pytestmark = [
    pytest.mark.skipif(not ORTHANC, reason="needs Orthanc (Debian's package orthanc)"),
    pytest.mark.skipif(not shutil.which("storescu"), reason="needs storescu (dcmtk)"),
]
pytest.importorskip("pynetdicom", reason="needs the extra pacs")

STUDY = "1.2.826.0.1.3680043.2.4711"
MODEL = f"{trained_study.TINY}/t1ce"
RESULTS = ["activation map", "brain mask", "report", "summary"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait(condition: Callable[[], object], what: str, seconds: float = 240.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"did not happen: {what}"
        time.sleep(0.2)


class Orthanc:
    """A server of its own, on free ports of the loopback interface."""

    def __init__(self, folder: Path, listener: int) -> None:
        self.http, self.dicom = free_port(), free_port()
        folder.mkdir()
        settings = {
            "Name": "test", "StorageDirectory": str(folder), "IndexDirectory": str(folder),
            "HttpPort": self.http, "DicomPort": self.dicom, "DicomAet": "ORTHANC",
            "RemoteAccessAllowed": False, "AuthenticationEnabled": False,
            "DicomAlwaysAllowStore": True, "OverwriteInstances": False,
            "DicomModalities": {"radnec": ["RADNEC", "127.0.0.1", listener]},
            "Plugins": [str(PLUGIN)] if PLUGIN.exists() else [],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }  # fmt: skip
        (folder / "orthanc.json").write_text(json.dumps(settings))
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [ORTHANC, str(folder / "orthanc.json")], stdout=log, stderr=log
            )
        wait(self._is_up, "Orthanc starts")

    def _is_up(self) -> bool:
        with contextlib.suppress(OSError):
            return bool(self.ask("/system"))
        return False

    def ask(self, path: str, data: object = None):
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}{path}", data=body)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def series(self) -> dict[str, list[str]]:
        """Descriptions of the series of each study."""
        return {
            study["MainDicomTags"]["StudyInstanceUID"]: sorted(
                self.ask(f"/series/{one}")["MainDicomTags"]["SeriesDescription"]
                for one in study["Series"]
            )
            for study in self.ask("/studies?expand")
        }

    def forward(self) -> None:
        """Send the study to radnec, as a rule of the PACS would."""
        (study,) = self.ask("/studies")
        self.ask("/modalities/radnec/store", {"Resources": [study], "Synchronous": True})

    def has_results(self) -> bool:
        (names,) = self.series().values()
        return all(any(part in name for name in names) for part in RESULTS)


@contextlib.contextmanager
def running(study: Path, output: Path, port: int, node: str) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "radnec.cli.main", "listen", "--study", str(study)]
    command += ["--model", MODEL, "--allow-code", "--output", str(output), "--port", str(port)]
    command += ["--send", node, "--quiet", "1", "--every", "0.2", "--device", "cpu"]
    helpers = Path(trained_study.__file__).parent
    path = os.pathsep.join([str(helpers), os.environ.get("PYTHONPATH", "")])
    with (output.parent / "listener.log").open("a") as log:
        process = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": path}, stdout=log, stderr=log
        )
        try:
            wait(lambda: process.poll() is not None or _accepts(port), "the listener starts")
            assert process.poll() is None, (output.parent / "listener.log").read_text()
            yield process
        finally:
            process.kill()
            process.wait()


def _accepts(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def write_patient(folder: Path) -> None:
    """A bright ball in 16 slices, with an identity made up for it."""
    folder.mkdir()
    rng = np.random.default_rng(2)
    places = np.indices((32, 32, 16)) - np.array([15.5, 15.5, 7.5])[:, None, None, None]
    ball = np.sqrt((places**2 * np.array([1, 1, 4])[:, None, None, None]).sum(axis=0)) < 13
    for number in range(16):
        pixels = (rng.normal(20, 5, (32, 32)) + 400 * ball[..., number]).clip(0).astype(int)
        image = dicom_slice(number, pixels=pixels, series=f"{STUDY}.1", **T1CE)
        image.StudyInstanceUID, image.FrameOfReferenceUID = STUDY, f"{STUDY}.9"
        image.PatientName, image.PatientID = "Zyxwolf^Quillon", "MRN-4711-SECRET"
        image.PositionReferenceIndicator = ""
        image.save_as(folder / f"IM{number}", enforce_file_format=True)


def send(folder: Path, port: int) -> None:
    command = ["storescu", "-aec", "ORTHANC", "127.0.0.1", str(port), "+sd", str(folder)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def pacs(tmp_path) -> Iterator[tuple[Orthanc, Path, int]]:
    study = trained_study.write_study(
        tmp_path / "study",
        inputs="t1ce",
        overlay={
            "skull_strip": {"backend": "none"},
            "selection": {"min_slices": 8, "required_sequences": ["t1ce"]},
        },
    )
    write_patient(tmp_path / "patient")
    port = free_port()
    orthanc = Orthanc(tmp_path / "orthanc", port)
    try:
        yield orthanc, study, port
    finally:
        orthanc.process.terminate()
        orthanc.process.wait()


def test_results_come_back_into_the_study_once(pacs, tmp_path) -> None:
    """Also: killed with the images received, and killed with the answer not sent."""
    orthanc, study, port = pacs
    output = tmp_path / "out"
    send(tmp_path / "patient", orthanc.dicom)
    nowhere = f"ORTHANC@127.0.0.1:{free_port()}"
    with running(study, output, port, nowhere) as listener:
        orthanc.forward()
        # Every image was acknowledged: from here on nothing may be lost.
        listener.send_signal(signal.SIGKILL)
        listener.wait()
    assert len(list((output / "inbox").rglob("*.dcm"))) == 16
    assert not (output / "summary.tsv").exists()
    with running(study, output, port, nowhere) as listener:
        wait((output / "summary.tsv").exists, "an answer")
        assert read_tsv(output / "summary.tsv")["status"].tolist() == ["answered"]
        listener.send_signal(signal.SIGKILL)
        listener.wait()
    answer = next(output.glob("study_*/prediction.json"))
    written = answer.stat().st_mtime_ns
    with running(study, output, port, f"ORTHANC@127.0.0.1:{orthanc.dicom}") as listener:
        wait(orthanc.has_results, "results in Orthanc")
        assert list(orthanc.series()) == [STUDY]
        count = orthanc.ask("/statistics")["CountInstances"]
        assert count == 16 + 4
        # The whole study again, the results among it: no new answer, nothing twice.
        orthanc.forward()
        time.sleep(4)
        listener.send_signal(signal.SIGTERM)
        assert listener.wait(60) == 0
    assert answer.stat().st_mtime_ns == written
    assert orthanc.ask("/statistics")["CountInstances"] == count
    (patient,) = orthanc.ask("/patients?expand")
    assert patient["MainDicomTags"]["PatientID"] == "MRN-4711-SECRET"
    _assert_identity_only_in_dicom(output)


def _assert_identity_only_in_dicom(output: Path) -> None:
    holders = set()
    for path in output.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if any(secret in content for secret in (b"Quillon", b"MRN-4711", STUDY.encode())):
            holders.add(path)
    assert holders
    assert all(path.suffix == ".dcm" for path in holders), holders


@pytest.mark.skipif(not PLUGIN.exists(), reason="needs Debian's package orthanc-dicomweb")
def test_results_reach_a_dicomweb_service(pacs, tmp_path) -> None:
    pytest.importorskip("dicomweb_client", reason="needs the extra pacs")
    from radnec.cli.main import main

    orthanc, study, _ = pacs
    arguments = ["watch", str(tmp_path / "patient"), "--once", "--study", str(study)]
    arguments += ["--model", MODEL, "--allow-code", "--output", str(tmp_path / "out")]
    arguments += ["--quiet", "0", "--device", "cpu"]
    url = f"http://127.0.0.1:{orthanc.http}/dicom-web"
    assert main([*arguments, "--send", url]) == 0
    assert orthanc.has_results()
    assert list(orthanc.series()) == [STUDY]
    assert main([*arguments, "--send", url]) == 0
    assert orthanc.ask("/statistics")["CountInstances"] == 4
