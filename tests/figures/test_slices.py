"""Slices the right way round, and colours that keep their order."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from matplotlib.figure import Figure

from radnec.figures.slices import (
    HEAT,
    HIGHEST_OPACITY,
    Volume,
    brain_box,
    show_map,
    slices_with_brain,
)


def head(folder: Path, orientation: str = "RAS") -> Volume:
    """A head with one bright voxel at the patient's right front."""
    data = np.zeros((10, 12, 6), np.float32)
    data[2:8, 2:10, 1:5] = 1.0
    data[7, 9, 3] = 5.0  # right, anterior
    image = nib.Nifti1Image(data, np.diag([1.0, 2.0, 5.0, 1.0]))
    turn = nib.orientations.ornt_transform(
        nib.orientations.axcodes2ornt("RAS"), nib.orientations.axcodes2ornt(orientation)
    )
    path = folder / f"{orientation}.nii.gz"
    nib.save(image.as_reoriented(turn), path)
    return Volume(path)


@pytest.mark.parametrize("orientation", ["RAS", "LPS", "LAS"])
def test_right_is_left_and_front_is_up(tmp_path: Path, orientation: str) -> None:
    volume = head(tmp_path, orientation)
    picture = volume.axial(3)
    row, column = np.unravel_index(picture.argmax(), picture.shape)
    assert picture.shape == (12, 10)
    assert row < 6  # imshow draws row 0 at the top: anterior
    assert column < 5  # the patient's right on the reader's left
    assert volume.aspect == pytest.approx(2.0)


def test_slices_and_box_of_the_brain(tmp_path: Path) -> None:
    volume = head(tmp_path)
    assert slices_with_brain(volume, 32) == [1, 2, 3, 4]
    assert slices_with_brain(volume, 2) == [1, 4]
    assert brain_box(volume, 1.0) == (slice(1, 9), slice(2, 10))  # 1 mm is no voxel of 2 mm along y
    assert brain_box(volume, 50.0) == (slice(0, 10), slice(0, 12))


def test_empty_scan_shows_all_slices(tmp_path: Path) -> None:
    nib.save(nib.Nifti1Image(np.zeros((4, 4, 3), np.float32), np.eye(4)), tmp_path / "e.nii.gz")
    volume = Volume(tmp_path / "e.nii.gz")
    assert slices_with_brain(volume, 10) == [0, 1, 2]
    assert volume.window() == (0.0, 1.0)


def lightness(colour: tuple[float, ...]) -> float:
    rgb = np.array(colour[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16)


def test_colours_run_from_green_to_red_with_falling_lightness() -> None:
    colours = [HEAT(value) for value in np.linspace(0, 1, 21)]
    steps = np.diff([lightness(colour) for colour in colours])
    assert (steps < 0).all()
    assert lightness(colours[0]) - lightness(colours[-1]) > 45
    low, high = colours[0], colours[-1]
    assert low[1] == max(low[:3]) and high[0] == max(high[:3])


def test_map_of_zero_is_not_seen_and_scale_is_fixed(tmp_path: Path) -> None:
    data = np.zeros((4, 4, 2), np.float32)
    data[0, 0, 0] = 0.5
    nib.save(nib.Nifti1Image(data, np.eye(4)), tmp_path / "m.nii.gz")
    axes = Figure().subplots()
    image = show_map(axes, Volume(tmp_path / "m.nii.gz"), 0)
    assert image.get_clim() == (0.0, 1.0)  # not this slice's own maximum
    alpha = np.asarray(image.get_alpha())
    assert alpha.max() == pytest.approx(HIGHEST_OPACITY * 0.5**0.6)
    assert np.count_nonzero(alpha) == 1
