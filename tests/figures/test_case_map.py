"""The small picture of a case: which slice it shows."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

from radnec.figures.case_map import draw_case_map

SIZE = (20, 24, 9)


@pytest.fixture
def scan(tmp_path):
    """A brain whose slices are dark but for one each at 2, 4 and 7, ever brighter."""
    values = np.full(SIZE, 10.0, dtype=np.float32)
    for z, level in ((2, 40.0), (4, 70.0), (7, 100.0)):
        values[..., z] = level
    nib.save(nib.Nifti1Image(values, np.eye(4)), tmp_path / "scan.nii.gz")
    return tmp_path / "scan.nii.gz"


def _lesion(folder, areas: dict[int, int]):
    mask = np.zeros(SIZE, dtype=np.uint8)
    for z, edge in areas.items():
        mask[5 : 5 + edge, 5 : 5 + edge, z] = 1
    nib.save(nib.Nifti1Image(mask, np.eye(4)), folder / "lesion.nii.gz")
    return folder / "lesion.nii.gz"


def _brightness(picture) -> float:
    return float(np.asarray(Image.open(picture).convert("L")).mean())


def test_without_a_map_the_slice_is_the_one_with_most_of_the_lesion(scan, tmp_path) -> None:
    shown = {}
    for name, areas in (
        ("middle", None),
        ("low", {2: 6, 4: 3, 7: 2}),
        ("high", {2: 2, 4: 3, 7: 6}),
    ):
        draw_case_map(
            scan=scan,
            mask=None,
            heat=None,
            lesion=None if areas is None else _lesion(tmp_path, areas),
            picture=tmp_path / f"{name}.png",
        )
        shown[name] = _brightness(tmp_path / f"{name}.png")
    assert shown["low"] < shown["middle"] < shown["high"]
