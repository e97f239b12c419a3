"""Size, orientation, place and scale of what the networks see."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from scipy import ndimage

from radnec.core.errors import InputError
from radnec.core.files import sha256
from radnec.core.records import Record
from radnec.preprocess.normalise import (
    normalise_case,
    resample,
    target_grid,
)
from radnec.preprocess.settings.normalisation import NormalisationSettings
from radnec.preprocess.standard_grid import STANDARD_BOX
from radnec.preprocess.volumes import write_volume

SETTINGS = {
    "size": [64, 80, 32],
    "keep_aspect": True,
    "margin": 3.0,
    "intensity": "min-max",
    "percentiles": [0.5, 99.5],
    "region": "volume",
}
# Landmarks in mm, and how bright they are.
LANDMARKS = {(-40.0, 20.0, 10.0): 900.0, (30.0, -50.0, -25.0): 700.0, (10.0, 45.0, 40.0): 500.0}


def _settings(**changes):
    return NormalisationSettings.from_mapping(SETTINGS | changes)


def _brain(shape=(180, 200, 30), axes="LAS", zooms=(1.0, 1.1, 5.5)):
    """An ellipsoid of 130 x 160 x 120 mm with blobs at the landmarks, in any orientation."""
    affine = np.diag([*zooms, 1.0])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    voxels = np.indices(shape).reshape(3, -1)
    x, y, z = (affine[:3, :3] @ voxels + affine[:3, 3:]).reshape(3, *shape)
    inside = (x / 65) ** 2 + (y / 80) ** 2 + (z / 60) ** 2 <= 1
    data = 100.0 * inside
    for (a, b, c), height in LANDMARKS.items():
        data += height * np.exp(-((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2) / (2 * 6.0**2))
    image = nib.Nifti1Image((data * inside).astype(np.float32), affine)
    mask = nib.Nifti1Image(inside.astype(np.uint8), affine)
    turn = nib.orientations.ornt_transform(
        nib.io_orientation(affine), nib.orientations.axcodes2ornt(axes)
    )
    return image.as_reoriented(turn), mask.as_reoriented(turn)


def _write(folder, image, mask, names=("t1ce", "t2")):
    brain = folder / "brain"
    brain.mkdir(parents=True)
    for name in names:
        write_volume(brain / f"{name}.nii.gz", np.asarray(image.dataobj), image.affine)
    write_volume(brain / "mask.nii.gz", np.asarray(mask.dataobj), mask.affine)
    files = {path.name: sha256(path) for path in brain.iterdir()}
    Record("P001", "skull_strip", "ok", "", [], files, {}).write(folder / "strip.json")


def _normalise(folder, **changes):
    normalise_case(
        case="P001",
        brain=folder / "brain",
        strip_record=folder / "strip.json",
        settings=_settings(**changes),
        normalised=folder / "normalised",
        record=folder / "normalise.json",
    )
    return Record.read(folder / "normalise.json")


@pytest.mark.parametrize("axes", ["LAS", "RPI", "PIR", "ASL"])
def test_one_size_one_orientation_and_landmarks_in_their_place(tmp_path, axes):
    _write(tmp_path, *_brain(axes=axes))
    assert _normalise(tmp_path).ok
    image = nib.load(tmp_path / "normalised" / "t2.nii.gz")
    assert image.shape == (64, 80, 32)
    assert image.get_data_dtype() == np.float32
    assert nib.aff2axcodes(image.affine) == ("R", "A", "S")
    data = image.get_fdata()
    assert (data.min(), data.max()) == (0.0, 1.0)
    # Brightest voxels near each landmark, taken back to mm by the file's own matrix.
    for place, _ in LANDMARKS.items():
        voxel = np.linalg.inv(image.affine) @ [*place, 1]
        box = tuple(slice(round(v) - 4, round(v) + 5) for v in voxel[:3])
        peak = np.array(ndimage.maximum_position(data[box])) + [s.start for s in box]
        back = (image.affine @ [*peak, 1])[:3]
        assert np.abs(back - place).max() < 0.6 * max(image.header.get_zooms())


def test_min_max_of_the_resampled_volume():
    image, _ = _brain()
    grid = target_grid(np.asarray(image.dataobj) > 0, image.affine, _settings())
    found = resample(np.asarray(image.dataobj), image.affine, grid, (64, 80, 32))
    # Independent: sampling the smooth brain at the voxel centres, away from its edge.
    centre = (grid @ [32, 40, 16, 1])[:3]
    voxel = np.linalg.inv(image.affine) @ [*centre, 1]
    expected = ndimage.map_coordinates(np.asarray(image.dataobj), voxel[:3, None], order=1)[0]
    assert found[32, 40, 16] == pytest.approx(expected, rel=0.03)


def test_aspect_is_kept_and_the_brain_fits():
    _, mask = _brain()
    ras = nib.as_closest_canonical(mask)
    inside = np.asarray(ras.dataobj) > 0
    settings = _settings()
    grid = target_grid(inside, ras.affine, settings)
    spacing = np.linalg.norm(grid[:3, :3], axis=0)
    # One factor for all axes: the field has the proportions of the standard box.
    field = spacing * settings.size
    standard = np.array(STANDARD_BOX) + 2 * settings.margin
    np.testing.assert_allclose(field / standard, (field / standard)[0])
    corners = np.linalg.inv(grid) @ ras.affine @ np.c_[np.argwhere(inside), np.ones(inside.sum())].T
    assert corners[:3].min() > -0.5
    assert (corners[:3].max(axis=1) < np.array(settings.size) - 0.5).all()
    # Along one axis it touches: brain plus margins is the field.
    extent = np.ptp(np.argwhere(inside), axis=0) + 1
    used = (extent * np.linalg.norm(ras.affine[:3, :3], axis=0) + 6) / field
    assert used.max() == pytest.approx(1.0)


def test_without_aspect_the_brain_fills_every_axis():
    _, mask = _brain()
    ras = nib.as_closest_canonical(mask)
    inside = np.asarray(ras.dataobj) > 0
    grid = target_grid(inside, ras.affine, _settings(keep_aspect=False, margin=0.0))
    filled = resample(inside.astype(np.float32), ras.affine, grid, (64, 80, 32)) > 0.3
    for axis in range(3):
        used = np.flatnonzero(filled.any(axis=tuple(a for a in range(3) if a != axis)))
        assert used[0] <= 1
        assert used[-1] >= filled.shape[axis] - 2


def test_inside_the_brain_alone(tmp_path):
    _write(tmp_path, *_brain())
    _normalise(tmp_path, region="brain", intensity="z-score")
    data = nib.load(tmp_path / "normalised" / "t2.nii.gz").get_fdata()
    inside = data != 0
    assert 0.2 < inside.mean() < 0.7
    assert data[inside].mean() == pytest.approx(0, abs=1e-5)
    assert data[inside].std() == pytest.approx(1, abs=1e-4)


def test_same_bytes(tmp_path):
    for name in "ab":
        _write(tmp_path / name, *_brain())
        _normalise(tmp_path / name)
    first, second = ((tmp_path / n / "normalised" / "t2.nii.gz").read_bytes() for n in "ab")
    assert first == second


def test_a_damaged_file_of_the_stage_before_stops_the_job(tmp_path):
    _write(tmp_path, *_brain())
    path = tmp_path / "brain" / "t2.nii.gz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"t2\.nii\.gz is not what stage .* Delete .*brain and"):
        _normalise(tmp_path)
    assert not (tmp_path / "normalise.json").exists()


def test_what_cannot_be_normalised_is_excluded(tmp_path):
    image, mask = _brain()
    empty = nib.Nifti1Image(np.zeros(mask.shape, np.uint8), mask.affine)
    _write(tmp_path / "a", image, empty)
    assert _normalise(tmp_path / "a").reason == "the brain mask is empty"
    values = np.asarray(image.dataobj).copy()
    values[90, 100, 15] = np.inf
    _write(tmp_path / "b", nib.Nifti1Image(values, image.affine), mask)
    assert _normalise(tmp_path / "b").reason == "t1ce: 1 voxels are not finite numbers"
    assert not list((tmp_path / "b" / "normalised").iterdir())
