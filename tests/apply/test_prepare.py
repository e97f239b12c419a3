"""The next patient's images: only what an answer depends on is prepared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from ingest_builders import FLAIR, T1, T1CE, T2, dicom_slice
from trained_study import write_head, write_study

from radnec.apply.prepare.preparing import Preparing
from radnec.apply.prepare.request import Request
from radnec.cases.sources import CaseSource
from radnec.core.tables import read_tsv
from radnec.provenance.config import read_config

STUDY = "1.2.826.0.1.3680043.2.55"


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("study") / "made"
    overlay = {
        "skull_strip": {"backend": "none"},
        "registration": {"method": "given", "on_failure": "keep"},
        "selection": {"min_slices": 8},
    }
    return read_config(write_study(folder, networks=0, overlay=overlay))


def write_dicom(folder: Path, *sequences: dict) -> CaseSource:
    """One head under several headers."""
    rng = np.random.default_rng(4)
    places = np.indices((32, 32, 12)) - np.array([15.5, 15.5, 5.5])[:, None, None, None]
    ball = np.sqrt((places**2 * np.array([1, 1, 4])[:, None, None, None]).sum(axis=0)) < 12
    for number, header in enumerate(sequences):
        for k in range(12):
            pixels = (rng.normal(20, 5, (32, 32)) + 400 * ball[..., k]).clip(0).astype(int)
            image = dicom_slice(k, pixels=pixels, series=f"{STUDY}.{number}", **header)
            image.StudyInstanceUID, image.SeriesNumber = STUDY, number
            folder.mkdir(exist_ok=True)
            image.save_as(folder / f"{number}-{k}", enforce_file_format=True)
    return CaseSource("dicom", str(folder), {})


def prepared(request: Request) -> Path:
    """Prepare by a thread, to which nothing has to be sent."""
    with ThreadPoolExecutor(1) as side:
        return Preparing(side, request).normalised("cpu", 1)


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        (["t1", "t1ce"], ["t1", "t1ce"]),
        (["t2"], ["t1ce", "t2"]),  # registered to the reference, as in the study
    ],
)
def test_what_no_network_reads_is_left_out(config, tmp_path, reads, expected) -> None:
    source = write_dicom(tmp_path / "dicom", T1, T1CE, T2, FLAIR)
    prepared(Request("P", source, None, tuple(reads), config, tmp_path / "out"))
    for stage in ("nifti", "registered", "normalised"):
        found = sorted(path.name for path in (tmp_path / "out" / stage).glob("*.nii.gz"))
        assert found == [f"{name}.nii.gz" for name in expected], stage
    table = read_tsv(tmp_path / "out" / "series.tsv").set_index("sequence")
    assert table.loc["flair", "reason"] == "the model does not read it"


def test_files_that_no_network_reads_may_be_broken(config, tmp_path) -> None:
    t1ce = write_head(tmp_path / "t1ce.nii.gz", 1)
    (tmp_path / "flair.nii.gz").write_bytes(b"broken")
    files = {"t1ce": str(t1ce), "flair": str(tmp_path / "flair.nii.gz")}
    source = CaseSource("nifti", "", files)
    prepared(Request("P", source, None, ("t1ce",), config, tmp_path / "out"))
    assert [path.name for path in (tmp_path / "out" / "normalised").iterdir()] == ["t1ce.nii.gz"]
