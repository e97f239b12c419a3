from __future__ import annotations

import errno

import pytest

from radnec.core.errors import CaseExcluded, InputError
from radnec.core.files import sha256
from radnec.core.records import Record, case_stage


def run(tmp_path, work):
    record, folder = tmp_path / "record.json", tmp_path / "images"
    with case_stage(case="A", stage="register", record=record, folder=folder) as job:
        work(job)
    return Record.read(record), folder


def test_success_leaves_files_with_checksums_and_measures(tmp_path):
    def work(job):
        (job.folder / "t1.nii.gz").write_bytes(b"image")
        job.measures["movement_mm"] = 1.5
        job.warn("moved")

    record, folder = run(tmp_path, work)
    assert record.ok and record.measures == {"movement_mm": 1.5} and record.warnings == ["moved"]
    assert record.files == {"t1.nii.gz": sha256(folder / "t1.nii.gz")}
    record.verify(folder)
    (folder / "t1.nii.gz").write_bytes(b"other")
    with pytest.raises(InputError, match=r"t1\.nii\.gz is not what stage register wrote"):
        record.verify(folder)


def test_exclusion_leaves_a_reason_and_an_empty_folder(tmp_path):
    def work(job):
        (job.folder / "half").write_text("half")
        raise CaseExcluded("no contrast in t1", contrast=0.0)

    record, folder = run(tmp_path, work)
    assert (record.status, record.reason) == ("excluded", "no contrast in t1")
    assert record.measures == {"contrast": 0.0} and record.files == {}
    assert list(folder.iterdir()) == []
    with pytest.raises(CaseExcluded, match="left at register: no contrast in t1"):
        record.require_ok()


def test_an_unexpected_error_excludes_the_case_and_keeps_its_text_out_of_the_record(tmp_path):
    def work(job):
        raise KeyError("Doe^Jane")

    record, _ = run(tmp_path, work)
    assert record.status == "excluded" and "KeyError" in record.reason
    assert "Doe" not in record.reason


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.ESTALE, "Stale file handle"),
        MemoryError(),
        ImportError("ants"),
    ],
)
def test_the_machines_faults_stop_the_job_and_leave_nothing(tmp_path, error):
    def work(job):
        raise error

    with pytest.raises(type(error)):
        run(tmp_path, work)
    assert list(tmp_path.iterdir()) == []


def test_a_rerun_replaces_the_folder(tmp_path):
    run(tmp_path, lambda job: (job.folder / "old").write_text("old"))
    _, folder = run(tmp_path, lambda job: (job.folder / "new").write_text("new"))
    assert [p.name for p in folder.iterdir()] == ["new"]


def test_a_damaged_record_says_what_to_do(tmp_path):
    path = tmp_path / "record.json"
    path.write_text("{")
    with pytest.raises(InputError, match="delete it and start again"):
        Record.read(path)
