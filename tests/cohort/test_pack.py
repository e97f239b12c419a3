from __future__ import annotations

import subprocess
import sys

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from radnec.cohort.pack import list_packed, pack_sequence
from radnec.core.errors import InputError
from radnec.core.records import case_stage
from radnec.core.tables import read_tsv, write_tsv


@pytest.fixture
def study(tmp_path):
    """Three normalised cases, one of them excluded, written as the stages write them."""
    volumes = {}
    rng = np.random.default_rng(0)
    for case in ("b", "a", "c"):
        volumes[case] = rng.random((5, 4, 3), dtype=np.float32)
        record, folder = tmp_path / "records" / f"{case}.json", tmp_path / "normalised" / case
        with case_stage(case=case, stage="normalise", record=record, folder=folder) as job:
            image = nib.Nifti1Image(volumes[case], np.diag([2.0, 2, 6, 1]))
            nib.save(image, job.folder / "t1.nii.gz")
    cohort = pd.DataFrame(
        {
            "case": ["b", "a", "c"],
            "label": ["necrosis", "recurrence", "necrosis"],
            "patient": ["b", "a", "c"],
            "status": ["included", "included", "excluded"],
        }
    )
    write_tsv(cohort, tmp_path / "cohort.tsv")
    list_packed(cohort=tmp_path / "cohort.tsv", cases=tmp_path / "cases.tsv")
    return tmp_path, volumes


def pack(folder, dtype="float32"):
    pack_sequence(
        sequence="t1",
        cases=folder / "cases.tsv",
        volumes={case: folder / "normalised" / case for case in "abc"},
        records={case: folder / "records" / f"{case}.json" for case in "abc"},
        dtype=dtype,
        packed=folder / "t1.npy",
    )
    return np.load(folder / "t1.npy", mmap_mode="r")


def test_included_cases_in_the_order_of_their_table(study):
    folder, volumes = study
    table = read_tsv(folder / "cases.tsv")
    assert table["case"].tolist() == ["a", "b"] and table["target"].tolist() == [0, 1]
    packed = pack(folder)
    np.testing.assert_array_equal(packed, np.stack([volumes["a"], volumes["b"]]))
    assert packed.flags.c_contiguous
    half = pack(folder, "float16")
    assert half.dtype == np.float16
    np.testing.assert_allclose(half[0], volumes["a"], atol=5e-4)


def test_a_volume_that_changed_since_is_refused(study):
    folder, _ = study
    (folder / "normalised" / "b" / "t1.nii.gz").write_bytes(b"torn")
    with pytest.raises(InputError, match=r"b/t1\.nii\.gz is not what stage normalise wrote"):
        pack(folder)
    assert not (folder / "t1.npy").exists()


def test_another_size_is_refused(study):
    folder, _ = study
    with case_stage(
        case="b",
        stage="normalise",
        record=folder / "records" / "b.json",
        folder=folder / "normalised" / "b",
    ) as job:
        nib.save(
            nib.Nifti1Image(np.zeros((2, 2, 2), np.float32), np.eye(4)), job.folder / "t1.nii.gz"
        )
    with pytest.raises(InputError, match=r"case b: t1\.nii\.gz has size \(2, 2, 2\)"):
        pack(folder)


PACK_MANY = """
import resource, sys
from pathlib import Path
from radnec.cohort.pack import pack_sequence
folder = Path(sys.argv[1])
cases = [line.split("\\t")[1] for line in (folder / "cases.tsv").read_text().splitlines()[1:]]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
pack_sequence(
    sequence="t1",
    cases=folder / "cases.tsv",
    volumes={case: folder / "volume" for case in cases},
    records={case: folder / "record.json" for case in cases},
    dtype="float32",
    packed=folder / "t1.npy",
)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_does_not_grow_with_the_cohort(tmp_path):
    """A scheduler that counts mapped pages would kill the job of a large cohort."""
    record, folder = tmp_path / "record.json", tmp_path / "volume"
    with case_stage(case="one", stage="normalise", record=record, folder=folder) as job:
        image = nib.Nifti1Image(np.zeros((64, 64, 64), dtype=np.float32), np.eye(4))
        nib.save(image, job.folder / "t1.nii.gz")
    rows = [f"{row}\tC{row}\tnecrosis\t1\n" for row in range(150)]
    (tmp_path / "cases.tsv").write_text("row\tcase\tlabel\ttarget\n" + "".join(rows))
    done = subprocess.run(
        [sys.executable, "-c", PACK_MANY, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert (tmp_path / "t1.npy").stat().st_size > 150 * 2**20
    assert int(done.stdout) < 60
