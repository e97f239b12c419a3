"""What is measured on the images of a collection."""

from __future__ import annotations

import math
from pathlib import Path

import collection_mocks as mocks
import nibabel as nib
import numpy as np
import pytest

from radnec.collections.layout import Visit
from radnec.collections.measure import foreground_litres, on_one_grid, without_skull


def visit(folder: Path, *radii: float, zooms: tuple[float, ...] = (4.0, 4.0)) -> Visit:
    files = {}
    for sequence, radius, zoom in zip(("t1ce", "t1"), radii, zooms, strict=False):
        files[sequence] = folder / f"{sequence}.nii.gz"
        mocks.image(files[sequence], radius, zoom=zoom)
    return Visit("p", "1", folder.name, files, None, ())


def test_foreground_is_the_volume_of_the_ball(tmp_path: Path) -> None:
    found = foreground_litres([visit(tmp_path, 68.0)])
    assert found == [pytest.approx(4 / 3 * math.pi * 68.0**3 / 1e6, rel=0.02)]


def test_background_need_not_be_zero(tmp_path: Path) -> None:
    one = visit(tmp_path, 68.0)
    before = foreground_litres([one])
    image = nib.Nifti1Image.from_filename(one.files["t1ce"])
    shifted = nib.Nifti1Image(np.asarray(image.dataobj) - 3.5, image.affine)
    nib.save(shifted, one.files["t1ce"])
    assert foreground_litres([one]) == pytest.approx(before)


@pytest.mark.parametrize(
    ("litres", "answer"),
    [([1.3, 1.5], True), ([3.9, 11.2], False), ([1.3, 3.9], None), ([0.1], False), ([], None)],
)
def test_without_skull(litres: list[float], answer: bool | None) -> None:
    assert without_skull(litres) is answer


def test_grids(tmp_path: Path) -> None:
    same, other = visit(tmp_path / "a", 68, 68), visit(tmp_path / "b", 68, 68, zooms=(4.0, 8.0))
    alone = visit(tmp_path / "c", 68)
    assert on_one_grid([same]) is True
    assert on_one_grid([same, other]) is False
    assert on_one_grid([alone]) is None


def test_a_file_that_is_no_image_is_left_out(tmp_path: Path) -> None:
    good, bad = visit(tmp_path / "a", 68, 68), visit(tmp_path / "b", 68, 68)
    bad.files["t1ce"].write_bytes(b"not an image")
    assert on_one_grid([good, bad]) is True
    assert len(foreground_litres([good, bad])) == 1
