"""Maps of a small study, from files to files."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from radnec.core.errors import InputError
from radnec.explain.run import explain_run
from radnec.explain.spaces import reference_image

from .conftest import SIZE, Study, settings


def explain(study: Study, outdir: Path, **changes: object) -> pd.DataFrame:
    arguments: dict = {
        "model": study.model,
        "packed_cases": study.cases,
        "packed": study.packed,
        "split": study.split,
        "fold": "holdout",
        "seed": 1,
        "predictions": study.predictions,
        "normalised": study.normalised,
        "registered": study.registered,
        "method": settings().method,
        "layer": settings().layer,
        "device": "cpu",
        "threads": 1,
        "outdir": outdir,
    }
    explain_run(**arguments | changes)
    return pd.read_csv(outdir / "summary.tsv", sep="\t")


def test_one_map_per_test_case_on_both_grids(study: Study, tmp_path: Path) -> None:
    summary = explain(study, tmp_path / "maps")
    assert list(summary["case"]) == ["case2", "case3", "case4", "case5"]
    predictions = pd.read_csv(study.predictions, sep="\t").set_index("case")
    for row in summary.itertuples():
        assert row.p_necrosis == pytest.approx(predictions.loc[row.case, "p_necrosis"])
        assert row.p_necrosis + row.p_recurrence == pytest.approx(1)
        assert row.target == row.predicted
        image = nib.load(tmp_path / "maps" / f"{row.case}.nii.gz")
        assert image.shape == SIZE
        like = nib.load(study.normalised / row.case / "t1ce.nii.gz")
        np.testing.assert_allclose(image.affine, like.affine)
        assert row.layer_grid == "5x5x4"
        assert row.zero == "no"
        data = image.get_fdata()
        assert data.max() == 1.0 and data.min() >= 0
        peak = tuple(round(getattr(row, f"peak_{axis}")) for axis in "xyz")
        assert data[peak] > 0.7
        carried = nib.load(tmp_path / "maps" / "reference" / f"{row.case}.nii.gz")
        reference = nib.load(study.registered / row.case / "t1ce.nii.gz")
        assert carried.shape == reference.shape
        # The same place in the world has the same value on both grids.
        world = image.affine @ [*peak, 1]
        there = np.linalg.inv(carried.affine) @ world
        inside = tuple(round(v) for v in there[:3])
        assert carried.get_fdata()[inside] == pytest.approx(data[peak], abs=0.15)


def test_same_bytes_twice(study: Study, tmp_path: Path) -> None:
    explain(study, tmp_path / "a")
    explain(study, tmp_path / "b")
    first = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*.*"))
    assert len(first) == 9
    for path in first:
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()


def test_foreign_predictions_are_refused(study: Study, tmp_path: Path) -> None:
    table = pd.read_csv(study.predictions, sep="\t")
    table["p_necrosis"] = 1 - table["p_necrosis"] * 0.3
    table.to_csv(tmp_path / "other.tsv", sep="\t", index=False)
    with pytest.raises(InputError, match=r"other\.tsv: case case2 has p_necrosis .* expected"):
        explain(study, tmp_path / "maps", predictions=tmp_path / "other.tsv")
    with pytest.raises(InputError, match="0 test rows of fold holdout, seed 7"):
        explain(study, tmp_path / "maps", seed=7)
    assert not (tmp_path / "maps").exists()


def test_reference_is_the_first_of_the_papers_order(tmp_path: Path) -> None:
    for name in ("flair", "t2", "t1"):
        (tmp_path / f"{name}.nii.gz").touch()
    assert reference_image(tmp_path).name == "t1.nii.gz"
    with pytest.raises(InputError, match="no registered sequence"):
        reference_image(tmp_path / "none")
