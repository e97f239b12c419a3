"""Many patients: a table is checked beforehand, and a patient that fails stops no other."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from trained_study import TINY, write_head, write_study

from radnec.apply.patients import read_patients
from radnec.cli.main import main
from radnec.core.errors import InputError
from radnec.core.tables import read_tsv


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return write_study(
        tmp_path_factory.mktemp("study") / "made",
        inputs="t1ce",
        overlay={
            "skull_strip": {"backend": "none"},
            "selection": {"min_slices": 8, "required_sequences": ["t1ce"]},
        },
    )


def table_of(folder: Path, *rows: str) -> Path:
    path = folder / "next.tsv"
    path.write_text("\n".join(["case\tlabel\tt1ce\tdicom", *rows]) + "\n")
    return path


def test_one_failure_stops_no_other_and_the_exit_code_says_so(study, tmp_path, capsys) -> None:
    first, last = (write_head(tmp_path / f"{seed}.nii.gz", seed) for seed in (1, 2))
    flat = tmp_path / "flat.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros((32, 32, 32), np.int16), np.eye(4)), flat)
    table = table_of(
        tmp_path, f"A1\tnecrosis\t{first}\t", f"A2\t\t{flat}\t", f"A3\t\t\t{tmp_path / 'gone'}",
        f"A4\t\t{last}\t",
    )  # fmt: skip
    arguments = ["predict", "--study", str(study), "--model", f"{TINY}/t1ce", "--allow-code"]
    arguments += ["--device", "cpu", "--output", str(tmp_path / "out")]
    assert main([*arguments, "--cases", str(table)]) == 1
    said = capsys.readouterr()
    assert "2 of 4 patients answered" in said.out and "2 without an answer" in said.err
    summary = read_tsv(tmp_path / "out" / "summary.tsv").set_index("case")
    assert summary["status"].to_dict() == {
        "A1": "answered", "A2": "failed", "A3": "failed", "A4": "answered",
    }  # fmt: skip
    assert "does not exist" in summary.loc["A3", "reason"]
    assert summary.loc["A2", "reason"]
    assert summary["notice"].str.contains("Research use only").all()
    # The same answer as for that patient alone.
    alone = ["--t1ce", str(last), "--case", "A4", "--output", str(tmp_path / "alone")]
    assert main([*arguments[:-2], *alone]) == 0
    for name in ("prediction.json", "map.nii.gz"):
        expected = (tmp_path / "alone" / name).read_bytes()
        assert (tmp_path / "out" / "A4" / name).read_bytes() == expected


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("B 1\t\tx.nii.gz\t", "row 2: case: found 'B 1'"),
        ("B1\t\tx.nii.gz\tfolder", "row 2: found dicom and NIfTI columns"),
        ("B1\t\t\t", "row 2: found no images"),
    ],
)
def test_a_wrong_row_is_said_before_anything_runs(tmp_path, row, said) -> None:
    with pytest.raises(InputError, match=said):
        read_patients(table_of(tmp_path, row))


def test_a_case_twice_is_refused(tmp_path) -> None:
    with pytest.raises(InputError, match=r"row 3: case: 'b1' is in more than one row"):
        read_patients(table_of(tmp_path, "B1\t\tx.nii.gz\t", "b1\t\ty.nii.gz\t"))


def test_a_folder_of_studies_is_a_table(tmp_path) -> None:
    for name in ("sub1", "sub2"):
        write_head(tmp_path / name / "t1ce.nii.gz", 1)
    found = read_patients(tmp_path)
    assert [one.case for one in found] == ["sub1", "sub2"]
    assert found[1].source.files == {"t1ce": str(tmp_path / "sub2" / "t1ce.nii.gz")}
