"""Masks measured by construction, masks given on other grids, and where a template is found."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from heads import brain_on, scan

from radnec.core.errors import CaseExcluded, InputError
from radnec.preprocess.skullstrip.given import given_mask, looks_stripped, signal_mask
from radnec.preprocess.skullstrip.mask_check import mask_flags, measure_mask, tidy
from radnec.preprocess.skullstrip.template import find_template
from radnec.preprocess.transforms import rigid_movement, write_movement
from radnec.preprocess.volumes import write_volume

AFFINE = np.diag([2.0, 2.0, 5.0, 1.0])
# Nothing is known of the other sequences.
HERE = {"images": None, "registered": Path()}


def _box(shape=(60, 60, 20)):
    mask = np.zeros(shape, dtype=bool)
    mask[10:40, 10:50, 3:18] = True
    return mask


def test_measures_by_construction():
    mask = _box()
    mask[20:23, 20:23, 8:10] = False  # 18 voxels of 0.02 ml
    mask[50:52, 50:52, 5] = True  # 4 voxels apart
    found = measure_mask(mask, AFFINE)
    count = 30 * 40 * 15 - 18 + 4
    assert found.volume_ml == pytest.approx(count * 0.02)
    assert found.holes_ml == pytest.approx(18 * 0.02)
    assert found.stray_fraction == pytest.approx(4 / count)
    assert found.edge_fraction == 0
    assert tidy(mask).sum() == 30 * 40 * 15


def test_touching_the_sides_counts_and_touching_top_and_bottom_does_not():
    mask = _box()
    mask[20, 20, :] = True
    assert measure_mask(mask, AFFINE).edge_fraction == 0
    mask[0, 20:30, 5] = True
    assert measure_mask(mask, AFFINE).edge_fraction == pytest.approx(10 / mask.sum())
    # Slices stacked from left to right: now the first axis is vertical.
    sagittal = np.array([[0, 0, 5, 0], [0, 2, 0, 0], [2, 0, 0, 0], [0, 0, 0, 1.0]])
    assert measure_mask(mask, sagittal).edge_fraction == pytest.approx(2 / mask.sum())


def test_flags_say_figures():
    mask = _box()
    assert mask_flags(measure_mask(mask, AFFINE), (300.0, 400.0)) == []
    assert mask_flags(measure_mask(mask, AFFINE), (800.0, 2200.0)) == [
        "brain volume 360 ml, expected 800 to 2200 ml"
    ]
    mask[20:30, 20:30, 6:12] = False
    mask[55:60, 55:60, 5:15] = True
    flags = mask_flags(measure_mask(mask, AFFINE), (300.0, 400.0))
    assert [flag.split(" ", 1)[1][:24] for flag in flags] == [
        "of the mask is not conne",
        "mask encloses holes of 1",
        "of the mask touches the ",
    ]


def test_an_empty_mask_is_flagged_not_divided_by():
    found = measure_mask(np.zeros((5, 5, 5), bool), AFFINE)
    assert found.volume_ml == 0
    assert len(mask_flags(found, (800.0, 2200.0))) == 1


def _save(path, mask, affine):
    nib.save(nib.Nifti1Image(mask.astype(np.uint8), affine), path)
    return path


def test_given_mask_on_its_grid_and_on_another(tmp_path):
    mask = _box()
    same, said = given_mask(_save(tmp_path / "a.nii.gz", mask, AFFINE), mask.shape, AFFINE, **HERE)
    assert said == ""
    np.testing.assert_array_equal(same, mask)
    turned = nib.as_closest_canonical(nib.Nifti1Image(mask.astype(np.uint8), AFFINE))
    turned = turned.as_reoriented(np.array([[1, -1], [0, 1], [2, -1]]))
    path = _save(tmp_path / "b.nii.gz", np.asarray(turned.dataobj), turned.affine)
    carried, said = given_mask(path, mask.shape, AFFINE, **HERE)
    np.testing.assert_array_equal(carried, mask)
    assert "on a grid of its own" in said


def test_given_mask_that_does_not_fit(tmp_path):
    far = AFFINE.copy()
    far[0, 3] = 50.0
    with pytest.raises(CaseExcluded, match="lies elsewhere than the reference: 17% of it"):
        given_mask(_save(tmp_path / "a.nii.gz", _box(), far), (40, 60, 20), AFFINE, **HERE)
    with pytest.raises(CaseExcluded, match="missing"):
        given_mask(tmp_path / "none.nii.gz", (60, 60, 20), AFFINE, **HERE)


def test_a_mask_drawn_on_a_moved_sequence_moves_with_it(tmp_path):
    """Against the ball's centre in the reference, moved by hand to where the sequence shows it."""
    shape, grid = (80, 80, 40), np.diag([1.5, 1.5, 3.0, 1.0])
    movement = rigid_movement(np.array([0.0, 0.0, 8.0]), np.array([4.0, -6.0, 3.0]), np.zeros(3))

    def ball(centre):
        voxels = np.indices(shape).reshape(3, -1) * np.diag(grid)[:3, None]
        return (np.linalg.norm(voxels - centre[:, None], axis=0) < 24).reshape(shape)

    centre = np.array([62.0, 55.0, 60.0])
    there = movement[:3, :3] @ centre + movement[:3, 3]
    other = np.diag([1.5, 1.5, 3.0, 1.0])
    other[:3, 3] = 0.75
    drawn = ball(there - other[:3, 3])
    path = _save(tmp_path / "drawn.nii.gz", drawn, other)
    images, registered = tmp_path / "images", tmp_path / "registered"
    for folder in (images, registered):
        folder.mkdir()
    write_volume(images / "t2.nii.gz", np.indices(shape).sum(axis=0).astype(np.float32), other)
    write_movement(registered / "t2.mat", movement)
    found, said = given_mask(path, shape, grid, images=images, registered=registered)
    assert said == "it is on the grid of t2 and moved with it"
    true = ball(centre)
    dice = 2 * (found & true).sum() / (found.sum() + true.sum())
    assert dice > 0.96
    by_millimetres, _ = given_mask(path, shape, grid, **HERE)
    assert 2 * (by_millimetres & true).sum() / (by_millimetres.sum() + true.sum()) < 0.9


def test_images_that_come_stripped_are_told_from_heads():
    data, affine = scan("t1", shape=(90, 104, 26))
    brain = brain_on(affine, data.shape)
    assert not looks_stripped(data, brain)
    # Air set to zero, and only the slices above the eyes: still a head.
    aired = np.where(data > np.percentile(data, 50), data, 0)
    assert not looks_stripped(aired[:, :, 14:], brain[:, :, 14:])
    stripped = np.where(brain, data, 0)
    # What an atlas left of one: 14 % were lost.
    cut = brain.copy()
    cut[: int(np.quantile(np.nonzero(brain)[0], 0.14))] = False
    assert looks_stripped(stripped, brain) and looks_stripped(stripped, cut)


def test_signal_is_the_mask_of_stripped_images():
    image = _box() * np.float32(40)
    image[20, 20, 10] = 0
    np.testing.assert_array_equal(signal_mask(image), _box())
    noise = np.random.default_rng(0).random((10, 10, 10), dtype=np.float32) + 0.1
    assert signal_mask(noise).all()


def test_template_from_config_then_templateflow_then_package(tmp_path, monkeypatch):
    monkeypatch.setenv("TEMPLATEFLOW_HOME", str(tmp_path))
    carried = find_template("", "")
    assert "nimare" in str(carried.head)
    folder = tmp_path / "tpl-MNI152NLin6Asym"
    folder.mkdir()
    names = ("res-02_T1w", "res-02_desc-brain_mask")
    files = [folder / f"tpl-MNI152NLin6Asym_{name}.nii.gz" for name in names]
    for file in files:
        file.touch()  # TemplateFlow's empty place-holders
    assert find_template("", "") == carried
    for file in files:
        file.write_bytes(b"x")
    assert list(find_template("", "")) == files
    assert list(find_template(str(files[1]), str(files[0]))) == files[::-1]
    with pytest.raises(InputError, match=r"skull_strip.atlas_mask is '.*': expected an existing"):
        find_template(str(files[0]), "")
